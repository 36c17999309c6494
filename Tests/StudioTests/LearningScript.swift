@testable import Studio

// What was learned from stars, for the tests: a learning in each state, and pairs to compare.

extension StudioScript {
    static let offer = LearningOffer.drafts(count: 43, edited: 12, base: "built-in", minutes: 14)
    static let fewKeeps = LearningOffer.refused(
        sentence: "You have kept 12 drafts; learning begins at 30.", needsStars: true)

    private static let drafts =
        "33 trained on, 10 held out by their prompts, 12 edited, 5 general texts of built-in's own · seed 1"
    private static let losses =
        "held-out loss 3.1043 → 2.7120 · general text 3.4410 → 3.4702 (+0.8%, at most +2.0%) · taken from update 9"

    static func learning(
        _ name: String, _ state: LearningItem.State, facts: [String] = [], answered: Int = 0,
        verdict: LearningItem.Verdict? = nil, run: RunItem? = nil, stale: String? = nil
    ) -> LearningItem {
        let known = state == .damaged ? [] : ["An adapter of built-in, learned from 43 drafts.", drafts]
        let measured = [.training, .damaged].contains(state) ? [] : [losses]
        return LearningItem(
            name: name, state: state, base: "built-in", facts: facts + known + measured, plannedPairs: 20,
            answeredPairs: answered, neededWins: 15, verdict: verdict, run: run, stale: stale)
    }

    private static func run(_ name: String, _ state: RunItem.State, reason: String? = nil) -> RunItem {
        RunItem(
            folder: "/home/ada/copydesk.learned/\(name)/run", model: "an adapter of rank 8 of built-in", state: state,
            step: 7, steps: 15, loss: 2.9134, secondsLeft: 240, reason: reason)
    }

    private static let won = [
        "You preferred the adapter in 16 of 20 pairs and the base in 3, and neither in 1. It is better: a fair coin would be "
            + "as far from even 0.4% of the time.",
        "Copied from the drafts that were learned from (runs of eight words): base 0.0%, adapter 2.5%.",
        "Of 19 pairs with a preference, 15 were needed.",
    ]
    private static let lost = [
        "You preferred the adapter in 11 of 20 pairs and the base in 9. That does not show that it is better: a fair coin "
            + "would be as far from even 82.4% of the time, and the limit is 5%."
    ]

    /// One in each state.
    static let learningItems: [LearningItem] = [
        learning("style-6", .training, run: run("style-6", .running)),
        learning("风格五", .writing, run: run("风格五", .paused)),
        learning("style-4", .ready, answered: 12),
        learning("style-3", .compared, facts: won, answered: 20, verdict: .better),
        learning("letters", .compared, facts: lost, answered: 20, verdict: .undecided),
        learning(
            "style-2", .adopted, facts: won, answered: 20, verdict: .better, stale: "1 has no star any more or is gone"),
        learning("style-1", .off, facts: won, answered: 20, verdict: .better),
        learning(
            "poems", .declined,
            facts: [
                "The adapter is not offered, because it forgot too much: the loss on a general text rose by 4.1%, and 2.0% "
                    + "are allowed."
            ]),
        learning(
            "killed", .training,
            run: run("killed", .failed, reason: "The disk is full: 1 MB are free, and a checkpoint needs 4.")),
        learning(
            "broken", .damaged,
            facts: [
                "/home/ada/copydesk.learned/broken/learning.json cannot be used: it is no record of a learning, or it is cut "
                    + "short. Correct it, or remove the learning and learn again."
            ]),
    ]

    /// Twenty pairs whose drafts are told apart by their words.
    static func pairs(answered: Int) -> BlindPairs {
        BlindPairs(
            name: "style-4",
            pairs: (1...20).map { number in
                BlindPairs.Pair(
                    title: "Short story", prompt: "character: a lighthouse keeper, number \(number)\nmood: calm",
                    left: "Left \(number). The harbour woke before the gulls did, and Mara counted the masts as she "
                        + "had every morning since the storm.\n\nOne was missing.",
                    right: "Right \(number). 灯塔的灯在黎明前熄灭了，玛拉数着桅杆，像每天早晨一样。 She wrote the number into her book, and "
                        + "waited for the boat that had not come home.")
            }, answeredCount: answered, next: answered < 20 ? answered : nil)
    }

    mutating func answerLearnings(_ items: [LearningItem], offer: LearningOffer? = nil) {
        send(.learningsSeen(items, offer: offer))
    }

    /// The answers that were sent to be kept: the pair, and which side.
    var answersAsked: [String] {
        effects.compactMap {
            if case .answerPair(let name, let pair, let answer) = $0 { "\(name) \(pair) \(answer)" } else { nil }
        }
    }

    var learningLooks: Int { effects.count { if case .lookAtLearnings = $0 { true } else { false } } }
}
