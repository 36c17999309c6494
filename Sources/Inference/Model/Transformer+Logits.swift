// The logits after a sequence of tokens, for inspection and tests; no tokenizer is involved.

import Generation
import Tensors

extension Transformer {
    /// One logit for each entry of the vocabulary, after the last of `ids`; no token is added before them.
    /// - Parameter ids: if empty, there are no logits.
    /// - Throws: `ModelError` if an id is unknown, or if there are more ids than the context has room for.
    public func logits(after ids: [TokenID]) throws -> [Float] {
        let cache = makeCache()
        var logits: [Float] = []
        for start in stride(from: 0, to: ids.count, by: Self.promptChunkLength) {
            let part = start..<min(start + Self.promptChunkLength, ids.count)
            let rows = part.map { BatchRow(token: ids[$0], cache: 0, wantsLogits: $0 == ids.count - 1) }
            let batch = try forward(rows, caches: [cache])
            if batch.rowCount > 0 { logits = batch.row(0) }
        }
        return logits
    }
}
