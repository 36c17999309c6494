@testable import Studio

// Training runs for the tests.

extension StudioScript {
    static let runItems: [RunItem] = [
        RunItem(
            folder: "/home/ada/models/my-voice", model: "an adapter of rank 8 of qwen2.5-coder-0.5b-q4",
            state: .running,
            step: 180, steps: 400, loss: 1.86214, secondsLeft: 754),
        RunItem(
            folder: "/home/ada/models/短篇小说的声音", model: "all weights of 小模型", state: .paused, step: 40, steps: 1200,
            loss: 3.25, secondsLeft: 9000),
        RunItem(
            folder: "/home/ada/runs/too-hot", model: "all weights of recipe", state: .failed, step: 31, steps: 900,
            loss: 7.5,
            reason:
                "Step 32 computed NaN or infinity (first in the gradient of 'blk.0.attn_q.weight'), reading the rows "
                + "4, 9. The weights were not changed, and the last checkpoint stays. Use a lower learning rate or a "
                + "longer warmup, or look at those rows."),
        RunItem(
            folder: "/home/ada/runs/a-very-long-name-of-a-run-that-is-done",
            model: "an adapter of rank 4 of gemma-3-270m",
            state: .finished, step: 60, steps: 60, loss: 0.9),
        RunItem(folder: "/home/ada/runs/killed", model: "all weights of tiny", state: .interrupted, step: 0, steps: 50),
    ]

    /// A curve that falls, with some up and down, and a sample.
    static func runDetails(_ item: RunItem) -> RunDetails {
        let training = (1...max(item.step, 1)).map { step in
            RunDetails.Point(
                step: step,
                loss: 1.6 + 2.4 / (1 + Double(step) / 20) + (step % 3 == 0 ? 0.15 : step % 3 == 1 ? -0.1 : 0))
        }
        return RunDetails(
            folder: item.folder, training: item.step > 0 ? training : [],
            validation: stride(from: 30, through: item.step, by: 30).map {
                RunDetails.Point(step: $0, loss: 1.8 + 2.4 / (1 + Double($0) / 20))
            },
            sample: item.step >= 100
                ? .init(
                    step: 150,
                    text: "The harbour woke before the gulls did, and Mara counted the masts as she had every morning "
                        + "since the storm, one for each of the boats that came home.") : nil)
    }

    /// Answers the last question about runs.
    mutating func answerRuns(_ items: [RunItem]) {
        // The first answer leads to a question about the first run.
        for _ in 0..<2 {
            send(.runsSeen(items, details: state.runs.item(state.runs.asked).map(StudioScript.runDetails)))
        }
    }

    /// The runs whose logs were asked for, in their order; "" for none.
    var runsAsked: [String] {
        effects.compactMap { if case .lookAtRuns(let folder) = $0 { folder ?? "" } else { nil } }
    }
}
