// The rule that no run of tokens occurs twice.

import Generation

/// Bans tokens that would repeat a run of tokens in the prompt or the draft.
struct RepeatRule: DraftRule {
    private let runLength: Int
    /// Prompt and draft.
    private var tokens: [TokenID]
    private let promptCount: Int

    /// `nil` if runs may repeat.
    init?(runLength: Int, prompt: [TokenID]) {
        guard runLength > 0 else { return nil }
        self.runLength = runLength
        tokens = prompt
        promptCount = prompt.count
    }

    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) {
        workspace.banRepeatedRuns(length: runLength, tokens: tokens[...])
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        tokens.append(token)
        return .continues
    }

    mutating func rollBack(to text: DraftText) {
        tokens.removeLast(tokens.count - promptCount - text.tokens.count)
    }
}
