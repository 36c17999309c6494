// Splits text into the tokens of the search index: words without case and accents, and CJK character by character.
// - SQLite's own unicode61 splits words. Chinese, Japanese and Korean have no spaces, so each of their characters
//   becomes a token, and a substring of any length is a phrase of neighbouring tokens.
// - Text and queries pass `normalized` first, so that full-width letters, half-width kana and composed or decomposed
//   characters match one another.
// - The plain sqlite3 shell has no such tokenizer and cannot query the index; all other tables it can.

import Foundation
import GRDB

final class SearchTokenizer: FTS5WrapperTokenizer {
    static let name = "copydesk"
    let wrappedTokenizer: any FTS5Tokenizer

    init(db: Database, arguments: [String]) throws {
        wrappedTokenizer = try db.makeTokenizer(.unicode61(diacritics: .remove))
    }

    func accept(
        token: String, flags: FTS5TokenFlags, for tokenization: FTS5Tokenization,
        tokenCallback: FTS5WrapperTokenCallback
    ) throws {
        guard token.unicodeScalars.contains(where: SearchTokenizer.standsAlone) else {
            return try tokenCallback(token, flags)
        }
        var word = String.UnicodeScalarView()
        for scalar in token.unicodeScalars {
            guard SearchTokenizer.standsAlone(scalar) else {
                word.append(scalar)
                continue
            }
            if !word.isEmpty { try tokenCallback(String(word), flags) }
            word = String.UnicodeScalarView()
            try tokenCallback(String(Character(scalar)), flags)
        }
        if !word.isEmpty { try tokenCallback(String(word), flags) }
    }

    /// The form in which text is indexed and searched (NFKC).
    static func normalized(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        // The compatibility mapping leaves half-width kana and their marks apart, so they are composed once more.
        return text.precomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
    }

    /// True if a character is a token of its own: Han, kana, Hangul, Bopomofo, Yi and the like, and Thai, Lao, Khmer
    /// and Burmese, which are written without spaces too.
    static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x0E00: false
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: true
        case 0x1100...0x11FF, 0x2E80...0x2FDF, 0x3005...0x3007, 0x3021...0x30FF, 0x3105...0x31BF, 0x31F0...0x31FF: true
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xF900...0xFAFF: true
        case 0xFF66...0xFFDC, 0x1B000...0x1B2FF, 0x20000...0x3FFFF: true
        default: false
        }
    }
}
