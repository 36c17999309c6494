// Keys and values of positions, for all layers with attention, and the inputs of short convolutions.
// - Keys are stored in blocks of 16 positions, [layer][head][block][column][16], so that 16 scores are one vector.
//   Values are stored as [layer][head][position][column], inputs as [convolution][position][column].
// - `layer` counts the layers with attention, `convolution` those with a convolution.
// - The bytes of a file may be a buffer without being copied; such a buffer is never written.
// - A buffer is storage with a capacity; its owner knows which positions are valid.
// - Guard of `@unchecked Sendable`: between two barriers workers store different rows; `grow` is called outside of
//   regions; a buffer is never written again once several sequences share it as a prefix.

import CKernels
import Glibc

/// Storage for the keys, values and inputs of up to `capacity` positions, in Float.
public final class KeyValueBuffer: @unchecked Sendable {
    public let layerCount: Int
    public let headCount: Int
    public let keyWidth: Int
    public let valueWidth: Int
    public let convolutionCount: Int
    /// Columns of a convolution's input.
    public let convolutionWidth: Int
    public private(set) var capacity: Int

    private var keyMemory: AlignedMemory
    private var valueMemory: AlignedMemory
    private var inputMemory: AlignedMemory

    /// - Parameters:
    ///   - layerCount: layers with attention; may be 0.
    ///   - headCount: key-value heads (n_head_kv in GGUF files).
    ///   - capacity: in positions, rounded up to a multiple of 16. The system provides memory only when it is written.
    public init(
        layerCount: Int, headCount: Int, keyWidth: Int, valueWidth: Int, convolutionCount: Int = 0,
        convolutionWidth: Int = 0, capacity: Int
    ) {
        precondition(layerCount >= 0 && headCount > 0 && keyWidth > 0 && valueWidth > 0 && capacity >= 0)
        precondition(convolutionCount >= 0 && convolutionWidth >= 0)
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyWidth = keyWidth
        self.valueWidth = valueWidth
        self.convolutionCount = convolutionCount
        self.convolutionWidth = convolutionWidth
        self.capacity = (capacity + 15) / 16 * 16
        keyMemory = AlignedMemory(byteCount: layerCount * headCount * keyWidth * self.capacity * 4)
        valueMemory = AlignedMemory(byteCount: layerCount * headCount * valueWidth * self.capacity * 4)
        inputMemory = AlignedMemory(byteCount: convolutionCount * convolutionWidth * self.capacity * 4)
    }

    /// `positions` positions in a file, which has the three areas just as a buffer of that capacity.
    /// - Parameter offset: where the keys begin, a multiple of 64; the values and the inputs of convolutions follow.
    init(
        file: MappedFile, offset: Int, layerCount: Int, headCount: Int, keyWidth: Int, valueWidth: Int,
        convolutionCount: Int, convolutionWidth: Int, positions: Int
    ) {
        precondition(layerCount >= 0 && headCount > 0 && keyWidth > 0 && valueWidth > 0 && positions > 0)
        precondition(convolutionCount >= 0 && convolutionWidth >= 0)
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyWidth = keyWidth
        self.valueWidth = valueWidth
        self.convolutionCount = convolutionCount
        self.convolutionWidth = convolutionWidth
        capacity = (positions + 15) / 16 * 16
        let keyBytes = layerCount * headCount * keyWidth * capacity * 4
        let valueBytes = layerCount * headCount * valueWidth * capacity * 4
        keyMemory = AlignedMemory(file: file, offset: offset, byteCount: keyBytes)
        valueMemory = AlignedMemory(file: file, offset: offset + keyBytes, byteCount: valueBytes)
        inputMemory = AlignedMemory(
            file: file, offset: offset + keyBytes + valueBytes,
            byteCount: convolutionCount * convolutionWidth * capacity * 4)
    }

    /// True if the buffer's bytes are a file's.
    var isReadOnly: Bool { keyMemory.file != nil }

    var keyHeadStride: Int { keyWidth * capacity }
    var valueHeadStride: Int { valueWidth * capacity }

    func keys(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
        keyMemory.floats(at: (layer * headCount + head) * keyHeadStride)
    }

    func values(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
        valueMemory.floats(at: (layer * headCount + head) * valueHeadStride)
    }

    /// The inputs of one convolution: (position, column).
    func inputs(convolution: Int) -> UnsafeMutablePointer<Float> {
        inputMemory.floats(at: convolution * convolutionWidth * capacity)
    }

    /// The bytes of `positions` positions.
    public func byteCount(positions: Int) -> Int {
        (layerCount * headCount * (keyWidth + valueWidth) + convolutionCount * convolutionWidth) * positions * 4
    }

    /// Makes room for more positions and keeps the first `count`.
    public func grow(capacity wanted: Int, keeping count: Int) {
        guard wanted > capacity else { return }
        let larger = KeyValueBuffer(
            layerCount: layerCount, headCount: headCount, keyWidth: keyWidth, valueWidth: valueWidth,
            convolutionCount: convolutionCount, convolutionWidth: convolutionWidth, capacity: wanted)
        copy(count, to: larger)
        keyMemory = larger.keyMemory
        valueMemory = larger.valueMemory
        inputMemory = larger.inputMemory
        capacity = larger.capacity
    }

    private func copy(_ count: Int, to other: KeyValueBuffer) {
        let count = min(count, capacity)
        for layer in 0..<layerCount {
            for head in 0..<headCount {
                memcpy(
                    other.keys(layer: layer, head: head), keys(layer: layer, head: head),
                    (count + 15) / 16 * 16 * keyWidth * 4)
                memcpy(other.values(layer: layer, head: head), values(layer: layer, head: head), count * valueWidth * 4)
            }
        }
        for index in 0..<convolutionCount {
            memcpy(other.inputs(convolution: index), inputs(convolution: index), count * convolutionWidth * 4)
        }
    }
}

/// The place for the key and the value of one row of a batch, or for its input of a convolution.
public struct KeyValueTarget: Sendable {
    public var buffer: KeyValueBuffer
    public var position: Int

    public init(buffer: KeyValueBuffer, position: Int) {
        self.buffer = buffer
        self.position = position
    }
}

extension Worker {
    /// Stores the keys and values of the batch's rows, row i at `targets[i]`.
    ///
    /// Workers share the rows as in `Worker+Rows`.
    public func store(
        keys: FloatMatrix, values: FloatMatrix, layer: Int, into targets: [KeyValueTarget]
    ) {
        precondition(targets.count <= keys.rowCount && targets.count <= values.rowCount, "a target for each row")
        for row in range(of: targets.count) {
            let buffer = targets[row].buffer, position = targets[row].position
            precondition(
                position >= 0 && position < buffer.capacity && layer >= 0 && layer < buffer.layerCount,
                "room in the buffer")
            precondition(!buffer.isReadOnly, "memory of its own")
            precondition(buffer.headCount * buffer.keyWidth <= keys.columnCount, "key columns")
            precondition(buffer.headCount * buffer.valueWidth <= values.columnCount, "value columns")
            for head in 0..<buffer.headCount {
                let key = keys.pointer(row: row, column: head * buffer.keyWidth)
                let keyTarget =
                    buffer.keys(layer: layer, head: head) + position / 16 * 16 * buffer.keyWidth + position % 16
                for column in 0..<buffer.keyWidth { keyTarget[column * 16] = key[column] }
                memcpy(
                    buffer.values(layer: layer, head: head) + position * buffer.valueWidth,
                    values.pointer(row: row, column: head * buffer.valueWidth), buffer.valueWidth * 4)
            }
        }
    }
}
