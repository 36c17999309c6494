import Glibc
import Testing

@testable import Tensors

@Suite struct `Activated products` {
    /// Gate and up (or only up) of `input`, activated, and the product with `down`.
    private func feedForward(
        gate: WeightMatrix?, up: WeightMatrix, down: WeightMatrix?, kind: ActivationKind, _ input: [[Float]],
        threads: Int = 1, set: InstructionSet = .scalar
    ) -> (activated: [[Float]], output: [[Float]]) {
        let n = input.count
        let x = FloatMatrix(rowCount: n, columnCount: input[0].count)
        for (index, row) in input.enumerated() { x.setRow(index, to: row) }
        let matrices = [gate, up].compactMap(\.self)
        let results = matrices.map { FloatMatrix(rowCount: n, columnCount: $0.rowCount) }
        let group = ProductGroup(
            zip(matrices, results).map { MultiplyJob(weight: $0, output: $1) }, activation: kind,
            preparesOutput: down?.type.isQuantized ?? false)
        let output = FloatMatrix(rowCount: n, columnCount: down?.rowCount ?? 1)
        let last = down.map { ProductGroup([MultiplyJob(weight: $0, output: output)]) }
        WorkerTeam(threadCount: threads, instructionSet: set).run { worker in
            worker.prepare(x, rows: n, for: group)
            worker.barrier()
            worker.multiply(group, input: x, rows: n, before: last)
            worker.barrier()
            if let last { worker.multiply(last, input: results[0], rows: n) }
        }
        return ((0..<n).map(results[0].row), (0..<n).map(output.row))
    }

    static let kinds: [(ActivationKind, @Sendable (Double) -> Double)] = [
        (.silu, { $0 / (1 + exp(-$0)) }),
        (.gelu, { 0.5 * $0 * (1 + erf($0 / sqrt(2))) }),
        (.geluTanh, { 0.5 * $0 * (1 + tanh(0.7978845608028654 * ($0 + 0.044715 * $0 * $0 * $0))) }),
        (.relu, { max($0, 0) }),
        (.geluSigmoid, { $0 / (1 + exp(-1.702 * $0)) }),
    ]

    // With one column and an input of 1, the products are the weights.
    @Test(arguments: kinds)
    func `activations follow their definition and give the same bits everywhere`(
        kind: ActivationKind, exact: @Sendable (Double) -> Double
    ) {
        let gate = (0..<301).map { Float($0 - 150) / 7 } + [-200, 200, -1e-20, 0]
        let up = gate.map { $0 / 3 + 1 }
        let weights = [gate, up].map { WeightMatrix(rows: $0.count, columns: 1, values: $0) }
        var expected: [[UInt32]]?
        for set in InstructionSet.available {
            for threads in [1, 2, 3] {
                let both = feedForward(
                    gate: weights[0], up: weights[1], down: nil, kind: kind, [[1]], threads: threads, set: set)
                let alone = feedForward(
                    gate: nil, up: weights[0], down: nil, kind: kind, [[1]], threads: threads, set: set)
                let found = [both.activated[0], alone.activated[0]]
                for i in gate.indices {
                    let value = exact(Double(gate[i]))
                    for (result, factor) in [(found[0][i], Double(up[i])), (found[1][i], 1)] {
                        #expect(
                            abs(Double(result) - value * factor) <= 3e-6 + 3e-6 * abs(value * factor),
                            "\(kind) of \(gate[i])")
                    }
                }
                expected = expected ?? bits(found)
                #expect(bits(found) == expected, "\(set), \(threads) threads")
            }
        }
    }

    // 32 columns are one run; 1120 are many runs, the last of them shorter.
    @Test(arguments: [32, 96, 1120], [1, 2, 5, 33])
    func `activating in runs prepares the same int8 form as preparing complete rows`(width: Int, rowCount: Int) {
        var random = RepeatableRandom(12)
        func weight(_ rows: Int, _ columns: Int) -> WeightMatrix {
            WeightMatrix(
                type: .q8_0, rows: rows, columns: columns,
                bytes: randomBlocks(.q8_0, rows: rows, columns: columns, random: &random))
        }
        let (gate, up, down) = (weight(width, 64), weight(width, 64), weight(48, width))
        let input = (0..<rowCount).map { _ in random.floats(64) }
        for gate in [gate, nil] {
            let plain = feedForward(gate: gate, up: up, down: nil, kind: .silu, input)
            // Each row by the definition.
            let factors = gate == nil ? nil : product([up], input)
            for (row, values) in product([gate ?? up], input).enumerated() {
                let wrong = values.indices.first { column in
                    let value = Double(values[column])
                    let exact = value / (1 + exp(-value)) * Double(factors?[row][column] ?? 1)
                    return abs(Double(plain.activated[row][column]) - exact) > 3e-6 + 3e-6 * abs(exact)
                }
                #expect(wrong == nil, "row \(row)")
            }
            let expected = bits(product([down], plain.activated))
            for set in InstructionSet.available {
                for threads in [1, 2, 3, 8] {
                    let found = feedForward(
                        gate: gate, up: up, down: down, kind: .silu, input, threads: threads, set: set)
                    #expect(bits(found.activated) == bits(plain.activated), "\(set), \(threads) threads")
                    #expect(bits(found.output) == expected, "\(set), \(threads) threads")
                }
            }
        }
    }

    // As in experts; with biases, different types, and float weights after quantized ones.
    @Test func `listed rows are activated as all are`() {
        var random = RepeatableRandom(13)
        func weight(_ type: ElementType) -> WeightMatrix {
            WeightMatrix(
                type: type, rows: 80, columns: 256,
                bytes: randomBlocks(type, rows: 80, columns: 256, random: &random))
        }
        let x = FloatMatrix(rowCount: 6, columnCount: 256)
        for row in 0..<6 { x.setRow(row, to: random.floats(256)) }
        let results = [0, 1].map { _ in FloatMatrix(rowCount: 6, columnCount: 80) }
        let bias = WeightVector(values: random.floats(80))
        let group = ProductGroup(
            [
                MultiplyJob(weight: weight(.q4_K), bias: bias, output: results[0]),
                MultiplyJob(weight: weight(.f32), bias: bias, output: results[1]),
            ], activation: .geluTanh)
        func run(_ body: @Sendable (Worker) -> Void) -> [[Float]] {
            WorkerTeam(threadCount: 2).run { worker in
                worker.prepare(x, rows: 6, for: group)
                worker.barrier()
                body(worker)
            }
            return (0..<6).map(results[0].row)
        }
        let all = run { $0.multiply(group, input: x, rows: 6) }
        let some = run { $0.multiply(group, input: x, inputRows: [4, 0, 5]) }
        #expect(bits(Array(some[..<3])) == bits([all[4], all[0], all[5]]))
    }
}
