// One row of a corpus as the model is trained on it.

import Generation

/// The tokens of one row, and which of them are labels.
public struct EncodedExample: Sendable, Equatable {
    /// The number of the row in its corpus, from 0.
    public var row: Int
    public var tokens: [TokenID]
    /// For each token its weight in the loss, as a label that is predicted from the tokens before it. 0 if it is only
    /// read. The first token is never a label, because nothing comes before it.
    public var weights: [Float]
    /// UTF-8 bytes of the text that the labels stand for, without special tokens.
    public var labelByteCount: Int

    /// - Parameter weights: one for each token, at least 0. The first is taken as 0.
    public init(row: Int, tokens: [TokenID], weights: [Float], labelByteCount: Int = 0) {
        precondition(tokens.count == weights.count, "a weight for each token")
        self.row = row
        self.tokens = tokens
        self.weights = weights
        self.labelByteCount = labelByteCount
        if !weights.isEmpty { self.weights[0] = 0 }
    }

    /// How many tokens are labels.
    public var labelCount: Int { weights.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }
}
