// What a learning is to a person: its figures, where it stands, what can be done next, and what helps with its errors.

import Generation
import Training

/// Words about learnings.
enum LearnWords {
    /// A text broken between words if it goes to a terminal.
    static func wrapped(_ text: String) -> String {
        guard Console.outputIsTerminal, let columns = Console.outputColumns else { return text }
        return WordWrap.text(text, columns: columns)
    }

    static func lines(
        _ record: LearningRecord, _ folder: LearningFolder, _ changes: LearningRecord.Changes?
    ) -> [String] {
        let source = record.template.map { " of \($0)" } ?? ""
        var lines = [
            "\(folder.name): an adapter of \(record.base.name), learned from \(record.keeps.count) drafts\(source)"
        ]
        lines += facts(record) + state(record, folder)
        if let changes, changes.isStale {
            lines.append(
                "Stale: of its drafts \(LearningError.words(changes)). The adapter still knows them as they were; "
                    + "`copydesk learn` learns anew.")
        }
        return lines
    }

    /// The drafts, the losses, and the prompts that made no pair.
    static func facts(_ record: LearningRecord) -> [String] {
        var lines = [
            "\(record.trainedCount) trained on, \(record.heldOutCount) held out by their prompts, \(record.editedCount) edited, "
                + "\(counted(record.generalRowCount, "general text")) of \(record.base.name)'s own · seed \(record.seed)"
        ]
        if let losses = record.losses { lines.append(self.losses(losses, step: record.bestStep)) }
        if let same = record.comparison?.sameCount, same > 0 {
            lines.append("With and without the adapter, \(counted(same, "prompt")) got the same draft.")
        }
        return lines
    }

    private static func losses(_ losses: LearningLosses, step: Int?) -> String {
        let rise = LearningComparison.Outcome.percent(losses.generalRise)
        let allowed = LearningComparison.Outcome.percent(LearningLosses.allowedRise)
        let place = step.map { " · taken from update \($0)" } ?? ""
        return
            "held-out loss \(RunWords.loss(losses.heldOutBefore)) → \(RunWords.loss(losses.heldOutAfter)) · general text "
            + "\(RunWords.loss(losses.generalBefore)) → \(RunWords.loss(losses.generalAfter)) "
            + "(\(losses.generalRise > 0 ? "+" : "")\(rise), at most +\(allowed))\(place)"
    }

    private static func state(_ record: LearningRecord, _ folder: LearningFolder) -> [String] {
        let word = ShellWord.of(folder.name)
        switch record.state {
        case .training, .writing:
            let what = record.state == .training ? "training" : "writing the pairs to compare"
            let status = try? RunStatus(of: folder.run)
            if folder.run.isRunning {
                let isTraining = record.state == .training
                let written = record.written?.count { $0.pair.base != $0.pair.adapted } ?? 0
                let step =
                    isTraining
                    ? status?.line.map { ", update \($0.step) of \(status?.facts.stepCount ?? 0)" }
                    : ", \(written) of \(record.plannedPairs)"
                return ["\(what)\(step ?? "")\(status?.state == .paused ? ", paused while a draft is written" : "")"]
            }
            let reason = status?.state == .failed ? status?.facts.end?.reason : nil
            return [reason, "stopped while \(what). `copydesk learn --resume --name \(word)` goes on."].compactMap(
                \.self)
        case .declined: return [refusal(record.losses)]
        case .ready:
            let answered = record.comparison?.answeredCount ?? 0
            return [
                "\(answered) of \(record.plannedPairs) pairs have an answer. `copydesk learn compare \(word)` asks for the "
                    + "others."
            ]
        case .compared:
            let next =
                record.comparison?.outcome?.verdict == .better
                ? "`copydesk learn adopt \(word)` uses it from now on."
                : "It is not used. `copydesk learn adopt \(word) --anyway` would use it nevertheless."
            return outcome(record) + [next]
        case .adopted:
            let against = record.adoption?.isAgainstResult == true ? ", against the result" : ""
            return outcome(record) + ["adopted\(against). `copydesk learn off` turns it off."]
        case .off: return outcome(record) + ["turned off. `copydesk learn on` turns it on again."]
        }
    }

    /// The figures of a comparison that is decided; nothing before.
    static func outcome(_ record: LearningRecord) -> [String] {
        guard let outcome = record.comparison?.outcome else { return [] }
        var lines = [outcome.sentence]
        if let copies = outcome.copies {
            let (base, adapted) = (
                LearningComparison.Outcome.percent(copies.base), LearningComparison.Outcome.percent(copies.adapted)
            )
            lines.append(
                "Copied from the drafts that were learned from (runs of eight words): base \(base), adapter \(adapted)."
            )
        }
        return lines
    }

    /// Why an adapter is not offered, with the figures, and what helps.
    static func refusal(_ losses: LearningLosses?) -> String {
        guard losses?.refusal == .forgotTooMuch else { return refusalReason(losses) }
        return "\(refusalReason(losses)) Learn anew with fewer --epochs or a lower --lr."
    }

    /// Why an adapter is not offered, with the figures.
    static func refusalReason(_ losses: LearningLosses?) -> String {
        guard let losses else { return "The adapter is not offered." }
        switch losses.refusal {
        case .forgotTooMuch:
            return
                "The adapter is not offered, because it forgot too much: the loss on a general text rose by "
                + "\(LearningComparison.Outcome.percent(losses.generalRise, digits: 2)), and "
                + "\(LearningComparison.Outcome.percent(LearningLosses.allowedRise, digits: 2)) are allowed."
        case .learnedNothing:
            return
                "The adapter is not offered, because it predicts the held-out drafts no better than the model alone "
                + "(\(RunWords.loss(losses.heldOutBefore)) before, \(RunWords.loss(losses.heldOutAfter)) after). Keep more "
                + "drafts, or edit those that you keep."
        case nil: return "The adapter is not offered."
        }
    }
}

extension LearningError: HintedError {
    var hint: String? {
        switch self {
        case .none: "`copydesk learn` begins when 30 drafts are starred."
        case .tooFewKeeps: nil
        case .taken: "--name gives another one, and `copydesk learn remove` removes it."
        case .badName: "--name gives it."
        case .damaged: "`copydesk learn remove` removes it."
        case .changedKeeps, .changedBase, .damagedAdapter: "`copydesk learn` does that."
        case .notReady: "`copydesk learn status` shows how it stands."
        case .onePrompt, .missing, .unknown, .newer, .fewPrompts: nil
        }
    }
}
