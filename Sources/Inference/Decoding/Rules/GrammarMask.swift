// The rule that the whole text matches a grammar.

import Generation
import Grammar

/// Masks all tokens that the grammar does not allow, and the end of the text unless it is complete.
struct GrammarMask: DraftRule {
    private let constraint: GrammarConstraint
    private let ends: Set<TokenID>
    private var matcher: GrammarMatcher

    init(_ constraint: GrammarConstraint, ends: Set<TokenID>) {
        self.constraint = constraint
        self.ends = ends
        matcher = GrammarMatcher(constraint.machine)
    }

    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) throws {
        let mask = try matcher.allowedTokens(in: constraint.trie)
        mask.apply(to: &workspace.logits, sparing: matcher.isComplete ? ends : [])
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        // Always accepted: `mask` banned every token that the grammar does not allow.
        _ = matcher.accept(bytes)
        return .continues
    }

    mutating func rollBack(to text: DraftText) { matcher.rewind(toByteCount: text.bytes.count) }
}
