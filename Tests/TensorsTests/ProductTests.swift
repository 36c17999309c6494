import Testing

@testable import Tensors

@Suite struct `Products` {
    @Test(arguments: ElementType.allCases)
    func `a product is near the sum of decoded weights times inputs`(type: ElementType) {
        var random = RepeatableRandom(1)
        let columns = 512
        let rows = 19
        let weight = WeightMatrix(
            type: type, rows: rows, columns: columns,
            bytes: randomBlocks(type, rows: rows, columns: columns, random: &random))
        let input = [random.floats(columns), random.floats(columns)]
        let found = product([weight], input)
        for row in 0..<rows {
            let values = weight.decodedRow(row)
            for (position, x) in input.enumerated() {
                let exact = zip(values, x).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                let size = zip(values, x).reduce(0.0) { $0 + abs(Double($1.0) * Double($1.1)) }
                // int8 inputs are off by up to 1/254 of the greatest in their block, either way.
                let tolerance = type.isQuantized ? 0.002 * size : 1e-6 * size
                #expect(abs(Double(found[position][row]) - exact) <= tolerance, "row \(row)")
            }
        }
    }

    // Odd sizes: rows that are no multiple of 16 or 4, columns that are no multiple of 16 where the type allows.
    @Test(arguments: ElementType.allCases)
    func `every instruction set and number of threads gives the same bits`(type: ElementType) {
        var random = RepeatableRandom(2)
        let unit = type.blockElementCount
        for (rows, columns) in [
            (1, unit), (16, unit * 3), (37, unit == 1 ? 83 : max(unit, 288 / unit * unit)), (70, 2816),
        ] {
            let weight = WeightMatrix(
                type: type, rows: rows, columns: columns,
                bytes: randomBlocks(type, rows: rows, columns: columns, random: &random))
            for count in [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 33] where columns < 1000 || [1, 3, 8, 17].contains(count)
            {
                let input = (0..<count).map { _ in random.floats(columns) }
                let expected = bits(product([weight], input))
                for set in InstructionSet.available {
                    for threads in [1, 3] {
                        let found = bits(product([weight], input, threads: threads, instructionSet: set))
                        #expect(found == expected, "\(set) \(threads) threads, \(rows)x\(columns), \(count) rows")
                    }
                }
            }
        }
    }

    @Test(arguments: ElementType.allCases, InstructionSet.available)
    func `a row alone gives the same bits as among others`(type: ElementType, set: InstructionSet) {
        var random = RepeatableRandom(3)
        let columns = 768
        let weight = WeightMatrix(
            type: type, rows: 50, columns: columns,
            bytes: randomBlocks(type, rows: 50, columns: columns, random: &random))
        let input = (0..<64).map { _ in random.floats(columns) }
        let all = bits(product([weight], input, instructionSet: set))
        let eight = bits(product([weight], Array(input[8..<16]), instructionSet: set))
        for row in [0, 8, 11, 15, 63] {
            #expect(bits(product([weight], [input[row]], instructionSet: set))[0] == all[row])
        }
        #expect(eight == Array(all[8..<16]))
        #expect(
            bits(product([weight], input, instructionSet: set, inputRows: [63, 2, 40])) == [all[63], all[2], all[40]])
    }

    @Test func `jobs of one input share the work and add their biases`() {
        var random = RepeatableRandom(4)
        let weights = [20, 3, 40].map { WeightMatrix(rows: $0, columns: 8, values: random.floats($0 * 8)) }
        let input = [random.floats(8)]
        let together = product(weights, input, threads: 2)[0]
        let apart = weights.flatMap { product([$0], input)[0] }
        #expect(together == apart)
        let biased = product([weights[0]], input, bias: WeightVector(values: [Float](repeating: 2, count: 20)))[0]
        #expect(zip(biased, apart).allSatisfy { $0 == $1 + 2 })
    }
}
