// Starred drafts as rows to learn from.
// - Drafts that answer one prompt stay on one side: if one is held out, all are. Otherwise the measure would be of memory.
// - An edited draft counts more than one that stands as the model wrote it, because the latter teaches the model only
//   what it does already.
// - The division depends on the prompts and the seed alone, not on the order of drafts.

import Generation

/// A starred draft.
public struct StarredKeep: Sendable, Equatable {
    /// As `LearningRecord.Keep.id`.
    public var id: String
    /// The prompt as it was sent then, and the text as it is now.
    public var row: CorpusRow
    public var text: String
    /// What was asked, whatever the model's form: equal for drafts that answer the same.
    public var promptKey: String
    public var isEdited: Bool
    public var template: String?
    /// The model that wrote it, without adapters.
    public var model: String

    public init(
        id: String, row: CorpusRow, text: String, promptKey: String, isEdited: Bool, template: String?, model: String
    ) {
        self.id = id
        self.row = row
        self.text = text
        self.promptKey = promptKey
        self.isEdited = isEdited
        self.template = template
        self.model = model
    }
}

/// The rows of a learning, divided.
public struct LearningRows: Sendable {
    /// With fewer drafts an adapter learns a few texts by heart, and nothing about the style.
    public static let leastKeeps = 30
    /// How much an edited draft counts; one that was not edited counts 1.
    public static let editedWeight = 3.0
    /// The least share of the drafts that are held out.
    public static let heldOutShare = 0.2
    /// Rows against forgetting for each trained draft.
    public static let generalShare = 0.15

    public private(set) var trained: [StarredKeep] = []
    public private(set) var heldOut: [StarredKeep] = []
    /// Drafts that say the same as another one, and are left out.
    public private(set) var duplicateCount = 0

    /// - Throws: `LearningError` for too few drafts, or if all answer one prompt.
    public init(_ keeps: [StarredKeep], seed: UInt64) throws(LearningError) {
        let distinct = Self.distinct(keeps)
        duplicateCount = keeps.count - distinct.count
        guard distinct.count >= Self.leastKeeps else {
            throw .tooFewKeeps(count: distinct.count, duplicates: duplicateCount)
        }
        let groups = Dictionary(grouping: distinct, by: \.promptKey)
        guard groups.count > 1 else { throw .onePrompt(count: distinct.count) }
        let order = groups.keys.sorted { (Self.place($0, seed), $0) < (Self.place($1, seed), $1) }
        let wanted = Int((Double(distinct.count) * Self.heldOutShare).rounded(.up))
        for key in order {
            let group = groups[key] ?? []
            // One prompt with most of the drafts is trained on, wherever it stands.
            let fits = heldOut.count + group.count <= distinct.count / 2
            if heldOut.count < wanted, fits { heldOut += group } else { trained += group }
        }
        guard !heldOut.isEmpty, !trained.isEmpty else { throw .onePrompt(count: distinct.count) }
    }

    /// The rows that a learning had, as its record says, so that a run goes on with the same.
    /// - Throws: `LearningError.changedKeeps` if a draft is not as it was.
    public init(_ keeps: [StarredKeep], of record: LearningRecord, name: String) throws(LearningError) {
        let changes = record.changes(since: Self.hashes(of: keeps))
        guard !changes.isStale else { throw .changedKeeps(name: name, changes: changes) }
        let known = Dictionary(keeps.map { ($0.id, $0) }) { first, _ in first }
        for keep in record.keeps {
            guard var found = known[keep.id] else { continue }
            found.isEdited = keep.isEdited
            if keep.isHeldOut { heldOut.append(found) } else { trained.append(found) }
        }
    }

    /// The hash of each draft's text by its id, as `LearningRecord.changes` takes them.
    public static func hashes(of keeps: [StarredKeep]) -> [String: String] {
        Dictionary(keeps.map { ($0.id, LearningRecord.Keep.hash(of: $0.text)) }) { first, _ in first }
    }

    /// Each text of a prompt once; of equal ones the first that was edited, else the first.
    private static func distinct(_ keeps: [StarredKeep]) -> [StarredKeep] {
        var places: [UInt64: Int] = [:]
        var result: [StarredKeep] = []
        for keep in keeps where !keep.row.isEmpty {
            let key = RowKey(.pair(prompt: keep.promptKey, answer: keep.text)).whole
            if let place = places[key] {
                if keep.isEdited, !result[place].isEdited { result[place] = keep }
            } else {
                places[key] = result.count
                result.append(keep)
            }
        }
        return result.sorted { $0.id < $1.id }
    }

    private static func place(_ promptKey: String, _ seed: UInt64) -> UInt32 {
        var hash = FNV1a(promptKey.utf8)
        hash.mix(seed)
        return RandomNumbers(seed: hash.value, stream: "held-out prompts").words(1)[0]
    }

    // MARK: For the run

    /// The rows to train on, and those that the base wrote.
    public func trainingData(general: [CorpusRow]) -> [CorpusInput] {
        let rows = trained.map { WeightedRow($0.row, weight: $0.isEdited ? Float(Self.editedWeight) : 1) }
        return [
            .weighted(rows, name: "starred drafts"),
            .weighted(general.map { WeightedRow($0, weight: 1) }, name: "general texts"),
        ].filter { if case .weighted(let rows, _) = $0 { !rows.isEmpty } else { true } }
    }

    /// The held-out rows. Each counts the same, because the measure is of the whole style.
    public var heldOutData: [CorpusInput] { [.rows(heldOut.map(\.row), name: "held-out drafts")] }

    public var generalRowCount: Int { max(1, Int((Double(trained.count) * Self.generalShare).rounded(.up))) }

    /// The drafts as a record names them.
    public var keeps: [LearningRecord.Keep] {
        func keeps(_ drafts: [StarredKeep], isHeldOut: Bool) -> [LearningRecord.Keep] {
            drafts.map {
                LearningRecord.Keep(
                    id: $0.id, hash: LearningRecord.Keep.hash(of: $0.text), isEdited: $0.isEdited, isHeldOut: isHeldOut)
            }
        }
        return keeps(trained, isHeldOut: false) + keeps(heldOut, isHeldOut: true)
    }
}
