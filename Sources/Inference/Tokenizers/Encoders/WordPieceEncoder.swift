// BERT's word pieces: words in lower case without accents, each cut into the longest possible tokens.
// - In the file, tokens that begin a word start with U+2581 and others do not.
// BERT, arXiv:1810.04805; normalizer and pre-tokenizer as Hugging Face's BertNormalizer.

import Foundation
import Generation

/// Cuts words into the longest tokens, from the left.
struct WordPieceEncoder: Sendable {
    let tokens: TokenTable
    let unknownID: TokenID
    let longestToken: Int
    let lowercases: Bool
    let removesAccents: Bool

    /// Longest word in characters; a longer one becomes the unknown token.
    private static let longestWord = 100

    /// Appends the tokens of `text`; a word that cannot be cut completely is one unknown token.
    func encode(_ text: [UInt8], into ids: inout [TokenID]) {
        for word in words(String(decoding: text, as: UTF8.self)) {
            if let pieces = pieces(Array(word.utf8)), word.unicodeScalars.count <= Self.longestWord {
                ids.append(contentsOf: pieces)
            } else {
                ids.append(unknownID)
            }
        }
    }

    private func pieces(_ word: [UInt8]) -> [TokenID]? {
        let marked = SpaceEscaping.mark + word
        var pieces: [TokenID] = []
        var start = 0
        while start < marked.count {
            // A mark that the text itself contains does not begin a word.
            if start > 0, marked[start...].starts(with: SpaceEscaping.mark) { return nil }
            var end = min(marked.count, start + longestToken)
            var found: TokenID?
            while end > start {
                found = tokens.find(marked, start..<end)
                if found != nil { break }
                end -= 1
            }
            guard let found else { return nil }
            pieces.append(found)
            start = end
        }
        return pieces
    }

    /// Words and single signs; in lower case and without accents if the model wants it.
    private func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        func finish() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        let text = removesAccents ? text.decomposedStringWithCanonicalMapping : text
        for scalar in text.unicodeScalars where !Self.isDropped(scalar) && !(removesAccents && Self.isAccent(scalar)) {
            if scalar.properties.isWhitespace {
                finish()
                continue
            }
            let stands = PatternSets.signs.contains(scalar.value) || Self.isChinese(scalar.value)
            if stands { finish() }
            if lowercases {
                word.unicodeScalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            } else {
                word.unicodeScalars.append(scalar)
            }
            if stands { finish() }
        }
        finish()
        return words
    }

    // Hugging Face's tables for these two are of Unicode 8; a few characters have changed their class since.

    /// True for control characters, even those that other tables call whitespace, and for private ones.
    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return false
        case 0, 0xFFFD: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .privateUse: return true
        case .format: return scalar.properties.isOfUnicode(8)
        default: return false
        }
    }

    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1734, 0x1171E: true
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
        default: scalar.properties.generalCategory == .nonspacingMark && scalar.properties.isOfUnicode(8)
        }
    }

    private static func isChinese(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
