import Testing

@testable import Tensors

@Suite struct `Kept rows` {
    // 37 columns: two whole vectors and a part.
    private let x = randomRows(5, 37, in: -3...3, seed: 8)

    @Test func `in bf16 are rounded where they stand, and come back with the same bits`() {
        let special: [Float] = [.infinity, -.infinity, 0, -0.0, 1 + 0x1p-8, 1 + 3 * 0x1p-8, .greatestFiniteMagnitude]
        let found = sameEverywhere { team in
            let shared = matrix(x)
            shared.setRow(3, to: special + x[3].dropFirst(special.count))
            let kept = KeptRows(roundedFrom: shared)
            kept.reserve(rows: 5)
            team.run { worker in worker.keep(kept, rows: 5) }
            let rounded = rows(of: shared)
            for row in 0..<5 { shared.setRow(row, to: [Float](repeating: 7, count: 37)) }
            team.run { worker in worker.restore(kept, rows: 5) }
            return [rounded, rows(of: shared)]
        }
        var expected = x.map { $0.map(\.asBfloat) }
        // Half way between two numbers the even one is taken; what is beyond the greatest becomes infinite.
        expected[3].replaceSubrange(0..<7, with: [.infinity, -.infinity, 0, -0.0, 1, 1 + 0x1p-6, .infinity])
        #expect(bits(found[0]) == bits(expected))
        #expect(bits(found[1]) == bits(expected))
    }

    @Test func `in bf16 not a number stays not a number`() {
        let shared = matrix([[.nan, 1]])
        let kept = KeptRows(roundedFrom: shared)
        kept.reserve(rows: 1)
        WorkerTeam(threadCount: 1).run { worker in
            worker.keep(kept, rows: 1)
            worker.restore(kept, rows: 1)
        }
        #expect(shared.row(0)[0].isNaN && shared.row(0)[1] == 1)
    }

    @Test func `in floats are left as they are`() {
        let kept = KeptRows(columnCount: 37)
        kept.reserve(rows: 5)
        for row in 0..<5 { kept.values.setRow(row, to: x[row]) }
        WorkerTeam(threadCount: 2).run { worker in
            worker.keep(kept, rows: 5)
            worker.restore(kept, rows: 5)
        }
        #expect(bits(rows(of: kept.values)) == bits(x))
        #expect(kept.bytesPerRow == 48 * 4)
    }
}
