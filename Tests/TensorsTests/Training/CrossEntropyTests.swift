import Glibc
import Testing

@testable import Tensors

@Suite struct `Cross-entropy` {
    static let labels: [Int32] = [3, -1, 0, 36, -1, -1, 12, 7, -1]
    static let weights: [Float] = [1, 1, 0.5, 2, 1, 0.1, 1, 0, 1]

    /// weight * loss of one row in Double.
    func loss(_ hidden: [Double], _ head: [[Double]], label: Int, softcap: Double) -> Double {
        var logits = head.map { dot($0, hidden) }
        if softcap > 0 { logits = logits.map { softcap * tanh($0 / softcap) } }
        let peak = logits.max() ?? 0
        return peak + log(logits.reduce(0) { $0 + exp($1 - peak) }) - logits[label]
    }

    func run(
        _ hidden: [[Float]], _ head: TrainingWeight, softcap: Float, rowsAtOnce: Int, team: WorkerTeam,
        precision: ProductPrecision = .f32
    ) -> (losses: [Double], sum: Double, gradients: [[[Float]]]) {
        let entropy = CrossEntropy(
            width: head.columnCount, vocabularyCount: head.rowCount, softcap: softcap, precision: precision,
            rowsAtOnce: rowsAtOnce)
        entropy.set(labels: Self.labels, weights: Self.weights)
        let (x, dx) = (matrix(hidden), matrix(hidden))
        let dw = matrix([[Float]](repeating: [Float](repeating: 0.25, count: head.columnCount), count: head.rowCount))
        team.run { worker in
            worker.crossEntropy(
                entropy, hidden: x, rows: hidden.count, head: head, factor: 0.2, hiddenGradient: dx, headGradient: dw)
        }
        #expect(entropy.targetCount == 5 && entropy.targetRows == [0, 2, 3, 6, 7])
        #expect(abs(entropy.weightSum - 4.5) < 1e-6 && entropy.firstRowNotFinite == nil)
        return (entropy.targetLosses, entropy.lossSum, [rows(of: dx), rows(of: dw)])
    }

    @Test(arguments: [Float(0), 6])
    func `loss and gradients are those of the definition, for any number of rows at once`(softcap: Float) {
        let (hidden, head) = (randomRows(9, 24, in: -2...2, seed: 1), randomRows(37, 24, seed: 2))
        let team = WorkerTeam(threadCount: 1, instructionSet: .scalar)
        let first = run(hidden, .trained(matrix(head)), softcap: softcap, rowsAtOnce: 64, team: team)
        for rowsAtOnce in [1, 2, 5] {
            let gradients = sameEverywhere { team in
                let found = run(hidden, .trained(matrix(head)), softcap: softcap, rowsAtOnce: rowsAtOnce, team: team)
                #expect(found.losses == first.losses && found.sum == first.sum)
                return found.gradients
            }
            #expect(gradients.map(bits) == first.gradients.map(bits))
        }
        func total(_ hidden: [[Double]], _ head: [[Double]]) -> Double {
            Self.labels.indices.reduce(0) { sum, row in
                guard Self.labels[row] >= 0 else { return sum }
                return sum + Double(Self.weights[row])
                    * loss(hidden[row], head, label: Int(Self.labels[row]), softcap: Double(softcap))
            }
        }
        let (h, w) = (hidden.map(\.doubles), head.map(\.doubles))
        #expect(abs(first.sum - total(h, w)) < 1e-5)
        func cut(_ values: [Double]) -> [[Double]] {
            stride(from: 0, to: values.count, by: 24).map { Array(values[$0..<$0 + 24]) }
        }
        expectNear(
            first.gradients[0].flatMap { $0 }, slopes(of: { 0.2 * total(cut($0), w) }, at: h.flatMap { $0 }),
            "gradient of the rows")
        expectNear(
            first.gradients[1].flatMap { $0 },
            slopes(of: { 0.2 * total(h, cut($0)) }, at: w.flatMap { $0 }).map { $0 + 0.25 }, "gradient of the head")
        for row in [1, 4, 5, 8] { #expect(first.gradients[0][row].allSatisfy { $0 == 0 }) }
    }

    @Test func `a quantized head gives the loss of its decoded floats`() {
        var random = RepeatableRandom(3)
        let weight = WeightMatrix(
            type: .q8_0, rows: 37, columns: 64, bytes: randomBlocks(.q8_0, rows: 37, columns: 64, random: &random))
        let floats = matrix((0..<37).map(weight.decodedRow))
        let hidden = randomRows(9, 64, seed: 4)
        let team = WorkerTeam(threadCount: 2)
        for precision in [ProductPrecision.f32, .bf16] {
            let found = run(hidden, .fixed(weight), softcap: 0, rowsAtOnce: 2, team: team, precision: precision)
            let expected = run(hidden, .trained(floats), softcap: 0, rowsAtOnce: 2, team: team, precision: precision)
            #expect(found.losses == expected.losses && found.gradients == expected.gradients)
        }
    }

    @Test func `evaluation gives the same loss, and a batch without targets none`() {
        let (hidden, head) = (matrix(randomRows(9, 24, seed: 5)), matrix(randomRows(37, 24, seed: 6)))
        let team = WorkerTeam(threadCount: 2)
        let trained = run(rows(of: hidden), .trained(head), softcap: 0, rowsAtOnce: 2, team: team)
        let entropy = CrossEntropy(width: 24, vocabularyCount: 37)
        entropy.set(labels: Self.labels, weights: Self.weights)
        team.run { $0.crossEntropy(entropy, hidden: hidden, rows: 9, head: .trained(head)) }
        #expect(entropy.targetLosses == trained.losses && entropy.lossSum == trained.sum)

        entropy.set(labels: [Int32](repeating: -1, count: 9))
        let gradient = matrix(randomRows(9, 24, seed: 7))
        team.run { $0.crossEntropy(entropy, hidden: hidden, rows: 9, head: .trained(head), hiddenGradient: gradient) }
        #expect(entropy.lossSum == 0 && entropy.targetCount == 0)
        #expect(rows(of: gradient).flat.allSatisfy { $0 == 0 })
    }

    @Test func `a row whose loss is not finite is named`() {
        var hidden = randomRows(9, 24, seed: 8)
        hidden[3][5] = .nan
        let head = matrix(randomRows(37, 24, seed: 9))
        let entropy = CrossEntropy(width: 24, vocabularyCount: 37)
        entropy.set(labels: Self.labels)
        let x = matrix(hidden)
        WorkerTeam(threadCount: 2).run { $0.crossEntropy(entropy, hidden: x, rows: 9, head: .trained(head)) }
        #expect(entropy.firstRowNotFinite == 3 && entropy.lossSum.isNaN)
    }
}
