import Testing

@testable import Tensors

@Suite struct `Short convolutions` {
    struct Shape: Sendable, CustomStringConvertible {
        var width: Int
        var length: Int
        var hasBias: Bool
        var description: String { "\(length) positions of \(width) columns" }
    }

    static let shapes = [
        Shape(width: 1, length: 1, hasBias: false), Shape(width: 5, length: 3, hasBias: true),
        Shape(width: 64, length: 3, hasBias: false), Shape(width: 33, length: 9, hasBias: true),
    ]

    /// The three parts of the row at a position.
    private func parts(_ shape: Shape, _ position: Int) -> [Float] {
        var random = RepeatableRandom(UInt64(position))
        return random.floats(3 * shape.width)
    }

    private func weights(_ shape: Shape) -> (positions: [Float], bias: [Float]?) {
        var random = RepeatableRandom(77)
        return (random.floats(shape.length * shape.width), shape.hasBias ? random.floats(shape.width) : nil)
    }

    /// The rows of `positions` after all of them were stored in buffers of `cuts` positions each.
    private func convolve(_ shape: Shape, positions: Int, cuts: [Int], wanted: [Int], threads: Int) -> [[Float]] {
        let (factors, bias) = weights(shape)
        let projection = FloatMatrix(rowCount: positions, columnCount: 3 * shape.width)
        for position in 0..<positions { projection.setRow(position, to: parts(shape, position)) }
        let buffers = cuts.map {
            KeyValueBuffer(
                layerCount: 0, headCount: 1, keyWidth: 1, valueWidth: 1, convolutionCount: 2,
                convolutionWidth: shape.width, capacity: $0)
        }
        let targets = zip(buffers, cuts).flatMap { buffer, count in
            (0..<count).map { KeyValueTarget(buffer: buffer, position: $0) }
        }
        let segments = zip(buffers, cuts).map { (buffer: $0, count: $1) }
        let rows = wanted.map { AttentionRow(segments: segments, position: $0) }
        let output = FloatMatrix(rowCount: wanted.count, columnCount: shape.width)
        WorkerTeam(threadCount: threads).run { worker in
            worker.storeInputs(projection, convolution: 1, into: targets)
            worker.barrier()
            worker.convolve(
                projection, sources: wanted, rows: rows, convolution: 1, weights: WeightVector(values: factors),
                bias: bias.map { WeightVector(values: $0) }, into: output)
        }
        return wanted.indices.map(output.row)
    }

    private func reference(_ shape: Shape, _ position: Int) -> [Double] {
        let (factors, bias) = weights(shape)
        let own = parts(shape, position)
        return (0..<shape.width).map { column in
            var sum = Double(bias?[column] ?? 0)
            for place in 0..<shape.length where position - (shape.length - 1 - place) >= 0 {
                let row = parts(shape, position - (shape.length - 1 - place))
                let input = Double(row[column]) * Double(row[2 * shape.width + column])
                sum += Double(factors[place * shape.width + column]) * input
            }
            return sum * Double(own[shape.width + column])
        }
    }

    @Test(arguments: shapes)
    func `equal the sum over the last positions, gated before and after`(shape: Shape) {
        let rows = convolve(shape, positions: 20, cuts: [20], wanted: Array(0..<20), threads: 1)
        for (position, row) in rows.enumerated() {
            for (value, expected) in zip(row, reference(shape, position)) {
                #expect(abs(Double(value) - expected) <= 1e-6 * Double(shape.length), "position \(position)")
            }
        }
    }

    @Test(arguments: shapes)
    func `do not depend on segments, on other rows or on threads`(shape: Shape) {
        let whole = convolve(shape, positions: 20, cuts: [20], wanted: Array(0..<20), threads: 1)
        for cuts in [[1, 19], [2, 1, 1, 16], Array(repeating: 1, count: 20)] {
            #expect(convolve(shape, positions: 20, cuts: cuts, wanted: Array(0..<20), threads: 3) == whole)
        }
        let some = convolve(shape, positions: 20, cuts: [7, 13], wanted: [0, 7, 19], threads: 2)
        #expect(some == [0, 7, 19].map { whole[$0] })
    }

    @Test func `stay as they were when a buffer grows`() {
        let buffer = KeyValueBuffer(
            layerCount: 1, headCount: 1, keyWidth: 4, valueWidth: 4, convolutionCount: 2, convolutionWidth: 3,
            capacity: 16)
        let projection = FloatMatrix(rowCount: 16, columnCount: 9)
        for row in 0..<16 { projection.setRow(row, to: parts(Shape(width: 3, length: 1, hasBias: false), row)) }
        let targets = (0..<16).map { KeyValueTarget(buffer: buffer, position: $0) }
        WorkerTeam(threadCount: 1).run { worker in
            for index in 0..<2 { worker.storeInputs(projection, convolution: index, into: targets) }
        }
        func inputs() -> [[Float]] {
            (0..<2).map { index in (0..<16 * 3).map { buffer.inputs(convolution: index)[$0] } }
        }
        let before = inputs()
        #expect(before[0] == before[1] && before[0].contains { $0 != 0 })
        buffer.grow(capacity: 100, keeping: 16)
        #expect(inputs() == before)
        #expect(buffer.byteCount(positions: 10) == (8 + 6) * 10 * 4)
    }
}
