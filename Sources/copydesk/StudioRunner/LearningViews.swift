// What was learned, for the studio: records as items, pairs without their sides' writers, answers, and off and on.
// - Every change goes through `LearningFolder` and `LearnAdoption`, as at the command line.
// - All of it runs on one queue of its own, because a store may have many stars, and files of adapters may be large.

import Dispatch
import Foundation
import Generation
import Models
import Store
import Studio
import Synchronization
import Training

extension EffectRunner {
    func lookAtLearnings(readsStars: Bool) {
        inBackground(on: learnings.queue) { [learnings, store, shared] in
            let seen = learnings.look(in: store, shared, readsStars: readsStars)
            return .learningsSeen(seen.items, offer: seen.offer)
        } failed: {
            .notice($0, isFailure: true)
        }
    }

    func openComparison(_ name: String) {
        inBackground(on: learnings.queue) { [learnings = shared.learnings] in
            let folder = try learnings.folder(named: name)
            let record = try folder.record()
            guard record.state == .ready, let comparison = record.comparison else {
                throw LearningError.notReady(name: name, state: record.state)
            }
            return .comparisonOpened(BlindPairs(comparison, name: name))
        } failed: {
            .notice($0, isFailure: true)
        }
    }

    func answerPair(_ name: String, _ pair: Int, _ answer: PairAnswer) {
        inBackground(on: learnings.queue) { [learnings = shared.learnings] in
            let record = try learnings.folder(named: name).answer(BlindComparison.Answer(answer), pair: pair)
            return .pairAnswered(
                name: name, answeredCount: record.comparison?.answeredCount ?? 0, next: record.comparison?.next)
        } failed: {
            .pairNotAnswered(name: name, sentence: $0)
        }
    }

    func turnLearned(_ name: String, isOn: Bool, isFirst: Bool) {
        let used = modelInUse ?? ModelLibrary.builtInName
        inBackground(on: learnings.queue) { [shared] in
            let folder = try shared.learnings.folder(named: name)
            let record = try folder.record()
            let adoption = LearnAdoption(shared: shared, folder: folder) { _ in }
            if isFirst {
                guard record.state == .compared else { throw LearningError.notReady(name: name, state: record.state) }
                try adoption.adopt(isAgainstResult: record.comparison?.outcome?.verdict != .better)
            } else {
                // Another window may have done it already; then only the model in use is left to change.
                guard [.adopted, .off].contains(record.state) else {
                    throw LearningError.notReady(name: name, state: record.state)
                }
                if record.state != (isOn ? .adopted : .off) { try adoption.turn(on: isOn) }
            }
            let places = ModelPlaces(shared: shared, base: record.base.name, adapter: name)
            let words =
                isOn
                ? "\(record.base.name) writes with '\(name)' now" : "\(record.base.name) writes without '\(name)' now"
            let before = isOn ? Self.withoutLearned(used, shared) : used
            return .learnedTurned(sentence: words, model: places.changed(before, isOn))
        } failed: {
            .learnedNotTurned(sentence: $0)
        }
    }

    /// A model without what it has learned: at most one learning of a base is on.
    private nonisolated static func withoutLearned(_ model: String, _ shared: SharedOptions) -> String {
        var choice = ModelChoice(model)
        let learned = Set(shared.learnings.all().map(\.name))
        choice.adapters.removeAll { learned.contains($0.name) }
        return choice.text
    }
}

/// Reads learnings, and the stars when it is asked to.
final class LearningsReader: Sendable {
    let queue = DispatchQueue(label: "copydesk.learnings")
    private let hashes = Mutex<[String: String]?>(nil)

    /// - Parameter readsStars: false if the hashes of the starred drafts are taken as they were read last.
    func look(
        in store: DraftStore, _ shared: SharedOptions, readsStars: Bool
    ) -> (items: [LearningItem], offer: LearningOffer?) {
        let folders = shared.learnings.all()
        if readsStars, !folders.isEmpty {
            let read = try? StarredKeeps.hashes(store)
            hashes.withLock { $0 = read }
        }
        let current = hashes.withLock { $0 }
        return (folders.map { LearningItem($0, current: current) }, readsStars ? Self.offer(in: store, shared) : nil)
    }

    /// What would be learned now, by the same rules as when it begins.
    private static func offer(in store: DraftStore, _ shared: SharedOptions) -> LearningOffer {
        do {
            let keeps = try StarredKeeps.read(store, shared, model: nil).keeps
            let seed = TrainingJob.learning.settings.seed
            // Without enough drafts there is no need to look for a model.
            _ = try LearningRows(keeps, seed: seed)
            let session = LearnSession(shared: LearningStart.options(of: shared), isJSON: false)
            let base = try session.base(of: keeps)
            let own = try LearningRows(try StarredKeeps.read(store, shared, model: base.name).keeps, seed: seed)
            let drafts = own.trained + own.heldOut
            let bytes = drafts.reduce(0) { $0 + $1.text.utf8.count + $1.promptKey.utf8.count }
            let parameters = base.file.tensorNames.reduce(0.0) { sum, name in
                sum + (base.file.shape(of: name) ?? []).reduce(1.0) { $0 * Double($1) }
            }
            return .drafts(
                count: drafts.count, edited: drafts.count { $0.isEdited }, base: base.name,
                minutes: LearningStart.minutes(textBytes: bytes, parameters: parameters))
        } catch {
            let needsStars =
                switch error as? LearningError {
                case .tooFewKeeps, .onePrompt: true
                default: false
                }
            return .refused(sentence: StudioHints.sentence(of: error), needsStars: needsStars)
        }
    }
}

extension LearningItem {
    /// - Parameter current: as `StarredKeeps.hashes` gives them; nil if the store could not be read.
    init(_ folder: LearningFolder, current: [String: String]?) {
        let record: LearningRecord
        do {
            record = try folder.record()
        } catch {
            self.init(name: folder.name, state: .damaged, facts: [error.sentenceWithHint])
            return
        }
        let outcome = record.comparison?.outcome
        var facts = outcome == nil ? [] : LearnWords.outcome(record)
        if record.state == .declined { facts.append(LearnWords.refusalReason(record.losses)) }
        let needed: Int? =
            if let result = outcome?.result {
                SignTest.neededWins(of: result.wins + result.losses)
            } else {
                SignTest.neededWins(of: record.plannedPairs)
            }
        if let result = outcome?.result {
            let decided = result.wins + result.losses
            facts.append(
                needed.map { "Of \(counted(decided, "pair")) with a preference, \($0) were needed." }
                    ?? "With \(counted(decided, "pair")) with a preference, no result could show a difference.")
        }
        let source = record.template.map { " of \($0)" } ?? ""
        facts.append("An adapter of \(record.base.name), learned from \(record.keeps.count) drafts\(source).")
        facts += LearnWords.facts(record)
        let changes = current.map { record.changes(since: $0) }
        let isOpen = record.state == .training || record.state == .writing
        self.init(
            name: folder.name, state: State(record.state), base: record.base.name, facts: facts,
            plannedPairs: record.plannedPairs, answeredPairs: record.comparison?.answeredCount ?? 0,
            neededWins: needed, verdict: outcome.map { Verdict($0.verdict) },
            run: isOpen ? (try? RunStatus(of: folder.run)).map { RunItem($0, folder: folder.run.path) } : nil,
            stale: changes.flatMap { $0.isStale ? LearningError.words($0) : nil },
            isAgainstResult: record.adoption?.isAgainstResult ?? false)
    }
}

extension LearningItem.State {
    init(_ state: LearningRecord.State) {
        self =
            switch state {
            case .training: .training
            case .writing: .writing
            case .declined: .declined
            case .ready: .ready
            case .compared: .compared
            case .adopted: .adopted
            case .off: .off
            }
    }
}

extension LearningItem.Verdict {
    init(_ verdict: LearningComparison.Outcome.Verdict) {
        self =
            switch verdict {
            case .better: .better
            case .worse: .worse
            case .undecided: .undecided
            }
    }
}

extension BlindPairs {
    /// The pairs as they are shown; which draft is whose stays behind.
    init(_ comparison: LearningComparison, name: String) {
        let pairs = comparison.prompts.indices.map { index in
            let (prompt, sides) = (comparison.prompts[index], comparison.sides(index))
            return Pair(title: prompt.title, prompt: prompt.text, left: sides.left, right: sides.right)
        }
        self.init(name: name, pairs: pairs, answeredCount: comparison.answeredCount, next: comparison.next)
    }
}

extension BlindComparison.Answer {
    init(_ answer: PairAnswer) {
        self =
            switch answer {
            case .left: .left
            case .right: .right
            case .equal: .equal
            }
    }
}
