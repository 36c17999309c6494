// The words of the reasons for which a candidate is chosen or left out.

import Generation
import Testing

@Suite struct `The reasons of a choice` {
    @Test func `the likelihood comes first, then the weightiest reason, and what rounds to nothing is left out`() {
        let score = DraftScore(
            meanLogProbability: -1.25, parts: ["overlap": -0.0001, "sameOpening": -1.5, "unnamed": -2.5])
        #expect(score.explanation == "-5.25 = likelihood -1.25, lacks a name -2.50, opens like a better one -1.50")
        let likely = DraftScore(meanLogProbability: -0.5, parts: ["overlap": -0.004])
        #expect(likely.explanation == "-0.50 = likelihood -0.50")
    }

    @Test func `the shown numbers add up to the shown sum, also if all of them were rounded`() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<200 {
            var score = DraftScore(meanLogProbability: Double.random(in: -3...0, using: &random))
            for reason in ScoreReason.allCases where Bool.random(using: &random) {
                score[reason] = Double.random(in: -3...1, using: &random)
            }
            let sides = score.explanation.split(separator: " = ")
            let numbers = sides[1].split(separator: ", ").compactMap { hundredths(of: $0.split(separator: " ").last) }
            #expect(!numbers.isEmpty && numbers.reduce(0, +) == hundredths(of: sides[0]), "\(score.explanation)")
        }
    }

    @Test(arguments: ScoreReason.allCases)
    func `a reason is said in words, not by its name in the store`(reason: ScoreReason) {
        var score = DraftScore(meanLogProbability: -1)
        score[reason] = -1.5
        #expect(score.parts == [reason.rawValue: -1.5])
        #expect(score.explanation == "-2.50 = likelihood -1.00, \(reason.words) -1.50")
        #expect(reason.words.contains(" ") && reason.words != reason.rawValue)
    }

    @Test func `a reason of another version is read as words, and a broken number counts nothing`() {
        let score = DraftScore(meanLogProbability: -1, parts: ["sameEnding": 0.5, "copied": .nan])
        #expect(score.explanation == "-0.50 = likelihood -1.00, same ending +0.50")
    }

    private func hundredths(of text: Substring?) -> Int? {
        text.flatMap { Double($0) }.map { Int(($0 * 100).rounded()) }
    }
}
