// How much of a text was learned by heart: the share of its runs of eight words that stand in the rows it was trained on.

import Generation

/// Finds copies of training rows in texts.
public struct CopyShare: Sendable {
    /// Words of a run.
    public static let length = 8
    private var known: Set<UInt64> = []

    public init(rows: some Sequence<String>) {
        for row in rows { known.formUnion(Self.runs(row)) }
    }

    /// From 0 to 1; nil if the text has fewer than eight words.
    public func share(of text: String) -> Double? {
        let runs = Self.runs(text)
        return runs.isEmpty ? nil : Double(runs.count { known.contains($0) }) / Double(runs.count)
    }

    /// Hashes of all runs of a text. A word is a run of letters and digits, in small letters; a character of a script
    /// without spaces is a word.
    private static func runs(_ text: String) -> [UInt64] {
        let words = words(text)
        guard words.count >= length else { return [] }
        return (0...words.count - length).map { start in
            var hash = FNV1a()
            for word in words[start..<start + length] {
                hash.mix(word.utf8)
                hash.mix([0])
            }
            return hash.value
        }
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        func finish() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for character in text.lowercased() {
            guard character.isLetter || character.isNumber else {
                finish()
                continue
            }
            if character.unicodeScalars.first.map({ (0x2E80...0x9FFF).contains($0.value) }) == true {
                finish()
                words.append(String(character))
            } else {
                word.append(character)
            }
        }
        finish()
        return words
    }
}
