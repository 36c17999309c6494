import Glibc
import Testing

@testable import Tensors

@Suite struct `Rows of training` {
    static let norms: [(NormalizationKind, Int, Int)] = [
        (.rms, 1, 40), (.layer, 1, 40), (.rms, 3, 17), (.layer, 2, 16), (.rms, 1, 1),
    ]

    /// The definition, in Double, of one head.
    func normalized(_ x: ArraySlice<Double>, _ w: [Double], _ b: [Double], _ kind: NormalizationKind) -> [Double] {
        let mean = kind == .layer ? x.reduce(0, +) / Double(x.count) : 0
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        return zip(x, zip(w, b)).map { ($0 - mean) / (variance + 1e-5).squareRoot() * $1.0 + $1.1 }
    }

    @Test(arguments: norms)
    func `gradients of norms are the slopes of their definition`(kind: NormalizationKind, heads: Int, width: Int) {
        let n = 70
        let x = randomRows(n, heads * width, in: -2...3, seed: 1)
        let weight = randomRows(1, width, in: 0.5...1.5, seed: 2)
        let bias = randomRows(1, width, seed: 3)
        let dy = randomRows(n, heads * width, seed: 4)
        let before = randomRows(n, heads * width, seed: 5)
        let found = sameEverywhere { team in
            let norm = TrainedNorm(
                kind: kind, epsilon: 1e-5, headCount: heads, weight: .only(matrix(weight)), bias: .only(matrix(bias)))
            let (input, gradient, y, dx) = (matrix(x), matrix(dy), matrix(x), matrix(before))
            let (dw, db) = (
                matrix([[Float](repeating: 1, count: width)]), matrix([[Float](repeating: 0, count: width)])
            )
            let statistics = FloatMatrix(rowCount: n, columnCount: norm.statisticsCount)
            team.run { worker in
                worker.normalize(input, rows: n, by: norm, into: y, keeping: statistics)
                worker.normalizeBackward(
                    input, rows: n, by: norm, statistics: statistics, outputGradient: gradient, into: dx, adds: true)
                worker.barrier()
                worker.normalizeWeightGradient(
                    input, rows: n, by: norm, statistics: statistics, outputGradient: gradient, into: dw,
                    biasGradient: db)
                worker.barrier()
                worker.normalizeBackward(
                    input, rows: n, by: norm, statistics: statistics, outputGradient: gradient, into: gradient)
            }
            return [rows(of: y), rows(of: dx), rows(of: dw), rows(of: db), rows(of: gradient)]
        }
        func forward(_ row: [Double], _ w: [Double], _ b: [Double]) -> [Double] {
            (0..<heads).flatMap { normalized(row[$0 * width..<($0 + 1) * width], w, b, kind) }
        }
        let (w, b) = (weight[0].doubles, bias[0].doubles)
        for row in [0, 33, n - 1] {
            expectNear(found[0][row], forward(x[row].doubles, w, b), "output of row \(row)")
            let exact = slopes(of: { dot(forward($0, w, b), dy[row].doubles) }, at: x[row].doubles)
            expectNear(
                found[1][row], zip(exact, before[row].doubles).map { $0 + $1 }, "input gradient of row \(row), added")
            expectNear(found[4][row], exact, "input gradient of row \(row), in place")
        }
        func total(_ w: [Double], _ b: [Double]) -> Double {
            (0..<n).reduce(0) { $0 + dot(forward(x[$1].doubles, w, b), dy[$1].doubles) }
        }
        expectNear(found[2][0], slopes(of: { total($0, b) }, at: w).map { $0 + 1 }, "weight gradient, added")
        expectNear(found[3][0], slopes(of: { total(w, $0) }, at: b), "bias gradient")
    }

    @Test func `norms of training have the bits of norms of inference`() {
        let x = matrix(randomRows(5, 43, seed: 6))
        let (weight, bias) = (randomRows(1, 43, seed: 7)[0], randomRows(1, 43, seed: 8)[0])
        for kind in [NormalizationKind.rms, .layer] {
            let (y, z) = (FloatMatrix(rowCount: 5, columnCount: 43), FloatMatrix(rowCount: 5, columnCount: 43))
            let statistics = FloatMatrix(rowCount: 5, columnCount: 2)
            let (w, b) = (WeightVector(values: weight), WeightVector(values: bias))
            WorkerTeam(threadCount: 1).run { worker in
                worker.normalize(x, rows: 5, weight: w, bias: b, kind: kind, epsilon: 1e-6, into: y)
                let norm = TrainedNorm(kind: kind, epsilon: 1e-6, weight: .vector(w), bias: .vector(b))
                worker.normalize(x, rows: 5, by: norm, into: z, keeping: statistics)
            }
            #expect(bits(rows(of: y)) == bits(rows(of: z)))
        }
    }

    func activation(_ kind: ActivationKind, _ x: Double) -> Double {
        switch kind {
        case .silu: x / (1 + exp(-x))
        case .gelu: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
        case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .relu: max(x, 0)
        case .geluSigmoid: x / (1 + exp(-1.702 * x))
        }
    }

    @Test(arguments: [ActivationKind.silu, .gelu, .geluTanh, .relu, .geluSigmoid], [1, 37])
    func `gradients of activations are the slopes of their definition`(kind: ActivationKind, width: Int) {
        let n = 6
        let (gate, up) = (randomRows(n, width, in: -5...5, seed: 9), randomRows(n, width, seed: 10))
        let dy = randomRows(n, width, seed: 11)
        let found = sameEverywhere { team in
            let (x, u, gradient) = (matrix(gate), matrix(up), matrix(dy))
            let (y, dx, du, alone) = (matrix(gate), matrix(gate), matrix(gate), matrix(gate))
            team.run { worker in
                worker.activate(x, up: u, rows: n, kind: kind, into: y)
                worker.activateBackward(
                    x, up: u, rows: n, kind: kind, outputGradient: gradient, into: dx, upGradient: du)
                worker.activateBackward(x, rows: n, kind: kind, outputGradient: gradient, into: alone)
            }
            return [y, dx, du, alone].map { rows(of: $0) }
        }
        for row in 0..<n {
            let (x, u, g) = (gate[row].doubles, up[row].doubles, dy[row].doubles)
            expectNear(found[0][row], zip(x, u).map { activation(kind, $0) * $1 }, "output")
            func loss(_ x: [Double], _ u: [Double]) -> Double {
                dot(zip(x, u).map { activation(kind, $0) * $1 }, g)
            }
            expectNear(found[1][row], slopes(of: { loss($0, u) }, at: x), "gradient of the gate")
            expectNear(found[2][row], slopes(of: { loss(x, $0) }, at: u), "gradient of up")
            expectNear(
                found[3][row], slopes(of: { dot($0.map { activation(kind, $0) }, g) }, at: x), "gradient without a gate"
            )
        }
    }

    @Test(arguments: [RotationLayout.interleaved, .halves])
    func `rotating back undoes the rotation`(layout: RotationLayout) {
        let x = randomRows(3, 44, seed: 12)
        let table = RotationTable(rotatedWidth: 18, base: 10000)
        table.prepare(0..<500)
        let found = sameEverywhere { team in
            let y = matrix(x)
            team.run { worker in
                let positions: [Int32] = [0, 7, 431]
                worker.rotate(
                    y, rows: 3, positions: positions, headCount: 2, headWidth: 20, table: table, layout: layout)
                worker.rotateBackward(
                    y, rows: 3, positions: positions, headCount: 2, headWidth: 20, table: table, layout: layout)
            }
            return [rows(of: y)]
        }
        for (row, original) in zip(found[0], x) { expectNear(row, original.doubles, tolerance: 1e-6, "row") }
    }

    @Test func `soft caps, biases and sums of rows follow their definition`() {
        let x = randomRows(65, 35, in: -40...40, seed: 13)
        let (dy, bias) = (randomRows(65, 35, seed: 14), randomRows(1, 20, seed: 15))
        let found = sameEverywhere { team in
            let (y, gradient, biased) = (matrix(x), matrix(dy), matrix(x))
            let sums = matrix([[Float](repeating: 2, count: 20)])
            let b = matrix(bias)
            team.run { worker in
                worker.softcap(y, rows: 65, cap: 15)
                worker.softcapBackward(y, rows: 65, cap: 15, gradient: gradient)
                worker.addBias(.only(b), to: biased, rows: 65, column: 10)
                worker.barrier()
                worker.sumRows(of: gradient, rows: 65, into: sums, column: 10)
            }
            return [gradient, biased, sums].map { rows(of: $0) }
        }
        for row in [0, 64] {
            let exact = slopes(
                of: { dot($0.map { 15 * tanh($0 / 15) }, dy[row].doubles) }, at: x[row].doubles)
            expectNear(found[0][row], exact, "gradient of the soft cap")
            #expect(found[1][row] == x[row].indices.map { 10..<30 ~= $0 ? x[row][$0] + bias[0][$0 - 10] : x[row][$0] })
        }
        let exact = (10..<30).map { column in found[0].reduce(2.0) { $0 + Double($1[column]) } }
        expectNear(found[2][0], exact, "sums of rows")
    }

    @Test func `a table's gradient adds the rows that looked it up, in their order`() {
        let (table, dx) = (randomRows(6, 45, seed: 16), randomRows(5, 45, seed: 17))
        let indexes: [Int32] = [4, 1, 4, 4, 0]
        let found = sameEverywhere { team in
            let (t, x, gradient) = (matrix(table), matrix(dx), matrix(dx))
            let tableGradient = FloatMatrix(rowCount: 6, columnCount: 45)
            team.run { worker in
                worker.lookUp(t, indexes: indexes, into: x, scale: 3)
                worker.lookUp(t, indexes: [0, 1, 2, 3, 5], into: x, adds: true)
                worker.clear(tableGradient, rows: 6)
                worker.barrier()
                worker.lookUpBackward(gradient, indexes: indexes, scale: 0.5, into: tableGradient)
            }
            return [rows(of: x), rows(of: tableGradient)]
        }
        for (row, pair) in zip(indexes, [0, 1, 2, 3, 5]).enumerated() {
            #expect(found[0][row] == (0..<45).map { table[Int(pair.0)][$0] * 3 + table[pair.1][$0] })
        }
        for row in 0..<6 {
            var sum = [Float](repeating: 0, count: 45)
            for (index, from) in indexes.enumerated() where Int(from) == row {
                for column in 0..<45 { sum[column] += dx[index][column] * 0.5 }
            }
            #expect(found[1][row] == sum)
        }
    }
}
