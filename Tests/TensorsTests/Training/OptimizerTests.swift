import Glibc
import Testing

@testable import Tensors

@Suite struct `The optimizer` {
    @Test(arguments: [1, 45])
    func `AdamW is its formula, operation by operation, with the same bits everywhere`(width: Int) {
        let (weights, n) = (randomRows(7, width, seed: 1), 7)
        let gradients = (0..<20).map { randomRows(n, width, in: -0.1...0.1, seed: UInt64($0) + 2) }
        let found = sameEverywhere { team in
            let (w, m, v) = (matrix(weights), matrix(weights), matrix(weights))
            let steps = gradients.map { matrix($0) }
            team.run { worker in
                worker.clear(m, rows: n)
                worker.clear(v, rows: n)
                for (index, gradient) in steps.enumerated() {
                    let step = AdamStep(
                        learningRate: 1e-2, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, number: index + 1,
                        gradientScale: 0.7)
                    worker.adam(step, gradient: gradient, weights: w, first: m, second: v)
                }
            }
            return [w, m, v].map { rows(of: $0) }
        }
        for row in 0..<n {
            for column in 0..<width {
                var (w, m, v) = (weights[row][column], Float(0), Float(0))
                for (index, gradient) in gradients.enumerated() {
                    let g = gradient[row][column] * 0.7
                    let step = Float(1e-2 / (1 - pow(0.9, Double(index + 1))))
                    let correction = Float((1 - pow(0.95, Double(index + 1))).squareRoot())
                    m = m.addingProduct(g - m, Float(1 - 0.9))
                    v = (v * Float(0.95)).addingProduct(Float(1 - 0.95) * g, g)
                    w = w * Float(1 - 1e-2 * 0.1) + -step * m / (v.squareRoot() / correction + Float(1e-8))
                }
                #expect(found[0][row][column] == w && found[1][row][column] == m && found[2][row][column] == v)
            }
        }
    }

    @Test func `sums of squares are exact to Double and name what is not finite`() {
        let values = [randomRows(3, 77, seed: 30), randomRows(1, 5, seed: 31), randomRows(40, 16, seed: 32)]
        let exact = values.map { $0.flat.reduce(0) { $0 + $1 * $1 } }
        var totals: Set<Double> = []
        for set in InstructionSet.available {
            for threads in [1, 2, 3, 5] {
                let matrices = values.map { matrix($0) }
                let sums = SquareSums(matrices)
                let team = WorkerTeam(threadCount: threads, instructionSet: set)
                team.run { $0.sumSquares(sums) }
                #expect(sums.firstNotFinite == nil)
                for (index, sum) in exact.enumerated() { #expect(abs(sums.sum(of: index) - sum) < 1e-12 * sum) }
                totals.insert(sums.total)
                var row = values[2][38]
                row[4] = .infinity
                matrices[2].setRow(38, to: row)
                team.run { $0.sumSquares(sums) }
                let bad = sums.firstNotFinite
                #expect(bad?.matrix == 2 && bad?.row == 38)
            }
        }
        #expect(totals.count == 1)
    }
}
