// Finds the special tokens in a text, so that nothing is learned of their names.
// - At each place the longest one wins, as when a text is encoded.

struct SpecialTexts: Sendable {
    /// The names, longest first.
    private let names: [[UInt8]]
    private let beginsName: [Bool]

    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }.sorted { $0.count > $1.count }
        var beginsName = [Bool](repeating: false, count: 256)
        for name in self.names { if let first = name.first { beginsName[Int(first)] = true } }
        self.beginsName = beginsName
    }

    /// Calls `body` with the parts of a text between the special tokens in it, without empty parts.
    func forEachPart(of text: [UInt8], _ body: (Range<Int>) -> Void) {
        var start = 0
        var index = 0
        if !names.isEmpty {
            while index < text.count {
                guard beginsName[Int(text[index])], let length = length(in: text, at: index) else {
                    index += 1
                    continue
                }
                if start < index { body(start..<index) }
                index += length
                start = index
            }
        }
        if start < text.count { body(start..<text.count) }
    }

    /// The last place before `place` and not before `start` that lies in no name; `place` itself if it does not.
    ///
    /// The text after `place` must be as long as a name, or be all that there is.
    func placeOutside(_ text: [UInt8], before place: Int, from start: Int) -> Int {
        var place = place
        while place > start, let name = nameStart(text, around: place, from: start) { place = name }
        return place
    }

    /// Bytes of the longest name.
    var longest: Int { names.first?.count ?? 0 }

    private func nameStart(_ text: [UInt8], around place: Int, from start: Int) -> Int? {
        guard longest > 1 else { return nil }
        return (max(start, place - longest + 1)..<place).first { index in
            beginsName[Int(text[index])]
                && names.contains { index + $0.count > place && Self.matches(text, index, $0) }
        }
    }

    private func length(in text: [UInt8], at index: Int) -> Int? {
        names.first { Self.matches(text, index, $0) }?.count
    }

    private static func matches(_ text: [UInt8], _ index: Int, _ name: [UInt8]) -> Bool {
        guard name.count <= text.count - index else { return false }
        for offset in name.indices where text[index + offset] != name[offset] { return false }
        return true
    }
}
