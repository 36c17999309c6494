// Rotary position embeddings: tables of cosines and sines, and rotating heads with them.
// RoFormer, arXiv:2104.09864.

import CKernels
import Glibc

/// How a head's columns are paired.
public enum RotationLayout: Sendable {
    /// (0, 1), (2, 3), …: Llama's GGUF files.
    case interleaved
    /// (0, h), (1, h + 1), … if h is half the rotated width: NeoX, Qwen, Gemma, Phi.
    case halves
}

/// The cosines and sines of positions, computed in Double when a position is first needed: a text that goes on from keys
/// on the disk needs those of its new tokens alone.
///
/// Guard of `@unchecked Sendable`: `prepare` is called while no worker reads the table.
public final class RotationTable: @unchecked Sendable {
    public let rotatedWidth: Int
    private let frequencies: [Double]
    private let magnitude: Double
    private var memory = AlignedMemory(byteCount: 0)
    /// For each position that has room, true if its row is computed.
    private var isComputed: [Bool] = []

    /// - Parameters:
    ///   - rotatedWidth: the number of columns at the start of a head that are rotated; even.
    ///   - base: position p turns pair i by p * base^(-2i / rotatedWidth) / frequencyFactors[i].
    ///   - frequencyFactors: rotatedWidth / 2 divisors (Llama 3's `rope_freqs`), or nil if all are 1.
    ///   - magnitude: a factor of all cosines and sines (YaRN, LongRoPE).
    public init(
        rotatedWidth: Int, base: Double, frequencyFactors: [Float]? = nil, magnitude: Double = 1
    ) {
        precondition(rotatedWidth > 0 && rotatedWidth % 2 == 0, "an even width")
        precondition((frequencyFactors?.count ?? rotatedWidth / 2) == rotatedWidth / 2, "a factor for each pair")
        self.rotatedWidth = rotatedWidth
        self.magnitude = magnitude
        frequencies = (0..<rotatedWidth / 2).map { pair in
            pow(base, -2 * Double(pair) / Double(rotatedWidth)) / Double(frequencyFactors?[pair] ?? 1)
        }
    }

    /// Computes the rows of these positions, which are not negative. Do not call this while workers read the table.
    public func prepare(_ positions: some Sequence<Int32>) {
        for position in positions.lazy.map({ Int($0) }) where position >= isComputed.count || !isComputed[position] {
            makeRoom(for: position)
            compute(position)
        }
    }

    private func compute(_ position: Int) {
        let row = memory.floats(at: position * rotatedWidth)
        for (pair, frequency) in frequencies.enumerated() {
            let angle = Double(position) * frequency
            row[pair] = Float(cos(angle) * magnitude)
            row[pair + rotatedWidth / 2] = Float(sin(angle) * magnitude)
        }
        isComputed[position] = true
    }

    private func makeRoom(for position: Int) {
        let count = isComputed.count
        guard position >= count else { return }
        // The system provides memory only for rows that are written.
        let room = max(position + 1, min(count * 2, count + 4096), 256)
        let larger = AlignedMemory(byteCount: room * rotatedWidth * 4)
        for row in 0..<count where isComputed[row] {
            (larger.base + row * rotatedWidth * 4)
                .copyMemory(from: memory.base + row * rotatedWidth * 4, byteCount: rotatedWidth * 4)
        }
        memory = larger
        isComputed += [Bool](repeating: false, count: room - count)
    }

    /// True if the row of `position` is computed.
    func holds(_ position: Int) -> Bool { isComputed.indices.contains(position) && isComputed[position] }

    func cosines(_ position: Int) -> UnsafePointer<Float> { UnsafePointer(memory.floats(at: position * rotatedWidth)) }
}

extension Worker {
    /// Rotates the heads of rows 0..<n in place by the rows' positions. Workers share the rows as in `Worker+Rows`.
    public func rotate(
        _ x: FloatMatrix, rows n: Int, positions: [Int32], headCount: Int, headWidth: Int, table: RotationTable,
        layout: RotationLayout
    ) {
        precondition(n <= x.rowCount && n <= positions.count, "a position for each row")
        precondition(headCount * headWidth <= x.columnCount, "heads fit the matrix")
        precondition(table.rotatedWidth <= headWidth, "the rotated columns are the head's")
        let pairs = table.rotatedWidth / 2
        for row in range(of: n) {
            let position = Int(positions[row])
            precondition(table.holds(position), "prepare was called for the position")
            let cosines = table.cosines(position)
            for head in 0..<headCount {
                kernels.pointee.rotate(
                    x.pointer(row: row, column: head * headWidth), cosines, cosines + pairs, pairs,
                    layout == .interleaved)
            }
        }
    }
}
