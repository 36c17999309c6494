// Plans a batch before the workers start: each row's position, the rows it sees, and the place of its keys.

import Generation
import Tensors

/// One token of a batch, with the sequence it continues; `wantsLogits` is true if the caller reads its logits.
public struct BatchRow: Sendable {
    public var token: TokenID
    /// Index into the caches of the call. Rows of one cache are in order and take consecutive positions.
    public var cache: Int
    public var wantsLogits: Bool

    public init(token: TokenID, cache: Int = 0, wantsLogits: Bool = false) {
        self.token = token
        self.cache = cache
        self.wantsLogits = wantsLogits
    }
}

/// The rows of a batch, laid out for the operations.
struct BatchPlan: Sendable {
    /// Rows that go through a layer's attention together.
    struct Rows: Sendable {
        var positions: [Int32] = []
        /// The positions that each row sees, in layers without and with a window.
        var global: [AttentionRow] = []
        var windowed: [AttentionRow] = []
    }

    var tokens: [TokenID] = []
    var all = Rows()
    /// The rows that want logits; the last layer finishes only these.
    var wanted = Rows()
    var wantedIndexes: [Int] = []
    var targets: [KeyValueTarget] = []

    /// - Parameter extensions: the place of each cache's new rows; nil for caches that no row continues.
    init(_ rows: [BatchRow], extensions: [KVCache.Extension?], windowWidth: Int?) {
        var taken = Array(repeating: 0, count: extensions.count)
        tokens.reserveCapacity(rows.count)
        targets.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            guard let place = extensions[row.cache] else { continue }
            let offset = taken[row.cache]
            taken[row.cache] += 1
            let position = place.firstPosition + offset
            tokens.append(row.token)
            targets.append(KeyValueTarget(buffer: place.buffer, position: place.firstInBuffer + offset))
            all.append(position, segments: place.segments, windowWidth: windowWidth)
            if row.wantsLogits {
                wantedIndexes.append(index)
                wanted.append(position, segments: place.segments, windowWidth: windowWidth)
            }
        }
    }
}

extension BatchPlan.Rows {
    mutating func append(
        _ position: Int, segments: [(buffer: KeyValueBuffer, count: Int)], windowWidth: Int?
    ) {
        positions.append(Int32(position))
        global.append(AttentionRow(segments: segments, position: position))
        guard let windowWidth else { return }
        windowed.append(
            AttentionRow(segments: segments, position: position, windowStart: max(0, position - windowWidth + 1)))
    }
}
