// The tokens that by themselves begin a label, a preamble, Markdown or a quotation, so that a draft never begins with them.

import Dispatch
import Generation
import Synchronization
import Text

/// Tokens that no text begins with, whatever follows them.
struct OpeningTokens: Sendable {
    /// Tokens with a quotation mark at their beginning.
    let quotes: [TokenID]
    /// The others, by the part that they begin.
    let others: [(part: TidiedPart, token: TokenID)]

    /// Uses all cores, because the first draft waits for it.
    init(_ vocabulary: any TextVocabulary) {
        let count = Int(TokenID(clamping: vocabulary.vocabularySize))
        let partCount = count < 4096 ? 1 : 8
        let parts = Mutex([[(part: TidiedPart, token: TokenID)]](repeating: [], count: partCount))
        DispatchQueue.concurrentPerform(iterations: partCount) { part in
            let found = Self.find(vocabulary, count * part / partCount..<count * (part + 1) / partCount)
            parts.withLock { $0[part] = found }
        }
        let all = parts.withLock { $0.flatMap { $0 } }
        quotes = all.filter { $0.part == .quotes }.map(\.token)
        others = all.filter { $0.part != .quotes }
    }

    private static func find(
        _ vocabulary: any TextVocabulary, _ places: Range<Int>
    ) -> [(part: TidiedPart, token: TokenID)] {
        var found: [(part: TidiedPart, token: TokenID)] = []
        var bytes: [UInt8] = []
        for token in places.lazy.map({ TokenID(clamping: $0) }) {
            bytes.removeAll(keepingCapacity: true)
            vocabulary.appendText(of: token, to: &bytes)
            guard mayOpen(bytes), case .decoration(let part, _) = TextOpening.of(bytes[...], isComplete: false) else {
                continue
            }
            found.append((part, token))
        }
        return found
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
