// How a learning stands, in words and in JSON. It never tells which side of a pair is whose, nor who wins, before all
// pairs have an answer.

import Foundation
import Generation
import Store
import Training

struct LearnReport: Encodable {
    struct Base: Encodable {
        var name: String
        var hash: String
    }

    struct Keeps: Encodable {
        var trained: Int
        var heldOut: Int
        var edited: Int
        var hash: String
        /// Ids of the drafts: their generation's uuid, and their place there.
        var ids: [String]
    }

    struct Losses: Encodable {
        var heldOutBefore: Double
        var heldOutAfter: Double
        var generalBefore: Double
        var generalAfter: Double
    }

    struct Adapter: Encodable {
        var path: String
        var hash: String
    }

    struct Pairs: Encodable {
        var planned: Int
        var answered: Int
        /// Prompts that got the same draft with and without the adapter.
        var same: Int
        /// The wins that are needed if no pair is equal.
        var neededWins: Int?
    }

    struct Result: Encodable {
        var wins: Int
        var losses: Int
        var ties: Int
        var chance: Double
        var verdict: String
        /// Shares of runs of eight words that stand in the drafts that were learned from.
        var copiesOfBase: Double?
        var copiesOfAdapter: Double?

        init(_ outcome: LearningComparison.Outcome) {
            (wins, losses, ties) = (outcome.result.wins, outcome.result.losses, outcome.result.ties)
            (chance, verdict) = (outcome.result.chance, outcome.verdict.rawValue)
            (copiesOfBase, copiesOfAdapter) = (outcome.copies?.base, outcome.copies?.adapted)
        }
    }

    struct Stale: Encodable {
        var unstarred: Int
        var edited: Int
    }

    var name: String
    var folder: String
    var state: String
    var base: Base
    var template: String?
    var seed: UInt64
    var keeps: Keeps
    var generalTexts: Int
    var losses: Losses?
    var step: Int?
    var adapter: Adapter?
    var pairs: Pairs
    var result: Result?
    /// nil if the adapter knows what the starred drafts say now, or the store cannot be read.
    var stale: Stale?
    var adoptedAgainstResult: Bool?

    private var shownLines: [String]

    private enum CodingKeys: CodingKey {
        case name, folder, state, base, template, seed, keeps, generalTexts, losses, step, adapter, pairs, result, stale
        case adoptedAgainstResult
    }

    /// - Throws: `LearningError` if the record cannot be read.
    init(_ folder: LearningFolder, shared: SharedOptions) throws {
        let store = try? shared.openStoreForReading(mustExist: true)
        defer { try? store?.close() }
        try self.init(folder, current: store.flatMap { try? StarredKeeps.hashes($0) })
    }

    /// - Parameter current: as `StarredKeeps.hashes` gives them; nil if the store cannot be read.
    init(_ folder: LearningFolder, current: [String: String]?) throws {
        let record = try folder.record()
        name = folder.name
        self.folder = folder.path
        state = record.state.rawValue
        base = Base(name: record.base.name, hash: record.base.hash)
        template = record.template
        seed = record.seed
        keeps = Keeps(
            trained: record.trainedCount, heldOut: record.heldOutCount, edited: record.editedCount,
            hash: record.keepsHash, ids: record.keeps.map(\.id))
        generalTexts = record.generalRowCount
        losses = record.losses.map {
            Losses(
                heldOutBefore: $0.heldOutBefore, heldOutAfter: $0.heldOutAfter, generalBefore: $0.generalBefore,
                generalAfter: $0.generalAfter)
        }
        step = record.bestStep
        adapter = record.adapter.map { Adapter(path: "\(folder.path)/\($0.path)", hash: $0.hash) }
        pairs = Pairs(
            planned: record.plannedPairs, answered: record.comparison?.answeredCount ?? 0,
            same: record.comparison?.sameCount ?? 0, neededWins: SignTest.neededWins(of: record.plannedPairs))
        result = record.comparison?.outcome.map(Result.init)
        let changes = current.map { record.changes(since: $0) }
        stale = changes.flatMap { $0.isStale ? Stale(unstarred: $0.unstarred, edited: $0.edited) : nil }
        adoptedAgainstResult = record.adoption?.isAgainstResult
        shownLines = LearnWords.lines(record, folder, changes)
    }

    /// Sentences and figures, the name first.
    var lines: [String] { shownLines }

    /// Prints the lines; on a terminal they are broken between words.
    /// - Parameter first: the first line to print.
    func printLines(from first: Int = 0) throws {
        for line in shownLines.dropFirst(first) { try Console.print(LearnWords.wrapped(line)) }
    }
}

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
            "\(folder.name): an adapter of \(record.base.name), learned from \(record.keeps.count) drafts\(source)",
            "\(record.trainedCount) trained on, \(record.heldOutCount) held out by their prompts, \(record.editedCount) edited, "
                + "\(counted(record.generalRowCount, "general text")) of \(record.base.name)'s own · seed \(record.seed)",
        ]
        if let losses = record.losses { lines.append(self.losses(losses, step: record.bestStep)) }
        if let same = record.comparison?.sameCount, same > 0 {
            lines.append("With and without the adapter, \(counted(same, "prompt")) got the same draft.")
        }
        lines += state(record, folder)
        if let changes, changes.isStale {
            lines.append(
                "Stale: of its drafts \(LearningError.words(changes)). The adapter still knows them as they were; "
                    + "`copydesk learn` learns anew.")
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
                let step =
                    isTraining ? status?.line.map { ", update \($0.step) of \(status?.facts.stepCount ?? 0)" } : nil
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

    /// Why an adapter is not offered, with the figures.
    static func refusal(_ losses: LearningLosses?) -> String {
        guard let losses else { return "The adapter is not offered." }
        switch losses.refusal {
        case .forgotTooMuch:
            return
                "The adapter is not offered, because it forgot too much: the loss on a general text rose by "
                + "\(LearningComparison.Outcome.percent(losses.generalRise, digits: 2)), and "
                + "\(LearningComparison.Outcome.percent(LearningLosses.allowedRise, digits: 2)) are allowed. Learn anew "
                + "with fewer --epochs or a lower --lr."
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
