// How a learning stands, for JSON and for a person. It never tells which side of a pair is whose, nor who wins, before
// all pairs have an answer.

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
