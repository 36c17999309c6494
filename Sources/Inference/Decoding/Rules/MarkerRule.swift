// The rule that a draft holds no special tokens.
// - A token is refused only once it was drawn, so a draft without such tokens is the same with and without the rule.

import Generation

/// Tokens that are no part of a text although they may have letters.
struct MarkerTokens: Sendable, Equatable {
    /// Tokens that are never written.
    var banned: Set<TokenID> = []
    /// Tokens that end the text.
    var ends: Set<TokenID> = []
}

/// Keeps tokens out of a draft that are signals to a model, although a vocabulary may give them letters.
struct MarkerRule: DraftRule {
    private let markers: MarkerTokens

    /// `nil` if there are no such tokens.
    init?(_ markers: MarkerTokens) {
        guard !markers.banned.isEmpty || !markers.ends.isEmpty else { return nil }
        self.markers = markers
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        let start = text.start(ofToken: text.tokens.count - 1)
        if markers.ends.contains(token) { return .ends(at: start) }
        return markers.banned.contains(token) ? .rollsBack(to: start) : .continues
    }
}
