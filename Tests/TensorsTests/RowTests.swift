import Glibc
import Testing

@testable import Tensors

@Suite struct `Operations on rows` {
    /// Runs `body` on a matrix of the rows and returns what it leaves there.
    func apply(
        _ rows: [[Float]], set: InstructionSet, threads: Int = 1, _ body: @Sendable (Worker, FloatMatrix) -> Void
    ) -> [[Float]] {
        let matrix = FloatMatrix(rowCount: rows.count, columnCount: rows[0].count)
        for (index, row) in rows.enumerated() { matrix.setRow(index, to: row) }
        WorkerTeam(threadCount: threads, instructionSet: set).run { body($0, matrix) }
        return rows.indices.map(matrix.row)
    }

    static let widths = [1, 15, 16, 17, 64, 320, 1000]

    @Test(arguments: widths)
    func `norms follow their definition and give the same bits everywhere`(width: Int) {
        var random = RepeatableRandom(UInt64(width))
        let rows = (0..<3).map { _ in random.floats(width, in: -4...4) }
        let weight = WeightVector(values: random.floats(width, in: 0.5...2))
        let bias = WeightVector(values: random.floats(width))
        for kind in [NormalizationKind.rms, .layer] {
            var expected: [[UInt32]]?
            for set in InstructionSet.available {
                let found = apply(rows, set: set, threads: 2) { worker, x in
                    worker.normalize(x, rows: 3, weight: weight, bias: bias, kind: kind, epsilon: 1e-5, into: x)
                }
                for (row, result) in zip(rows, found) {
                    let values = row.map(Double.init)
                    let mean = kind == .layer ? values.reduce(0, +) / Double(width) : 0
                    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
                    for i in 0..<width {
                        let exact =
                            (values[i] - mean) / sqrt(variance + 1e-5) * Double(weight.values[i])
                            + Double(bias.values[i])
                        #expect(abs(Double(result[i]) - exact) < 2e-5)
                    }
                }
                expected = expected ?? bits(found)
                #expect(bits(found) == expected, "\(set)")
            }
        }
    }

    @Test func `soft-caps and sums give the same bits everywhere`() {
        var random = RepeatableRandom(9)
        let row = random.floats(77, in: -90...90)
        let other = FloatMatrix(rowCount: 1, columnCount: 77)
        other.setRow(0, to: random.floats(77))
        var expected: [[UInt32]]?
        for set in InstructionSet.available {
            let found = apply([row], set: set) { worker, x in
                worker.softcap(x, rows: 1, cap: 30)
                worker.add(other, to: x, rows: 1)
                worker.addRows(of: other, times: [0.5], to: x, rows: [0])
            }
            let added = other.row(0)
            for i in row.indices {
                let exact = 30 * tanh(Double(row[i]) / 30) + 1.5 * Double(added[i])
                #expect(abs(Double(found[0][i]) - exact) < 1e-4)
            }
            expected = expected ?? bits(found)
            #expect(bits(found) == expected, "\(set)")
        }
    }

    @Test(arguments: [RotationLayout.interleaved, .halves])
    func `rotation turns each pair by its angle and keeps the rest`(layout: RotationLayout) {
        var random = RepeatableRandom(10)
        let table = RotationTable(rotatedWidth: 6, base: 10000, frequencyFactors: [2, 2, 2])
        table.prepare([37, 0])
        let rows = (0..<2).map { _ in random.floats(16) }
        for set in InstructionSet.available {
            let found = apply(rows, set: set) { worker, x in
                worker.rotate(x, rows: 2, positions: [0, 37], headCount: 2, headWidth: 8, table: table, layout: layout)
            }
            #expect(found[0] == rows[0])
            for head in [0, 8] {
                #expect(Array(found[1][head + 6..<head + 8]) == Array(rows[1][head + 6..<head + 8]))
                for pair in 0..<3 {
                    let (i, j) = layout == .halves ? (pair, pair + 3) : (2 * pair, 2 * pair + 1)
                    let angle = 37 / 2 * pow(10000, -2 * Double(pair) / 6)
                    let (a, b) = (Double(rows[1][head + i]), Double(rows[1][head + j]))
                    #expect(abs(Double(found[1][head + i]) - (a * cos(angle) - b * sin(angle))) < 1e-6)
                    #expect(abs(Double(found[1][head + j]) - (a * sin(angle) + b * cos(angle))) < 1e-6)
                }
            }
        }
    }

    @Test func `embedding rows are the table's, scaled`() {
        var random = RepeatableRandom(11)
        let table = WeightMatrix(
            type: .q8_0, rows: 5, columns: 64, bytes: randomBlocks(.q8_0, rows: 5, columns: 64, random: &random))
        let zeros = [[Float]](repeating: [Float](repeating: 0, count: 64), count: 3)
        let found = apply(zeros, set: .scalar, threads: 2) { worker, x in
            worker.embed(table, tokens: [4, 0, 4], into: x, scale: 2)
        }
        #expect(found[0] == table.decodedRow(4).map { $0 * 2 })
        #expect(found[1] == table.decodedRow(0).map { $0 * 2 })
        #expect(found[2] == found[0])
    }

    @Test(arguments: ElementType.allCases)
    func `embeddings of every type have the same bits everywhere`(type: ElementType) {
        var random = RepeatableRandom(12)
        let bytes = randomBlocks(type, rows: 3, columns: 512, random: &random)
        let table = WeightMatrix(type: type, rows: 3, columns: 512, bytes: bytes)
        let zeros = [[Float](repeating: 0, count: 512)]
        for set in InstructionSet.available {
            let found = apply(zeros, set: set) { $0.embed(table, tokens: [2], into: $1) }
            #expect(bits(found)[0] == table.decodedRow(2).map(\.bitPattern), "\(set)")
        }
    }

    @Test func `softmax and log-sum-exp hold for large, equal and minus infinite logits`() {
        var values: [Float] = [1000, 1000, -.infinity, 998]
        #expect(abs(VectorMath.logSumExp(values) - 1000.7586) < 1e-3)
        VectorMath.softmax(&values, temperature: 2)
        let e = exp(-1.0)
        #expect(abs(Double(values[0]) - 1 / (2 + e)) < 1e-6 && values[0] == values[1] && values[2] == 0)
        #expect(VectorMath.maximum(of: []) == -.infinity && VectorMath.maximum(of: [-3, -1, -2]) == -1)
    }
}
