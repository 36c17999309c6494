// BERT's word pieces: words in small letters without accents, each cut into the longest tokens there are.
// - Tokens that begin a word start with U+2581 in the file, those inside a word do not.
// BERT, arXiv:1810.04805; normalizer and pre-tokenizer as Hugging Face's BertNormalizer.

import Foundation

/// Cuts words into the longest tokens, from the left.
struct WordPieceEncoder: Sendable {
    let tokens: TokenTable
    let unknownID: TokenID
    let longestToken: Int

    /// Appends the tokens of `text`; a word that cannot be cut whole is one unknown token.
    func encode(_ text: [UInt8], into ids: inout [TokenID]) {
        for word in Self.words(String(decoding: text, as: UTF8.self)) {
            let marked = SpaceEscaping.mark + word
            var pieces: [TokenID] = []
            var start = 0
            while start < marked.count {
                var end = min(marked.count, start + longestToken)
                var found: TokenID?
                while end > start {
                    found = tokens.find(marked, start..<end)
                    if found != nil { break }
                    end -= 1
                }
                guard let found else { break }
                pieces.append(found)
                start = end
            }
            ids.append(contentsOf: start == marked.count ? pieces : [unknownID])
        }
    }

    /// Words and single signs, in small letters and without accents.
    private static func words(_ text: String) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word = ""
        func finish() {
            if !word.isEmpty { words.append(Array(word.utf8)) }
            word = ""
        }
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            let category = scalar.properties.generalCategory
            if scalar.properties.isWhitespace || category == .spaceSeparator {
                finish()
                continue
            }
            if scalar.value == 0 || scalar.value == 0xFFFD || category == .control || category == .format
                || category == .nonspacingMark
            {
                continue
            }
            let kind = UnicodeClass.of(scalar.value)
            let stands =
                kind.contains(.punctuation) || scalar.value < 0x7F && kind.contains(.symbol) || isChinese(scalar.value)
            if stands { finish() }
            word.unicodeScalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            if stands { finish() }
        }
        finish()
        return words
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
