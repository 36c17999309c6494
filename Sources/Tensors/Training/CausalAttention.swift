// Attention in training: each row of a document attends to itself and to the rows before it in the same document.
// - Documents stand one after another in a batch; no row sees another document, so a document gives the same bits alone
//   and among others.
// - Nothing of the size of rows x rows is kept: the backward pass computes the probabilities again from the logarithms
//   of their sums.
// - Work is shared as items: a key-value head and 128 queries of a document. Each item leaves its own part of the
//   gradients of keys and values; the parts are added in the order of the queries.

import CKernels

/// The numbers of an attention layer.
public struct AttentionShape: Sendable, Equatable {
    /// A multiple of keyValueHeadCount: n_head (GGUF), num_attention_heads (Hugging Face).
    public var headCount: Int
    public var keyValueHeadCount: Int
    /// Columns of a head; multiples of 8 are fastest.
    public var headWidth: Int
    public var scale: Float
    /// Scores become softcap * tanh(score / softcap); if it is 0, they stay as they are.
    public var softcap: Float
    /// A row sees itself and window - 1 rows before it; all before it if nil.
    public var window: Int?
    public var precision: ProductPrecision

    public init(
        headCount: Int, keyValueHeadCount: Int, headWidth: Int, scale: Float, softcap: Float = 0, window: Int? = nil,
        precision: ProductPrecision = .f32
    ) {
        precondition(keyValueHeadCount > 0 && headCount % keyValueHeadCount == 0, "heads in groups")
        precondition(headWidth > 0 && softcap >= 0 && (window ?? 1) > 0, "a width, a cap and a window")
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headWidth = headWidth
        self.scale = scale
        self.softcap = softcap
        self.window = window
        self.precision = precision
    }
}

/// The documents of a batch, cut into items of work, and room for the parts of their gradients.
///
/// Guard of `@unchecked Sendable`: `set` is called while no worker uses it; each part has one writer between barriers.
public final class AttentionBatch: @unchecked Sendable {
    public let shape: AttentionShape
    public private(set) var documents: [Range<Int>] = []

    /// A key-value head and some queries of a document; positions count from the document's first row.
    struct Item {
        var document: Int
        var head: Int
        var queries: Range<Int>
        var firstKey: Int
        /// Where its part of the gradients begins, in floats; nil if it is the whole.
        var part: Int?
    }

    /// Keys of a document whose gradients are sums of several parts.
    struct Sum {
        var document: Int
        var keys: Range<Int>
        /// Items whose parts hold some of the keys, in order.
        var items: Range<Int>
    }

    private(set) var items: [Item] = []
    private(set) var sums: [Sum] = []
    private var parts = AlignedMemory(byteCount: 0)

    static let queriesPerItem = 128

    public init(shape: AttentionShape, documents: [Range<Int>] = []) {
        self.shape = shape
        set(documents: documents)
    }

    /// - Parameter documents: rows of the batch, in order, none in two documents; empty ones are allowed.
    public func set(documents: [Range<Int>]) {
        precondition((documents.first?.lowerBound ?? 0) >= 0, "rows of a batch")
        precondition(
            zip(documents, documents.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, "documents in order")
        precondition((documents.last?.upperBound ?? 0) <= Int(Int32.max), "rows count in 32 bits")
        self.documents = documents
        items = []
        sums = []
        var floats = 0
        for document in documents.indices {
            for head in 0..<shape.keyValueHeadCount { add(document: document, head: head, floats: &floats) }
        }
        if floats * 4 > parts.byteCount { parts = AlignedMemory(byteCount: floats * 4) }
    }

    private func add(document: Int, head: Int, floats: inout Int) {
        let length = documents[document].count
        let step = Self.queriesPerItem
        let first = items.count
        for start in stride(from: 0, to: length, by: step) {
            let queries = start..<min(start + step, length)
            let firstKey = Int(ck_causal_low(UInt32(start), UInt32(shape.window ?? 0)))
            items.append(
                Item(
                    document: document, head: head, queries: queries, firstKey: firstKey,
                    part: length > step ? floats : nil))
            if length > step { floats += 2 * (queries.upperBound - firstKey) * shape.headWidth }
        }
        guard length > step else { return }
        for start in stride(from: 0, to: length, by: step) {
            sums.append(
                Sum(document: document, keys: start..<min(start + step, length), items: first..<items.count))
        }
    }

    /// The part of an item that has one: gradients of its keys, then of its values, headWidth apart.
    func part(at offset: Int) -> UnsafeMutablePointer<Float> { parts.floats(at: offset) }

    func fits(_ matrix: FloatMatrix, heads: Int, width: Int? = nil) -> Bool {
        (documents.last?.upperBound ?? 0) <= matrix.rowCount && heads * (width ?? shape.headWidth) <= matrix.columnCount
    }

    /// What the kernels get; output, gradients and logSumExp are set by the caller.
    func call(queries: FloatMatrix, keys: FloatMatrix, values: FloatMatrix, output: FloatMatrix, logSumExp: FloatMatrix)
        -> ck_causal
    {
        precondition(fits(queries, heads: shape.headCount) && fits(output, heads: shape.headCount), "queries fit")
        precondition(
            fits(keys, heads: shape.keyValueHeadCount) && fits(values, heads: shape.keyValueHeadCount), "keys fit")
        precondition(fits(logSumExp, heads: shape.headCount, width: 1), "a sum for each head")
        var call = ck_causal()
        call.queries = UnsafePointer(queries.pointer(row: 0))
        call.keys = UnsafePointer(keys.pointer(row: 0))
        call.values = UnsafePointer(values.pointer(row: 0))
        call.query_stride = queries.stride
        call.key_stride = keys.stride
        call.value_stride = values.stride
        call.output = output.pointer(row: 0)
        call.output_stride = output.stride
        call.log_sums = logSumExp.pointer(row: 0)
        call.log_sum_stride = logSumExp.stride
        call.group = UInt32(shape.headCount / shape.keyValueHeadCount)
        call.width = UInt32(shape.headWidth)
        call.window = UInt32(shape.window ?? 0)
        call.scale = shape.scale
        call.softcap = shape.softcap
        call.rounds = shape.precision == .bf16
        return call
    }
}

extension Worker {
    /// Writes each head's attention into `output`, and the logarithm of the sum of its exponentials into `logSumExp`.
    /// All workers call it, with barriers around it.
    /// - Parameters:
    ///   - queries, keys, values: head h at h * headWidth, after rotation; rows of the batch.
    ///   - output: head h at h * headWidth; rows outside documents stay as they are.
    ///   - logSumExp: head h in column h; kept for `attendBackward`.
    public func attendCausally(
        _ batch: AttentionBatch, queries: FloatMatrix, keys: FloatMatrix, values: FloatMatrix,
        into output: FloatMatrix, logSumExp: FloatMatrix
    ) {
        guard !batch.items.isEmpty else { return }
        var call = batch.call(queries: queries, keys: keys, values: values, output: output, logSumExp: logSumExp)
        share(batch.items.count) { index in
            var item = described(batch.items[index], of: batch)
            training.pointee.attend(&call, &item, attentionScratch(batch.items[index], batch))
        }
    }

    /// The gradients of `attendCausally`, which replace what the matrices hold in the documents' rows.
    ///
    /// All workers call it, with barriers around it; if documents are long, it has a barrier inside.
    public func attendBackward(
        _ batch: AttentionBatch, queries: FloatMatrix, keys: FloatMatrix, values: FloatMatrix, output: FloatMatrix,
        logSumExp: FloatMatrix, outputGradient: FloatMatrix, into queryGradient: FloatMatrix,
        keyGradient: FloatMatrix, valueGradient: FloatMatrix
    ) {
        guard !batch.items.isEmpty else { return }
        let shape = batch.shape
        precondition(
            batch.fits(outputGradient, heads: shape.headCount) && batch.fits(queryGradient, heads: shape.headCount)
                && batch.fits(keyGradient, heads: shape.keyValueHeadCount)
                && batch.fits(valueGradient, heads: shape.keyValueHeadCount), "gradients fit")
        var call = batch.call(queries: queries, keys: keys, values: values, output: output, logSumExp: logSumExp)
        call.output_gradient = UnsafePointer(outputGradient.pointer(row: 0))
        call.output_gradient_stride = outputGradient.stride
        call.query_gradient = queryGradient.pointer(row: 0)
        call.query_gradient_stride = queryGradient.stride
        precondition(keyGradient.stride == valueGradient.stride, "keys and values of one width")
        share(batch.items.count) { index in
            let work = batch.items[index]
            var item = described(work, of: batch)
            if let part = work.part {
                item.key_gradient = batch.part(at: part)
                item.value_gradient = batch.part(
                    at: part + (work.queries.upperBound - work.firstKey) * shape.headWidth)
                item.gradient_stride = shape.headWidth
            } else {
                let (row, column) = (batch.documents[work.document].lowerBound, work.head * shape.headWidth)
                item.key_gradient = keyGradient.pointer(row: row, column: column)
                item.value_gradient = valueGradient.pointer(row: row, column: column)
                item.gradient_stride = keyGradient.stride
            }
            training.pointee.attend_backward(&call, &item, attentionScratch(work, batch))
        }
        guard !batch.sums.isEmpty else { return }
        barrier()
        share(batch.sums.count) { add(batch.sums[$0], of: batch, to: keyGradient, valueGradient) }
    }

    private func described(_ item: AttentionBatch.Item, of batch: AttentionBatch) -> ck_causal_item {
        var result = ck_causal_item()
        result.first_row = UInt32(batch.documents[item.document].lowerBound)
        result.head = UInt32(item.head)
        result.first_query = UInt32(item.queries.lowerBound)
        result.end_query = UInt32(item.queries.upperBound)
        return result
    }

    private func attentionScratch(_ item: AttentionBatch.Item, _ batch: AttentionBatch) -> UnsafeMutablePointer<Float> {
        scratch.training(
            count: training.pointee.attention_scratch(
                UInt32(item.queries.count), UInt32(item.queries.upperBound - item.firstKey),
                UInt32(batch.shape.headWidth)))
    }

    // Adds the parts of some keys in the order of their items.
    private func add(
        _ sum: AttentionBatch.Sum, of batch: AttentionBatch, to keyGradient: FloatMatrix, _ valueGradient: FloatMatrix
    ) {
        let width = batch.shape.headWidth
        let start = batch.documents[sum.document].lowerBound
        let items = batch.items[sum.items]
        for key in sum.keys {
            var isFirst = true
            for item in items where item.firstKey <= key && key < item.queries.upperBound {
                guard let offset = item.part else { continue }
                let keys = batch.part(at: offset + (key - item.firstKey) * width)
                let values = keys + (item.queries.upperBound - item.firstKey) * width
                let (row, column) = (start + key, item.head * width)
                add(keys, to: keyGradient.pointer(row: row, column: column), count: width, replaces: isFirst)
                add(values, to: valueGradient.pointer(row: row, column: column), count: width, replaces: isFirst)
                isFirst = false
            }
        }
    }

    private func add(
        _ part: UnsafeMutablePointer<Float>, to sum: UnsafeMutablePointer<Float>, count: Int, replaces: Bool
    ) {
        if replaces { sum.update(from: part, count: count) } else { kernels.pointee.add(part, count, 1, sum) }
    }
}
