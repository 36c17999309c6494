// The record of a learning: an adapter that was trained on starred drafts, and what a person found it worth.
// - It is one JSON file, replaced as a whole, in a folder of its own; see `LearningFolder`.
// - It names the drafts and never holds their text, so that a draft that is removed from the store is gone.
// - The number of pairs to compare is fixed when the learning begins, and never changes.

import Foundation
import Generation

/// What is known about a learning.
public struct LearningRecord: Sendable, Equatable, Codable {
    /// How far it is. `stale` is none of them: see `changes(since:)`.
    public enum State: String, Sendable, Codable, CaseIterable {
        /// The adapter is trained, or the run was stopped and can go on.
        case training
        /// The adapter is there, and the pairs of the comparison are written.
        case writing
        /// The adapter is not offered: it predicts no better, or forgot too much. See `LearningLosses.refusal`.
        case declined
        /// The pairs wait for answers.
        case ready
        /// All pairs have an answer.
        case compared
        /// The base opens with the adapter.
        case adopted
        /// It was adopted, and is turned off.
        case off
    }

    /// The model that the adapter changes.
    public struct Base: Sendable, Equatable, Codable {
        public var name: String
        /// `FileFingerprint`'s.
        public var hash: String
        /// A name or a path that opens it.
        public var reference: String

        /// - Parameter reference: nil: the name.
        public init(name: String, hash: String, reference: String? = nil) {
            self.name = name
            self.hash = hash
            self.reference = reference ?? name
        }
    }

    /// A starred draft as it was when the learning began.
    public struct Keep: Sendable, Equatable, Codable {
        /// The uuid of its generation and its place there: `UUID/0`.
        public var id: String
        /// Of its text.
        public var hash: String
        public var isEdited: Bool
        /// True if the adapter is never trained on it, only measured.
        public var isHeldOut: Bool

        public init(id: String, hash: String, isEdited: Bool, isHeldOut: Bool) {
            self.id = id
            self.hash = hash
            self.isEdited = isEdited
            self.isHeldOut = isHeldOut
        }

        /// The hash of a text, as `hash` has it.
        public static func hash(of text: String) -> String { FNV1a(text.utf8).hexadecimal }
    }

    /// Losses of a model, in nats a label.
    public struct Measure: Sendable, Equatable, Codable {
        /// Over the answers of the held-out drafts.
        public var heldOut: Double
        /// Over `GeneralText.sample`.
        public var general: Double

        public init(heldOut: Double, general: Double) {
            self.heldOut = heldOut
            self.general = general
        }
    }

    /// The adapter that came out.
    public struct Adapter: Sendable, Equatable, Codable {
        /// From the learning's folder on.
        public var path: String
        /// Of its bytes.
        public var hash: String

        public init(path: String, hash: String) {
            self.path = path
            self.hash = hash
        }
    }

    /// The decision to use the adapter.
    public struct Adoption: Sendable, Equatable, Codable {
        /// Seconds since 1970.
        public var time: Double
        /// True if the person adopted it although the comparison does not say that it is better.
        public var isAgainstResult: Bool
        /// The adapter's name in the library of models.
        public var adapterName: String

        public init(time: Double, isAgainstResult: Bool, adapterName: String) {
            self.time = time
            self.isAgainstResult = isAgainstResult
            self.adapterName = adapterName
        }
    }

    public static let currentVersion = 1

    public var version = LearningRecord.currentVersion
    public var state = State.training
    /// Seconds since 1970.
    public var start: Double
    public var base: Base
    /// The template whose drafts it learns from; nil: all.
    public var template: String?
    /// Of the division into trained and held-out drafts, the order of rows, the drafts of the comparison.
    public var seed: UInt64
    public var keeps: [Keep]
    /// How much more an edited draft counts than one that stands as the model wrote it.
    public var editedWeight: Double
    /// Rows against forgetting, which the base wrote itself.
    public var generalRowCount: Int
    /// Of the run, so that it goes on with the same.
    public var part: TrainedPart
    public var settings: RunSettings
    /// The most tokens of a row; 0: the usual number.
    public var maxLength: Int
    /// Of the base alone; nil until it is measured, before the first update.
    public var before: Measure?
    public var losses: LearningLosses?
    /// The update that the adapter was taken from; the best one on the held-out drafts.
    public var bestStep: Int?
    public var adapter: Adapter?
    /// Pairs that the comparison has, or will have.
    public var plannedPairs: Int
    /// Pairs that are written so far; nil when all are, and stand in the comparison.
    public var written: [WrittenPair]?
    public var comparison: LearningComparison?
    public var adoption: Adoption?

    public init(
        base: Base, template: String?, keeps: [Keep], editedWeight: Double, generalRowCount: Int, job: TrainingJob,
        plannedPairs: Int, start: Double = Date().timeIntervalSince1970
    ) {
        self.base = base
        self.template = template
        seed = job.settings.seed
        part = job.part
        settings = job.settings
        maxLength = job.encoding.maxLength
        self.keeps = keeps
        self.editedWeight = editedWeight
        self.generalRowCount = generalRowCount
        self.plannedPairs = plannedPairs
        self.start = start
    }

    /// Of the drafts' ids, texts and sides: two learnings with the same learned from the same.
    public var keepsHash: String {
        var hash = FNV1a()
        for keep in keeps.sorted(by: { $0.id < $1.id }) {
            hash.mix("\(keep.id) \(keep.hash) \(keep.isEdited) \(keep.isHeldOut)\n".utf8)
        }
        return hash.hexadecimal
    }

    public var trainedCount: Int { keeps.count { !$0.isHeldOut } }
    public var heldOutCount: Int { keeps.count { $0.isHeldOut } }
    public var editedCount: Int { keeps.count { $0.isEdited } }
}

extension LearningRecord {
    /// The name of a setting that no run can have, because the file was changed by hand; nil if all can be.
    var impossibleSetting: String? {
        guard case .adapters(let rank, let alpha, _) = part, (1...4096).contains(rank), alpha > 0, alpha <= 1e6 else {
            return "part"
        }
        let counts = 1...65_536
        let intervals = 0...100_000_000
        let checks: [(name: String, isPossible: Bool)] = [
            ("settings.batchSize", counts.contains(settings.batchSize)),
            ("settings.accumulation", counts.contains(settings.accumulation)),
            ("settings.epochs", (0.001...100_000).contains(settings.epochs)),
            ("settings.stepLimit", settings.stepLimit.map { (1...100_000_000).contains($0) } ?? true),
            ("settings.evaluationInterval", intervals.contains(settings.evaluationInterval)),
            ("settings.checkpointInterval", intervals.contains(settings.checkpointInterval)),
            ("settings.checkpointLimit", intervals.contains(settings.checkpointLimit)),
            ("settings.logInterval", intervals.contains(settings.logInterval)),
            ("maxLength", (0...10_000_000).contains(maxLength)),
            ("plannedPairs", (1...LearningComparison.mostPairs).contains(plannedPairs)),
        ]
        return checks.first { !$0.isPossible }?.name
    }
}

// MARK: Stale

extension LearningRecord {
    /// What happened to the drafts since the learning began.
    public struct Changes: Sendable, Equatable {
        /// Drafts that have no star any more, or are gone.
        public var unstarred = 0
        public var edited = 0

        /// True if the adapter knows something that the person does not stand by any more.
        public var isStale: Bool { unstarred + edited > 0 }
    }

    /// - Parameter current: the hash of the text of each starred draft, by its id.
    public func changes(since current: [String: String]) -> Changes {
        var changes = Changes()
        for keep in keeps {
            guard let hash = current[keep.id] else {
                changes.unstarred += 1
                continue
            }
            if hash != keep.hash { changes.edited += 1 }
        }
        return changes
    }
}
