// Keys and values of one sequence, and the inputs of its convolutions: an immutable prefix that forks share, and a tail
// of its own.
// - Positions 0..<count are valid; the rest of a buffer is never read.
// - Buffers of the prefix are never written again, so that forks and their parent share memory.
// - Only a forward pass writes the tail, and a transformer runs one forward pass at a time.

import Generation
import Synchronization
import Tensors

/// The state of one sequence: the keys and values of its tokens in every layer.
///
/// A cache belongs to the transformer that made it. Its owner uses it from one place at a time.
public final class KVCache: Sendable {
    /// The sizes that determine a buffer.
    struct Shape: Sendable, Equatable {
        /// Layers with attention.
        let layerCount: Int
        let headCount: Int
        let headWidth: Int
        let convolutionCount: Int
        let convolutionWidth: Int
        let contextLength: Int

        func makeBuffer(capacity: Int) -> KeyValueBuffer {
            KeyValueBuffer(
                layerCount: layerCount, headCount: headCount, keyWidth: headWidth, valueWidth: headWidth,
                convolutionCount: convolutionCount, convolutionWidth: convolutionWidth, capacity: capacity)
        }
    }

    /// A whole sequence, ready to be saved.
    struct Saved: Sendable {
        let tokens: [TokenID]
        /// In order; never written again.
        let segments: [(buffer: KeyValueBuffer, count: Int)]
    }

    /// The place of a batch's next rows, and the positions they see.
    struct Extension {
        let firstPosition: Int
        let buffer: KeyValueBuffer
        /// Position of the first new row inside `buffer`.
        let firstInBuffer: Int
        /// All positions up to and including the new rows, in order.
        let segments: [(buffer: KeyValueBuffer, count: Int)]
    }

    private struct State: Sendable {
        var prefix: [(buffer: KeyValueBuffer, count: Int)] = []
        var prefixCount = 0
        var tail: KeyValueBuffer?
        var tailCapacity = 0
        var tailCount = 0
        var expectedCount = 0
        /// The sequence's tokens, so that its keys can be recomputed.
        var tokens: [TokenID] = []
        var isRotatedForLength = false
    }

    let shape: Shape
    private let state: Mutex<State>

    init(shape: Shape) {
        self.shape = shape
        state = Mutex(State())
    }

    private init(shape: Shape, state: State) {
        self.shape = shape
        self.state = Mutex(state)
    }

    /// Continues a saved sequence; nil if its shape differs.
    convenience init?(shape: Shape, saved: Saved) {
        let count = saved.segments.reduce(0) { $0 + $1.count }
        let areAlike = saved.segments.allSatisfy { buffer, count in
            buffer.layerCount == shape.layerCount && buffer.headCount == shape.headCount
                && buffer.keyWidth == shape.headWidth && buffer.valueWidth == shape.headWidth
                && buffer.convolutionCount == shape.convolutionCount
                && buffer.convolutionWidth == shape.convolutionWidth
                && (1...max(buffer.capacity, 1)).contains(count)
        }
        guard areAlike, count == saved.tokens.count, count <= shape.contextLength else { return nil }
        self.init(shape: shape, state: State(prefix: saved.segments, prefixCount: count, tokens: saved.tokens))
    }

    /// The sequence as it is now, sharing its memory; nil if its keys have the rotation of long texts.
    func saved() -> Saved? {
        let copy = fork()
        return copy.state.withLock { state in
            state.isRotatedForLength ? nil : Saved(tokens: state.tokens, segments: state.prefix)
        }
    }

    /// The bytes of its positions in each buffer. Forks share buffers.
    var bufferSizes: [(buffer: ObjectIdentifier, bytes: Int)] {
        state.withLock { state in
            let tail = state.tail.map { [(buffer: $0, count: state.tailCount)] } ?? []
            return (state.prefix + tail).map { (ObjectIdentifier($0.buffer), $0.buffer.byteCount(positions: $0.count)) }
        }
    }

    /// How many tokens the sequence has.
    public var count: Int { state.withLock { $0.prefixCount + $0.tailCount } }

    /// The sequence's tokens.
    public var tokens: [TokenID] { state.withLock(\.tokens) }

    /// Another sequence that continues this one. Both share the positions so far; nothing is copied.
    public func fork() -> KVCache {
        state.withLock { state in
            if let tail = state.tail, state.tailCount > 0 {
                state.prefix.append((buffer: tail, count: state.tailCount))
                state.prefixCount += state.tailCount
                (state.tail, state.tailCapacity, state.tailCount) = (nil, 0, 0)
            }
            var copy = state
            (copy.tail, copy.tailCapacity) = (nil, 0)
            return KVCache(shape: shape, state: copy)
        }
    }

    /// Rolls back all tokens but the first `count`. If there are no more than `count`, nothing changes.
    public func truncate(to count: Int) {
        let wanted = max(0, count)
        state.withLock { state in
            guard wanted < state.prefixCount + state.tailCount else { return }
            state.tokens.removeLast(state.tokens.count - wanted)
            if wanted >= state.prefixCount {
                state.tailCount = wanted - state.prefixCount
                return
            }
            (state.tail, state.tailCapacity, state.tailCount) = (nil, 0, 0)
            var excess = state.prefixCount - wanted
            while excess > 0, let last = state.prefix.popLast() {
                if last.count > excess {
                    state.prefix.append((buffer: last.buffer, count: last.count - excess))
                }
                excess -= min(excess, last.count)
            }
            state.prefixCount = wanted
        }
    }

    /// Tells the cache how long the sequence will be, so that its buffer need not grow later.
    public func reserve(_ expectedCount: Int) {
        state.withLock { $0.expectedCount = min(expectedCount, shape.contextLength) }
    }

    /// Makes room for `rowCount` more rows; they count once `commit` is called. The caller has checked that they fit
    /// into the context.
    func extend(by rowCount: Int) -> Extension {
        state.withLock { state in
            let needed = state.tailCount + rowCount
            let buffer: KeyValueBuffer
            if let tail = state.tail, needed <= state.tailCapacity {
                buffer = tail
            } else {
                // Doubling keeps the share of copying constant. Blocks have 16 positions.
                let limit = shape.contextLength - state.prefixCount
                let hint = max(2 * state.tailCapacity, state.expectedCount - state.prefixCount)
                let capacity = (min(max(needed, hint), max(needed, limit)) + 15) & ~15
                if let tail = state.tail {
                    tail.grow(capacity: capacity, keeping: state.tailCount)
                    buffer = tail
                } else {
                    buffer = shape.makeBuffer(capacity: capacity)
                }
                (state.tail, state.tailCapacity) = (buffer, capacity)
            }
            return Extension(
                firstPosition: state.prefixCount + state.tailCount, buffer: buffer, firstInBuffer: state.tailCount,
                segments: state.prefix + [(buffer: buffer, count: needed)])
        }
    }

    /// Counts the rows that the forward pass has written.
    func commit(_ tokens: [TokenID]) {
        state.withLock {
            $0.tailCount += tokens.count
            $0.tokens += tokens
        }
    }

    /// True if the keys have the rotation of long texts (`LongContext`).
    var isRotatedForLength: Bool { state.withLock(\.isRotatedForLength) }

    /// Empties the cache so it can be recomputed with the other rotation factors.
    /// - Returns: the tokens that it held.
    func restart(rotatedForLength: Bool) -> [TokenID] {
        state.withLock { state in
            let tokens = state.tokens
            state = State(expectedCount: state.expectedCount, isRotatedForLength: rotatedForLength)
            return tokens
        }
    }
}
