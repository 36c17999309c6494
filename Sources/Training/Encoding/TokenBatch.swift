// What one forward and backward pass reads.
// - Documents stand one after another without padding: their lengths may differ, and a pass computes only their tokens.
// - A token attends to tokens of its own document alone, and positions begin at 0 in each. So a document gives the same
//   loss and gradient in any batch.

import Generation

/// Documents one after another, with their labels.
public struct TokenBatch: Sendable, Equatable {
    public private(set) var tokens: [TokenID] = []
    /// For each token the one to predict next; -1 if nothing is predicted there.
    public private(set) var labels: [TokenID] = []
    /// For each token the weight of its label in the loss; 0 if it has none.
    public private(set) var weights: [Float] = []
    /// The place of each token in its document, from 0.
    public private(set) var positions: [Int32] = []
    /// The tokens of each document, in order; together they are all tokens.
    public private(set) var documents: [Range<Int>] = []
    /// The rows of the corpus that the documents are, in the same order.
    public private(set) var rows: [Int] = []

    public init(_ examples: some Sequence<EncodedExample> = EmptyCollection()) {
        for example in examples { append(example) }
    }

    /// Adds a document. One without tokens adds nothing.
    public mutating func append(_ example: EncodedExample) {
        let count = example.tokens.count
        guard count > 0 else { return }
        let start = tokens.count
        tokens += example.tokens
        for index in 0..<count {
            let weight = index + 1 < count ? example.weights[index + 1] : 0
            labels.append(weight > 0 ? example.tokens[index + 1] : -1)
            weights.append(weight)
            positions.append(Int32(index))
        }
        documents.append(start..<start + count)
        rows.append(example.row)
    }

    public var labelCount: Int { labels.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) } }
    /// The sum of the labels' weights; the loss of a batch is divided by it.
    public var weightSum: Double { weights.reduce(0) { $0 + Double($1) } }
}
