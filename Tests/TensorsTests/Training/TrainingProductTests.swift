import Testing

@testable import Tensors

@Suite struct `Products of training` {
    struct Shape: Sendable, CustomStringConvertible {
        var rows: Int
        var depth: Int
        var columns: Int
        var description: String { "\(rows)x\(depth)x\(columns)" }
    }

    static let shapes = [
        Shape(rows: 1, depth: 1, columns: 1), Shape(rows: 15, depth: 33, columns: 17),
        Shape(rows: 31, depth: 290, columns: 70), Shape(rows: 7, depth: 16, columns: 300),
        Shape(rows: 130, depth: 20, columns: 33),
    ]

    /// The definition: one chain of fused multiply-adds an element, in the order of the depth; in bf16 the second number
    /// of a pair comes first.
    func chain(
        _ left: [[Float]], _ right: (Int, Int) -> Float, columns: Int, precision: ProductPrecision,
        start: [[Float]]? = nil
    ) -> [[Float]] {
        left.indices.map { r in
            (0..<columns).map { c in
                var sum = start?[r][c] ?? 0
                let row = left[r]
                if precision == .f32 {
                    for k in row.indices { sum = sum.addingProduct(row[k], right(k, c)) }
                } else {
                    for k in stride(from: 0, to: row.count, by: 2) {
                        if k + 1 < row.count { sum = sum.addingProduct(row[k + 1].asBfloat, right(k + 1, c).asBfloat) }
                        sum = sum.addingProduct(row[k].asBfloat, right(k, c).asBfloat)
                    }
                }
                return sum
            }
        }
    }

    @Test(arguments: shapes, [ProductPrecision.f32, .bf16])
    func `each element is its chain, with any workers and instruction set`(shape: Shape, precision: ProductPrecision) {
        let left = randomRows(shape.rows, shape.depth, seed: 1)
        let right = randomRows(shape.depth, shape.columns, seed: 2)
        let start = randomRows(shape.rows, shape.columns, seed: 3)
        let expected = chain(left, { right[$0][$1] }, columns: shape.columns, precision: precision)
        let added = chain(left, { right[$0][$1] }, columns: shape.columns, precision: precision, start: start)
        // Each operand in both layouts, the transposed ones inside larger matrices.
        let leftColumns = matrix((0..<shape.depth).map { k in [9, 9] + left.map { $0[k] } + [9] })
        let rightColumns = matrix(
            [[Float](repeating: 7, count: shape.depth + 1)]
                + (0..<shape.columns).map { c in [7] + right.map { $0[c] } })
        let (leftRows, rightRows) = (matrix(left), matrix(right))
        let found = sameEverywhere { team in
            let packed = PackedMatrix(precision: precision, rows: shape.rows, depth: shape.depth)
            let outputs = (0..<3).map { _ in FloatMatrix(rowCount: shape.rows, columnCount: shape.columns + 1) }
            for row in 0..<shape.rows { outputs[2].setRow(row, to: [5] + start[row]) }
            team.run { worker in
                worker.pack(leftRows, rows: shape.rows, into: packed)
                worker.barrier()
                worker.multiply(packed, by: .plain(rightRows), into: outputs[0])
                worker.barrier()
                worker.pack(
                    leftColumns, rows: shape.depth, columns: 2..<2 + shape.rows, transposed: true, into: packed)
                worker.barrier()
                let operand = ProductOperand.transposed(
                    rightColumns, rows: 1..<1 + shape.columns, columns: 1..<1 + shape.depth)
                worker.multiply(packed, by: operand, into: outputs[1])
                worker.multiply(packed, by: operand, into: outputs[2], column: 1, adds: true)
            }
            return [
                outputs[0], outputs[1],
            ].map { rows(of: $0).map { Array($0.prefix(shape.columns)) } } + [rows(of: outputs[2])]
        }
        #expect(bits(found[0]) == bits(expected))
        #expect(bits(found[1]) == bits(expected))
        #expect(bits(found[2]) == bits(added.map { [5] + $0 }))
    }

    @Test(arguments: ElementType.allCases, [ProductPrecision.f32, .bf16])
    func `weights of every type multiply as their decoded floats`(type: ElementType, precision: ProductPrecision) {
        var random = RepeatableRandom(4)
        let unit = type.blockElementCount
        // More than the kernels pack at a time.
        let (outputs, inputs) = (37, unit == 1 ? 531 : 768)
        let weight = WeightMatrix(
            type: type, rows: outputs, columns: inputs,
            bytes: randomBlocks(type, rows: outputs, columns: inputs, random: &random))
        let floats = matrix((0..<outputs).map(weight.decodedRow))
        let (x, dy) = (matrix(randomRows(18, inputs, seed: 5)), matrix(randomRows(18, outputs, seed: 6)))
        func products(_ forward: ProductOperand, _ backward: ProductOperand, _ team: WorkerTeam) -> [[[Float]]] {
            let y = FloatMatrix(rowCount: 18, columnCount: outputs)
            let dx = FloatMatrix(rowCount: 18, columnCount: inputs)
            let (left, gradient) = (PackedMatrix(precision: precision), PackedMatrix(precision: precision))
            left.reserve(rows: 18, depth: inputs)
            gradient.reserve(rows: 18, depth: outputs)
            team.run { worker in
                worker.pack(x, rows: 18, into: left)
                worker.pack(dy, rows: 18, into: gradient)
                worker.barrier()
                worker.multiply(left, by: forward, into: y)
                worker.multiply(gradient, by: backward, into: dx)
            }
            return [rows(of: y), rows(of: dx)]
        }
        let expected = products(
            .transposed(floats), .plain(floats), WorkerTeam(threadCount: 1, instructionSet: .scalar))
        let found = sameEverywhere { products(.transposed(weight), .plain(weight), $0) }
        #expect(found.map(bits) == expected.map(bits))
    }

    @Test func `denormal numbers count as zero in bf16, with and without the instruction`() {
        let tiny = Float.leastNormalMagnitude / 16
        let left = matrix([[1e-30, 1, tiny, 3e-38]])
        let right = matrix([[1e-9, 1], [tiny, 0], [1, 1], [1e-1, 1]])
        let found = sameEverywhere { team in
            let packed = PackedMatrix(precision: .bf16, rows: 1, depth: 4)
            let output = FloatMatrix(rowCount: 1, columnCount: 2)
            team.run { worker in
                worker.pack(left, rows: 1, into: packed)
                worker.barrier()
                worker.multiply(packed, by: .plain(right), into: output)
            }
            return [rows(of: output)]
        }
        #expect(found[0][0][0] == 0)
        #expect(found[0][0][1] == Float(1e-30).asBfloat + Float(3e-38).asBfloat)
    }

    @Test func `a sum of no terms is zero, and adds nothing`() {
        let (replaced, kept) = (matrix(randomRows(4, 6, seed: 7)), matrix(randomRows(4, 6, seed: 7)))
        let before = rows(of: kept)
        let x = FloatMatrix(rowCount: 1, columnCount: 4)
        let packed = PackedMatrix(precision: .f32)
        WorkerTeam(threadCount: 2).run { worker in
            worker.pack(x, rows: 0, transposed: true, into: packed)
            worker.barrier()
            worker.multiply(packed, by: .plain(kept, rows: 0..<0), into: replaced)
            worker.multiply(packed, by: .plain(replaced, rows: 0..<0), into: kept, adds: true)
        }
        #expect(rows(of: replaced).flat.allSatisfy { $0 == 0 })
        #expect(rows(of: kept) == before)
    }

    @Test func `the shares of a product cover it once`() {
        for (blocks, columns, unit, workers) in [
            (1, 1, 1, 1), (1, 900, 16, 8), (55, 256, 16, 2), (147, 768, 256, 5), (3, 4864, 32, 64),
        ] {
            let shares = ProductShares(blocks: blocks, columns: columns, columnUnit: unit, workers: workers)
            var seen = [Int](repeating: 0, count: blocks * columns)
            for item in 0..<shares.count {
                let (rows, part) = shares[item]
                #expect(part.lowerBound % unit == 0 && part.count <= 256)
                for row in rows { for column in part { seen[row * columns + column] += 1 } }
            }
            #expect(seen.allSatisfy { $0 == 1 })
        }
    }
}
