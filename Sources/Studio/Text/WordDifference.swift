// The words in which two texts differ: those outside their longest common sequence.

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
        guard left.count * right.count <= 9_000_000 else { return ([], []) }
        var numbers: [String: Int] = [:]
        func number(_ word: String) -> Int {
            if let known = numbers[word] { return known }
            numbers[word] = numbers.count
            return numbers.count - 1
        }
        let leftNumbers = left.map(number)
        let rightNumbers = right.map(number)
        let width = right.count + 1
        // lengths[i * width + j]: the longest common sequence of the words from i and from j on.
        var lengths = [Int32](repeating: 0, count: (left.count + 1) * width)
        for i in stride(from: left.count - 1, through: 0, by: -1) {
            for j in stride(from: right.count - 1, through: 0, by: -1) {
                lengths[i * width + j] =
                    leftNumbers[i] == rightNumbers[j]
                    ? lengths[(i + 1) * width + j + 1] + 1
                    : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
            }
        }
        var common: (left: Set<Int>, right: Set<Int>) = ([], [])
        var i = 0
        var j = 0
        while i < left.count && j < right.count {
            if leftNumbers[i] == rightNumbers[j] {
                common.left.insert(i)
                common.right.insert(j)
                i += 1
                j += 1
            } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return common
    }
}
