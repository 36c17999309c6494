// Holds two forms of one model together by what they compute, such as a file and the folder that was written from it.
// - Quantized weights meet activations of 8 bits, so a quantized file and its folder differ by more than rounding.

import Generation
import Tensors

/// Compares what two models compute.
public enum LogitComparison {
    /// The greatest difference between the logits of two models after each of `ids`.
    /// - Parameter ids: the same for both; nil: a few that are spread over the vocabulary.
    /// - Returns: infinity if the vocabularies have other sizes, or a logit is not finite.
    /// - Throws: `ModelError` or `ModelFileError` if a model cannot be run.
    public static func greatestDifference(
        between first: any ModelSource, and second: any ModelSource, ids: [TokenID]? = nil, threadCount: Int = 1
    ) throws -> Float {
        let team = WorkerTeam(threadCount: max(threadCount, 1))
        let models = [try Transformer(file: first, team: team), try Transformer(file: second, team: team)]
        let sizes = models.map(\.configuration.vocabularySize)
        guard sizes[0] == sizes[1] else { return .infinity }
        let lengths = models.map(\.configuration.contextLength)
        let ids = Array((ids ?? spread(over: sizes[0])).prefix(min(lengths[0], lengths[1])))
        guard !ids.isEmpty else { return 0 }
        let rows = ids.map { BatchRow(token: $0, cache: 0, wantsLogits: true) }
        let logits = try models.map { try $0.forward(rows, caches: [$0.makeCache()]) }
        var greatest: Float = 0
        for row in ids.indices {
            for (one, other) in zip(logits[0].row(row), logits[1].row(row)) {
                guard one.isFinite, other.isFinite else { return .infinity }
                greatest = max(greatest, abs(one - other))
            }
        }
        return greatest
    }

    private static func spread(over size: Int) -> [TokenID] {
        let count = min(size, 8)
        return (0..<count).map { TokenID(truncatingIfNeeded: ($0 * 2 + 1) * size / (2 * count)) }
    }
}
