import Foundation
import Testing
import Training

/// A run of transformers' Trainer, from steps.json.
private struct TrainerRun: Decodable, CustomTestStringConvertible {
    struct Step: Decodable { var step: Int, rate: Double, epoch: Double }
    var rows: Int, batch: Int, accumulation: Int
    var epochs: Double
    var limit: Int
    var schedule: String
    var warmup: Double
    var steps: [Step]

    var testDescription: String { "\(rows) rows, \(batch) × \(accumulation), \(epochs) epochs, \(limit), \(schedule)" }

    static let all: [TrainerRun] =
        (try? JSONDecoder().decode([TrainerRun].self, from: Data(contentsOf: fixture("steps.json")))) ?? []
}

@Suite struct `The updates of a run` {
    @Test func `the reference has runs of every kind`() {
        #expect(TrainerRun.all.count == 28 && TrainerRun.all.allSatisfy { !$0.steps.isEmpty })
    }

    @Test(arguments: TrainerRun.all)
    fileprivate func `are those of transformers, with its rates and epochs`(run: TrainerRun) throws {
        let plan = StepPlan(
            exampleCount: run.rows, batchSize: run.batch, accumulation: run.accumulation, epochs: run.epochs,
            stepLimit: run.limit > 0 ? run.limit : nil)
        let shape = try #require(
            LearningRateSchedule.Shape(rawValue: run.schedule == "constant_with_warmup" ? "constant" : run.schedule))
        let schedule = LearningRateSchedule(shape: shape, peak: 0.01, warmup: run.warmup)
        #expect(plan.stepCount == run.steps.count)
        for (index, step) in run.steps.enumerated() {
            #expect(step.step == index + 1)
            #expect(abs(schedule.rate(after: index, of: plan.stepCount) - step.rate) < 1e-9, "step \(step.step)")
            // The log rounds to four places.
            #expect(abs(plan.step(index).epochsDone - step.epoch) < 1e-4, "step \(step.step)")
        }
    }

    @Test(arguments: [(7, 2, 3), (5, 8, 1), (9, 1, 4), (1, 1, 1)])
    func `read every example once in each epoch`(rows: Int, batch: Int, accumulation: Int) {
        let plan = StepPlan(exampleCount: rows, batchSize: batch, accumulation: accumulation, epochs: 3)
        var places: [Int: [Int]] = [:]
        for index in 0..<plan.stepCount {
            let step = plan.step(index)
            #expect(step.microBatches.count <= accumulation)
            for range in step.microBatches { places[step.epoch, default: []] += range }
        }
        #expect(places == [0: Array(0..<rows), 1: Array(0..<rows), 2: Array(0..<rows)])
    }

    @Test func `a warmup may begin with its first step, and a rate may end above zero`() {
        let schedule = LearningRateSchedule(
            shape: .cosine, peak: 1, minimum: 0.1, warmup: 4, warmupStart: .firstStep)
        #expect((0..<4).map { schedule.rate(after: $0, of: 10) } == [0.25, 0.5, 0.75, 1])
        #expect(schedule.rate(after: 4, of: 10) == 1)
        #expect(abs(schedule.rate(after: 10, of: 10) - 0.1) < 1e-12)
    }
}
