// Keeps a model's signals out of a draft: control tokens, unused places, bytes that form no character.

import Generation
import Text

/// Bans tokens that are never part of a text, and rolls back bytes that are not UTF-8.
struct SpecialTokenRule: DraftRule {
    private let banned: [TokenID]
    private let checksBytes: Bool

    /// `nil` if there is nothing to keep out.
    /// - Parameters:
    ///   - tokens: the vocabulary's special tokens.
    ///   - allowed: those that may be written all the same; the tokens that end a text are always allowed.
    ///   - checksBytes: true to roll back bytes that form no character.
    init?(_ tokens: [TokenID], allowed: Set<TokenID>, checksBytes: Bool) {
        banned = tokens.filter { !allowed.contains($0) }
        self.checksBytes = checksBytes
        if banned.isEmpty, !checksBytes { return nil }
    }

    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) {
        for token in banned { workspace.ban(token) }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        guard checksBytes, let place = Self.brokenByte(in: text.body, newCount: bytes.count) else { return .continues }
        return .rollsBack(to: place)
    }

    /// The first new byte with which a text is no longer UTF-8; an incomplete character at the end may still be completed.
    private static func brokenByte(in body: ArraySlice<UInt8>, newCount: Int) -> Int? {
        var place = max(body.startIndex, body.endIndex - newCount)
        // Begin at the character that the new bytes may continue.
        let first = max(body.startIndex, place - 3)
        while place > first, body[place - 1] >= 0x80 {
            place -= 1
            if body[place] >= 0xC0 { break }
        }
        while place < body.endIndex {
            if body[place] < 0x80 {
                place += 1
                continue
            }
            let count = UTF8Text.expectedCount(lead: body[place])
            let character = body[place...].prefix(count)
            let isBegun = count > 1 && character.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
            guard isBegun else { return place }
            if character.count == count, UTF8Text.firstScalar(character) == "\u{FFFD}",
                !character.elementsEqual([0xEF, 0xBF, 0xBD])
            {
                return place
            }
            place += character.count
        }
        return nil
    }
}
