// How well a model predicts examples that it was not trained on.
// The mean is over labels, whatever the size of batches: examples of different lengths count by their labels, not by
// their number.

import Foundation

/// The loss over a set of examples.
public struct Evaluation: Sendable, Equatable {
    /// Nats a label.
    public var loss: Double
    public var labelCount: Int
    /// The loss in bits for each UTF-8 byte of the labels' text, so that models with different tokenizers compare; nil if
    /// the examples do not say how many bytes they have.
    public var bitsPerByte: Double?

    public var perplexity: Double { exp(loss) }

    /// Tokens of a batch; enough for full speed.
    private static let batchTokens = 1024

    /// - Parameter beforeBatch: called before each batch is computed; it may hold the thread.
    static func measure(
        _ set: any TrainingSet, with pass: TrainingPass, beforeBatch: () -> Void = {}
    ) throws -> Evaluation {
        var sum = 0.0
        var weights = 0.0
        var labels = 0
        var bytes = 0
        var batch = TokenBatch()
        func finish() {
            guard !batch.tokens.isEmpty else { return }
            beforeBatch()
            sum += pass.loss(of: batch)
            weights += batch.weightSum
            labels += batch.labelCount
            batch = TokenBatch()
        }
        for row in 0..<set.count {
            for document in try set.documents(ofRow: row) {
                if !batch.tokens.isEmpty, batch.tokens.count + document.tokens.count > batchTokens { finish() }
                batch.append(document)
                bytes += document.labelByteCount
            }
        }
        finish()
        return Evaluation(
            loss: weights > 0 ? sum / weights : 0, labelCount: labels,
            bitsPerByte: bytes > 0 ? sum / (log(2) * Double(bytes)) : nil)
    }
}
