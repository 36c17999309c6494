import Testing

@testable import Training

@Suite struct `A blind comparison` {
    @Test(arguments: [(12, 10), (20, 15), (30, 21), (40, 27)])
    func `needs as many wins as the tables of the sign test have`(count: Int, wins: Int) {
        #expect(SignTest.neededWins(of: count) == wins)
    }

    @Test func `knows the chances of a coin`() {
        #expect(abs(SignTest.chance(wins: 10, losses: 2) - 0.03857) < 1e-5)
        #expect(abs(SignTest.chance(wins: 2, losses: 10) - 0.03857) < 1e-5)
        #expect(abs(SignTest.chance(wins: 15, losses: 5) - 0.04139) < 1e-5)
        #expect(SignTest.chance(wins: 3, losses: 3) == 1 && SignTest.chance(wins: 0, losses: 0) == 1)
        #expect(SignTest.neededWins(of: 5) == nil && SignTest.neededWins(of: 6) == 6)
        let many = SignTest.chance(wins: 5200, losses: 4800)
        #expect(many > 1e-5 && many < 1e-4)
    }

    private func comparison(_ count: Int, seed: UInt64 = 7) -> BlindComparison {
        BlindComparison(pairs: (0..<count).map { .init(base: "base \($0)", adapted: "new \($0)") }, seed: seed)
    }

    @Test func `shows each writer on either side, always the same for a seed`() {
        let first = comparison(64)
        let sides = (0..<64).map { first.isAdaptedLeft($0) }
        #expect(sides.count { $0 } > 16 && sides.count { !$0 } > 16)
        #expect(sides == (0..<64).map { comparison(64).isAdaptedLeft($0) })
        #expect(sides != (0..<64).map { comparison(64, seed: 8).isAdaptedLeft($0) })
        for index in 0..<64 {
            let (left, right) = first.sides(index)
            #expect(Set([left, right]) == ["base \(index)", "new \(index)"])
            #expect((left == "new \(index)") == sides[index])
        }
    }

    @Test func `decides when all pairs have an answer, and ties do not count`() {
        var comparison = comparison(14)
        for index in 0..<14 {
            #expect(comparison.result == nil && comparison.next == index)
            let prefersNew = index < 10
            if index >= 12 {
                comparison.answer(.equal, pair: index)
            } else {
                comparison.answer(prefersNew == comparison.isAdaptedLeft(index) ? .left : .right, pair: index)
            }
        }
        let result = comparison.result
        #expect(result?.wins == 10 && result?.losses == 2 && result?.ties == 2 && result?.isBetter == true)
        comparison.answer(comparison.isAdaptedLeft(0) ? .right : .left, pair: 0)
        #expect(comparison.result?.isBetter == false)
    }

    @Test func `finds what was learned by heart`() {
        let rows = ["The old baker opens the small shop by the river at seven."]
        let copies = CopyShare(rows: rows)
        #expect(copies.share(of: "the OLD baker, opens the small shop by the river at seven") == 1)
        #expect(copies.share(of: "A lamp stands in the window of the house across the quiet street") == 0)
        #expect(copies.share(of: "too short") == nil)
        let half = copies.share(of: "the old baker opens the small shop by another name in the year")
        #expect(half.map { $0 > 0 && $0 < 0.5 } == true)
        #expect(CopyShare(rows: ["清晨第一炉面包出炉了"]).share(of: "清晨第一炉面包出炉") == 1)
    }
}
