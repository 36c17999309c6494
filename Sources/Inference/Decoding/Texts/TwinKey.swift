// What makes two variants the same text, or their openings the same.

import Generation
import Text

/// The words of a text without case and punctuation, by which texts are compared.
struct TwinKey: Hashable {
    let words: [String]

    /// How many words make an opening.
    static let openingLength = 3

    init(_ text: String) { words = Self.words(of: text[...]).map(\.word) }

    var isEmpty: Bool { words.isEmpty }
    /// The first words; all of a shorter text.
    var opening: [String] { Array(words.prefix(Self.openingLength)) }

    /// The words with the ends of each, as offsets in the text's UTF-8. A Han or kana character is a word.
    static func words(of text: Substring) -> [(word: String, start: Int, end: Int)] {
        var words: [(word: String, start: Int, end: Int)] = []
        var current = ""
        var start = 0
        var offset = 0
        func isApostrophe(_ scalar: Unicode.Scalar) -> Bool { scalar == "'" || scalar == "\u{2019}" }
        func close(at end: Int) {
            let word = current.lowercased().replacing("\u{2019}", with: "'")
            if !word.isEmpty { words.append((word, start, end)) }
            current = ""
        }
        for scalar in text.unicodeScalars {
            let length = UTF8.width(scalar)
            if scalar.isHanOrKana {
                close(at: offset)
                words.append((String(scalar), offset, offset + length))
            } else if scalar.isLetterOrDigit || ScalarClass(scalar) == .extender && !current.isEmpty {
                if current.isEmpty { start = offset }
                current.unicodeScalars.append(scalar)
            } else if isApostrophe(scalar), !current.isEmpty {
                current.unicodeScalars.append(scalar)
            } else {
                close(at: offset)
            }
            offset += length
        }
        close(at: offset)
        return words
    }
}
