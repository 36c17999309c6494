// Texts that end a draft or must not be part of it, found as the draft grows.
// - Matching is on bytes: a beginning at the end of the text is seen before its last character is whole.

/// Finds the first of some texts, and how much of the end of a text could still become one.
struct StopFinder {
    private let patterns: [[UInt8]]
    private let ignoresCase: Bool
    /// The length of the longest pattern in bytes; 0 if there is none.
    let longest: Int

    /// - Parameter ignoresCase: takes letters of ASCII in both cases as equal.
    init(_ texts: [String], ignoresCase: Bool = false) {
        patterns = texts.map { text in ignoresCase ? text.utf8.map(Self.lower) : Array(text.utf8) }.filter {
            !$0.isEmpty
        }
        longest = patterns.map(\.count).max() ?? 0
        self.ignoresCase = ignoresCase
    }

    /// Where the earliest match begins.
    /// - Parameter newCount: how many bytes at the end were not searched before.
    func firstMatch(in text: ArraySlice<UInt8>, newCount: Int) -> Int? {
        guard longest > 0 else { return nil }
        let from = max(text.startIndex, text.endIndex - newCount - longest + 1)
        return text[from...].indices.first { start in patterns.contains { matches($0, text[start...], whole: true) } }
    }

    /// Where the end of the text begins that could become a match.
    func possibleStart(in text: ArraySlice<UInt8>) -> Int? {
        guard longest > 1 else { return nil }
        let from = max(text.startIndex, text.endIndex - longest + 1)
        return text[from...].indices.first { start in patterns.contains { matches($0, text[start...], whole: false) } }
    }

    private func matches(_ pattern: [UInt8], _ text: ArraySlice<UInt8>, whole: Bool) -> Bool {
        guard text.count >= pattern.count || !whole, whole || text.count < pattern.count else { return false }
        return zip(pattern, text).allSatisfy { $0 == (ignoresCase ? Self.lower($1) : $1) }
    }

    static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
