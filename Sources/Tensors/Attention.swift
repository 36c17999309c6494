// Attention of a batch's rows over the keys and values of their sequences.
// - A row's keys are its segments in order: shared prefixes first, then its own tail.
// - A row's result depends neither on how its positions are cut into segments nor on other rows.

import CKernels

/// The positions that one row attends to.
public struct AttentionRow: Sendable {
    /// Positions 0..<sum of counts, in order. If rows name the same buffer, they read it together.
    public var segments: [(buffer: KeyValueBuffer, count: Int)]
    /// The row's own position, the last one that it attends to; its key is already stored.
    public var position: Int
    /// The first position that it attends to: 0, except with a sliding window.
    public var windowStart: Int

    public init(segments: [(buffer: KeyValueBuffer, count: Int)], position: Int, windowStart: Int = 0) {
        self.segments = segments
        self.position = position
        self.windowStart = windowStart
    }
}

extension Worker {
    /// Writes each head's attention into `output`. The caller puts a barrier between `store` and this.
    /// - Parameters:
    ///   - queries: head h of a row at h * headWidth; headWidth is the buffers' keyWidth.
    ///   - headCount: a multiple of keyValueHeadCount.
    ///   - softcap: scores become softcap * tanh(score / softcap); if it is 0, they stay as they are.
    ///   - output: head h of a row at h * valueWidth.
    public func attend(
        queries: FloatMatrix, rows: [AttentionRow], layer: Int, headCount: Int, keyValueHeadCount: Int,
        headWidth: Int, scale: Float, softcap: Float = 0, into output: FloatMatrix
    ) {
        guard let first = rows.first?.segments.first?.buffer else { return }
        precondition(rows.count <= queries.rowCount && rows.count <= output.rowCount, "rows fit the matrices")
        precondition(headCount % keyValueHeadCount == 0 && first.headCount == keyValueHeadCount, "heads in groups")
        precondition(first.keyWidth == headWidth && headCount * headWidth <= queries.columnCount, "queries fit")
        precondition(headCount * first.valueWidth <= output.columnCount, "results fit the output")
        let segmentTotal = rows.reduce(0) { $0 + $1.segments.count }
        withUnsafeTemporaryAllocation(of: ck_segment.self, capacity: segmentTotal) { segments in
            withUnsafeTemporaryAllocation(of: ck_attention_row.self, capacity: rows.count) { list in
                let longest = describe(rows, layer: layer, segments: segments, list: list, like: first)
                var attention = ck_attention(
                    queries: queries.pointer(row: 0), query_stride: queries.stride,
                    output: output.pointer(row: 0), output_stride: output.stride, rows: list.baseAddress,
                    row_count: UInt32(rows.count), head_count: UInt32(headCount),
                    key_value_head_count: UInt32(keyValueHeadCount), key_width: UInt32(headWidth),
                    value_width: UInt32(first.valueWidth), scale: scale, softcap: softcap,
                    score_stride: UInt32((longest + 32 + 15) / 16 * 16))
                let scores = scratch.scores(count: Int(attention.score_stride) * Int(CK_ATTENTION_QUERIES))
                let total = rows.count * headCount
                // As many queries together as the kernel takes, because they share keys and values, but the same number
                // of runs for every worker if there are enough queries.
                let mostQueries = Int(CK_ATTENTION_QUERIES)
                let shareCount = (total + count * mostQueries - 1) / (count * mostQueries) * count
                let run = (total + shareCount - 1) / shareCount
                share((total + run - 1) / run) { item in
                    kernels.pointee.attend(
                        &attention, UInt32(item * run), UInt32(min(run, total - item * run)), scores)
                }
            }
        }
    }

    // Fills the C structures; returns the greatest end of a row's positions.
    private func describe(
        _ rows: [AttentionRow], layer: Int, segments: UnsafeMutableBufferPointer<ck_segment>,
        list: UnsafeMutableBufferPointer<ck_attention_row>, like first: KeyValueBuffer
    ) -> Int {
        var next = 0
        var longest = 0
        for (index, row) in rows.enumerated() {
            let start = next
            var covered = 0
            for (buffer, count) in row.segments {
                precondition(count <= buffer.capacity && layer < buffer.layerCount, "a segment is inside its buffer")
                precondition(
                    buffer.keyWidth == first.keyWidth && buffer.valueWidth == first.valueWidth
                        && buffer.headCount == first.headCount, "buffers of one shape")
                segments[next] = ck_segment(
                    keys: buffer.keys(layer: layer, head: 0), values: buffer.values(layer: layer, head: 0),
                    key_head_stride: buffer.keyHeadStride, value_head_stride: buffer.valueHeadStride,
                    count: UInt32(count))
                next += 1
                covered += count
            }
            precondition(
                row.position < covered && row.windowStart >= 0 && row.windowStart <= row.position, "positions held")
            list[index] = ck_attention_row(
                segments: segments.baseAddress.map { UnsafePointer($0 + start) },
                segment_count: UInt32(row.segments.count), start: UInt32(row.windowStart),
                end: UInt32(row.position + 1))
            longest = max(longest, row.position + 1)
        }
        return longest
    }
}
