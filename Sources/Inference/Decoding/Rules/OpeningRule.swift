// A draft begins with its text: not with a quotation mark around it, a label, a preamble or Markdown.
// - Tokens that are one of these by themselves are masked at the beginning. A label that shows itself only at its colon is
//   rolled back; until then nothing is reported.
// - Inside a text everything stays allowed. A text may begin with a quotation if `Allowed.quotations` is true and text
//   follows behind the closing mark; the beginning is reported once it does.
// - The rule never bans the only tokens that the other rules leave, and gives up after many tries.

import Generation
import Text

/// Keeps the beginning of one draft free of what is not the text.
struct OpeningRule: DraftRule {
    private let tokens: OpeningTokens
    private let ends: Set<TokenID>
    private var allowed: TextOpening.Allowed
    /// The length at which the text was known to begin as it should, in bytes.
    private var settledCount: Int?
    private var rollBackCount = 0

    /// The decoder rolls a draft back at most this often; what is then still there is taken off at the end.
    private static let mostRollBacks = 40

    /// `nil` if a draft may begin with anything.
    init?(
        isOn: Bool, allowing allowed: TextOpening.Allowed, tokens: @autoclosure () -> OpeningTokens, ends: Set<TokenID>
    ) {
        guard isOn else { return nil }
        self.tokens = tokens()
        self.ends = ends
        self.allowed = allowed
    }

    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) {
        guard settledCount == nil, TidyScan.isBlank(place.body) else { return }
        // An empty draft is of no use to anyone.
        var banned = Array(ends)
        if rollBackCount <= Self.mostRollBacks {
            if !allowed.quotations, !allowed.parts.contains(.quotes) { banned += tokens.quotes }
            for (part, token) in tokens.others where !allowed.parts.contains(part) { banned.append(token) }
        }
        let logits = banned.map { workspace.logits.indices.contains(Int($0)) ? workspace.logits[Int($0)] : 0 }
        for token in banned { workspace.ban(token) }
        guard workspace.peak() == nil else { return }
        for (token, logit) in zip(banned, logits) where workspace.logits.indices.contains(Int(token)) {
            workspace.logits[Int(token)] = logit
        }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        guard settledCount == nil else { return .continues }
        switch TextOpening.of(text.body, isComplete: false, allowing: allowed) {
        case .plain: settledCount = text.bytes.count
        case .open: break
        case .decoration(let part, _):
            guard rollBackCount < Self.mostRollBacks else { break }
            rollBackCount += 1
            // A model that put its whole text in quotation marks would do so again with another mark.
            if part == .quotes { allowed.quotations = false }
            return .rollsBack(to: text.body.startIndex)
        }
        return .continues
    }

    mutating func rollBack(to text: DraftText) {
        if let count = settledCount, text.bytes.count < count { settledCount = nil }
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? { settledCount == nil ? body.startIndex : nil }
}

/// Quick looks at a text.
enum TidyScan {
    static func isBlank(_ text: ArraySlice<UInt8>) -> Bool { text.allSatisfy(UTF8Text.isASCIIWhitespace) }
}
