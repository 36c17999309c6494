import Glibc
import Testing

@testable import Tensors

@Suite struct `Attention` {
    struct Shape: Sendable, CustomStringConvertible {
        var heads: Int
        var groups: Int
        var keyWidth: Int
        var valueWidth: Int
        var description: String { "\(heads)/\(groups) heads of \(keyWidth) and \(valueWidth)" }
    }

    static let shapes = [
        Shape(heads: 1, groups: 1, keyWidth: 4, valueWidth: 4),
        Shape(heads: 6, groups: 3, keyWidth: 20, valueWidth: 20),
        Shape(heads: 14, groups: 2, keyWidth: 64, valueWidth: 64),
        Shape(heads: 9, groups: 1, keyWidth: 80, valueWidth: 48),
    ]

    let layer = 1

    /// A buffer whose positions hold keys and values that depend on `positions` alone.
    func buffer(_ shape: Shape, positions: Range<Int>, capacity: Int) -> KeyValueBuffer {
        let buffer = KeyValueBuffer(
            layerCount: 2, headCount: shape.groups, keyWidth: shape.keyWidth, valueWidth: shape.valueWidth,
            capacity: capacity)
        let keys = FloatMatrix(rowCount: positions.count, columnCount: shape.groups * shape.keyWidth)
        let values = FloatMatrix(rowCount: positions.count, columnCount: shape.groups * shape.valueWidth)
        for (row, position) in positions.enumerated() {
            var random = RepeatableRandom(UInt64(position))
            keys.setRow(row, to: random.floats(keys.columnCount))
            values.setRow(row, to: random.floats(values.columnCount))
        }
        let targets = positions.indices.map { KeyValueTarget(buffer: buffer, position: $0 - positions.lowerBound) }
        WorkerTeam(threadCount: 2).run { $0.store(keys: keys, values: values, layer: layer, into: targets) }
        return buffer
    }

    func attend(
        _ shape: Shape, _ queries: [[Float]], _ rows: [AttentionRow], set: InstructionSet, threads: Int = 1,
        softcap: Float = 0
    ) -> [[Float]] {
        let x = FloatMatrix(rowCount: queries.count, columnCount: shape.heads * shape.keyWidth)
        for (index, query) in queries.enumerated() { x.setRow(index, to: query) }
        let output = FloatMatrix(rowCount: queries.count, columnCount: shape.heads * shape.valueWidth)
        WorkerTeam(threadCount: threads, instructionSet: set).run { worker in
            worker.attend(
                queries: x, rows: rows, layer: layer, headCount: shape.heads, keyValueHeadCount: shape.groups,
                headWidth: shape.keyWidth, scale: 0.3, softcap: softcap, into: output)
        }
        return queries.indices.map(output.row)
    }

    func reference(_ shape: Shape, _ query: [Float], seen: ClosedRange<Int>, softcap: Double) -> [Double] {
        var result: [Double] = []
        for head in 0..<shape.heads {
            let group = head / (shape.heads / shape.groups)
            let q = query[head * shape.keyWidth..<(head + 1) * shape.keyWidth].map(Double.init)
            var weights: [Double] = []
            var values: [[Double]] = []
            for position in seen {
                var random = RepeatableRandom(UInt64(position))
                let k = random.floats(shape.groups * shape.keyWidth)[
                    group * shape.keyWidth..<(group + 1) * shape.keyWidth]
                let v = random.floats(shape.groups * shape.valueWidth)[
                    group * shape.valueWidth..<(group + 1) * shape.valueWidth]
                var score = zip(q, k).reduce(0.0) { $0 + $1.0 * Double($1.1) } * 0.3
                if softcap > 0 { score = softcap * tanh(score / softcap) }
                weights.append(exp(score))
                values.append(v.map(Double.init))
            }
            let sum = weights.reduce(0, +)
            for column in 0..<shape.valueWidth {
                result.append(zip(weights, values).reduce(0) { $0 + $1.0 * $1.1[column] } / sum)
            }
        }
        return result
    }

    @Test(arguments: shapes)
    func `each head mixes the values it sees by its softmax, with the same bits everywhere`(shape: Shape) {
        var random = RepeatableRandom(5)
        let whole = buffer(shape, positions: 0..<75, capacity: 90)
        let queries = (0..<5).map { _ in random.floats(shape.heads * shape.keyWidth, in: -2...2) }
        let places = [(0, 0), (15, 0), (16, 16), (40, 21), (74, 3)]
        let rows = places.map { AttentionRow(segments: [(whole, 75)], position: $0.0, windowStart: $0.1) }
        for softcap in [Float(0), 5] {
            let expected = attend(shape, queries, rows, set: .scalar, softcap: softcap)
            for (index, place) in places.enumerated() {
                let exact = reference(shape, queries[index], seen: place.1...place.0, softcap: Double(softcap))
                #expect(zip(expected[index], exact).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "position \(place.0)")
            }
            for set in InstructionSet.available {
                for threads in [1, 3] {
                    #expect(
                        bits(attend(shape, queries, rows, set: set, threads: threads, softcap: softcap))
                            == bits(expected))
                }
            }
        }
    }

    @Test(arguments: shapes, InstructionSet.available)
    func `sharing a prefix or computing a row alone changes no bit`(shape: Shape, set: InstructionSet) {
        var random = RepeatableRandom(6)
        let whole = buffer(shape, positions: 0..<70, capacity: 70)
        let prefix = buffer(shape, positions: 0..<37, capacity: 37)
        let middle = buffer(shape, positions: 37..<41, capacity: 16)
        let tails = (0..<3).map { _ in buffer(shape, positions: 41..<70, capacity: 40) }
        let queries = (0..<3).map { _ in random.floats(shape.heads * shape.keyWidth) }
        let positions = [69, 50, 43]
        for window in [0, 39, 43] {
            let together = attend(
                shape, queries,
                zip(positions, tails).map {
                    AttentionRow(
                        segments: [(prefix, 37), (middle, 4), ($1, $0 - 40)], position: $0, windowStart: window)
                }, set: set, threads: 2)
            for index in 0..<3 {
                let alone = attend(
                    shape, [queries[index]],
                    [AttentionRow(segments: [(whole, 70)], position: positions[index], windowStart: window)], set: set)
                #expect(bits(alone)[0] == bits(together)[index])
            }
        }
    }

    @Test func `a grown buffer keeps its positions`() {
        let shape = Self.shapes[1]
        var random = RepeatableRandom(7)
        let queries = [random.floats(shape.heads * shape.keyWidth)]
        let small = buffer(shape, positions: 0..<20, capacity: 20)
        let before = attend(shape, queries, [AttentionRow(segments: [(small, 20)], position: 19)], set: .scalar)
        small.grow(capacity: 200, keeping: 20)
        #expect(small.capacity >= 200)
        let after = attend(shape, queries, [AttentionRow(segments: [(small, 20)], position: 19)], set: .scalar)
        #expect(after == before)
    }
}
