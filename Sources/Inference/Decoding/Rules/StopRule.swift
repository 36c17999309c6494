// Texts that end a draft, and texts that it must not contain.

import Generation
import Text

/// Ends a draft before the first of some texts. Composed and decomposed letters are equal; case matters.
struct StopRule: DraftRule {
    private let stops: PhraseFinder

    /// `nil` if there is no stop text.
    init?(_ texts: [String]) {
        stops = PhraseFinder(texts)
        if stops.isEmpty { return nil }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        stops.firstMatch(in: text.body, newCount: bytes.count).map { .ends(at: $0.lowerBound) } ?? .continues
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? { stops.possibleStart(in: body) }

    var cutsInsideTokens: Bool { true }
}

/// Keeps some texts out of a draft, in upper and lower case.
struct BannedPhrases: DraftRule {
    private let phrases: PhraseFinder

    /// `nil` if there is no banned text.
    init?(_ texts: [String]) {
        phrases = PhraseFinder(texts, folding: true)
        if phrases.isEmpty { return nil }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        phrases.firstMatch(in: text.body, newCount: bytes.count).map { .rollsBack(to: $0.lowerBound) } ?? .continues
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? { phrases.possibleStart(in: body) }
}
