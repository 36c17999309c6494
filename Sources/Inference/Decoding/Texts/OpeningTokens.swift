// The tokens that by themselves begin a label, a preamble, Markdown or a quotation, so that a draft never begins with them.

import Generation
import Text

/// Tokens that no text begins with, whatever follows them.
struct OpeningTokens: Sendable {
    /// Tokens with a quotation mark at their beginning.
    let quotes: [TokenID]
    /// The others, by the part that they begin.
    let others: [(part: TidiedPart, token: TokenID)]

    init(_ vocabulary: any TextVocabulary) {
        var quotes: [TokenID] = []
        var others: [(part: TidiedPart, token: TokenID)] = []
        for token in 0..<TokenID(clamping: vocabulary.vocabularySize) {
            let bytes = vocabulary.textBytes(of: token)
            guard Self.mayOpen(bytes) else { continue }
            switch TextOpening.of(bytes[...], isComplete: false) {
            case .decoration(.quotes, _): quotes.append(token)
            case .decoration(let part, _): others.append((part, token))
            case .plain, .open: break
            }
        }
        self.quotes = quotes
        self.others = others
    }

    /// True if a token begins with a mark or holds a colon: a quick look, because a vocabulary is long.
    private static func mayOpen(_ bytes: [UInt8]) -> Bool {
        let text = bytes.drop(while: UTF8Text.isASCIIWhitespace)
        guard let first = text.first else { return false }
        let second = text.dropFirst().first
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "#"),
            UInt8(ascii: "_"), UInt8(ascii: ">"):
            return true
        // «, »; “, „, ‘, ‹; 「, 『; ＂
        case 0xC2 where second == 0xAB || second == 0xBB, 0xE2 where second == 0x80, 0xE3 where second == 0x80,
            0xEF where second == 0xBC:
            return true
        default: return bytes.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "!") }
        }
    }
}
