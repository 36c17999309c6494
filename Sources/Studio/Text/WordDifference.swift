// The words in which two texts differ: those outside their longest common sequence.

import Text

/// The words of two texts that are not in their longest common sequence.
struct WordDifference: Sendable {
    /// One value for each character of the text: true if its word differs.
    private(set) var left: [Bool]
    private(set) var right: [Bool]

    init(_ leftText: String, _ rightText: String) {
        let leftCharacters = Array(leftText)
        let rightCharacters = Array(rightText)
        let leftWords = WordDifference.words(leftCharacters)
        let rightWords = WordDifference.words(rightCharacters)
        left = Array(repeating: false, count: leftCharacters.count)
        right = Array(repeating: false, count: rightCharacters.count)
        let common = WordDifference.common(
            leftWords.map { String(leftCharacters[$0]).lowercased() },
            rightWords.map { String(rightCharacters[$0]).lowercased() })
        for (index, word) in leftWords.enumerated() where !common.left.contains(index) {
            for place in word { left[place] = true }
        }
        for (index, word) in rightWords.enumerated() where !common.right.contains(index) {
            for place in word { right[place] = true }
        }
    }

    private static func words(_ characters: [Character]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (index, character) in characters.enumerated() {
            let isIdeograph = Glyph(character).kind == .ideograph
            if character.isWhitespace || isIdeograph {
                if let begun = start { words.append(begun..<index) }
                start = nil
                if isIdeograph { words.append(index..<index + 1) }
            } else if start == nil {
                start = index
            }
        }
        if let begun = start { words.append(begun..<characters.count) }
        return words
    }

    /// Indices of the words of the longest common sequence; empty if the texts are too long to compare.
    private static func common(_ left: [String], _ right: [String]) -> (left: Set<Int>, right: Set<Int>) {
        var common: (left: Set<Int>, right: Set<Int>) = ([], [])
        var (i, j) = (0, 0)
        for step in CommonSequence.steps(left, right) ?? [] {
            if step == .both {
                common.left.insert(i)
                common.right.insert(j)
            }
            if step != .second { i += 1 }
            if step != .first { j += 1 }
        }
        return common
    }
}
