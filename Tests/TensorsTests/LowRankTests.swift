// Sums of a few rows, added to each row of a result, against the same sums in double precision.

import Tensors
import Testing

@Suite struct LowRankTests {
    private func matrix(_ rows: Int, _ columns: Int, _ seed: Int) -> FloatMatrix {
        let matrix = FloatMatrix(rowCount: rows, columnCount: columns)
        for row in 0..<rows {
            matrix.setRow(row, to: (0..<columns).map { Float(($0 * 31 + row * 17 + seed) % 23 - 11) / 7 })
        }
        return matrix
    }

    @Test(arguments: [(1, 1, 1), (3, 2, 15), (5, 8, 256), (2, 3, 257), (7, 16, 1000)])
    func `rows get the sums of the combined rows, with the same bits for any team`(n: Int, rank: Int, width: Int) {
        let factors = matrix(n, rank, 3)
        let values = (0..<rank * width).map { Float(($0 * 13) % 29 - 14) / 9 }
        let rows = WeightMatrix(rows: rank, columns: width, values: values)
        var results: [[[Float]]] = []
        for threads in [1, 2, 3] {
            let x = matrix(n, width, 5)
            WorkerTeam(threadCount: threads).run { worker in
                worker.addCombinations(of: rows, factors: factors, to: x, rows: n)
            }
            results.append((0..<n).map { x.row($0) })
        }
        #expect(results.dropFirst().allSatisfy { $0 == results[0] })
        let before = matrix(n, width, 5)
        for row in 0..<n {
            let (factor, old) = (factors.row(row), before.row(row))
            for column in 0..<width {
                let sum = (0..<rank).reduce(0.0) { $0 + Double(factor[$1]) * Double(values[$1 * width + column]) }
                #expect(abs(Double(results[0][row][column]) - (Double(old[column]) + sum)) < 1e-5)
            }
        }
    }
}
