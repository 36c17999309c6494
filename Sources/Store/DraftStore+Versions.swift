// Every text that a draft has had.
// - A revision keeps the text before a change and the kind of the change. So the origin of a text stands in the row of the
//   text before it, and that of the first text in the draft's generation.

import GRDB
import Generation

/// The outcome of bringing an earlier version back.
public enum RestoreOutcome: Sendable, Hashable {
    /// The draft has the text now, as its newest version.
    case restored(SavedDraft, version: Int)
    /// The draft had that text already; nothing was written.
    case unchanged(SavedDraft)
}

extension DraftStore {
    /// All texts that a draft has had, oldest first; the last one is its text now.
    /// - Throws: `StoreError.missingDraft`.
    public func versions(of draftId: Int64) throws -> [DraftVersion] {
        try read { db in try versions(of: draftId, db) }
    }

    /// One of the texts that a draft has had.
    /// - Parameter number: from 1.
    /// - Throws: `StoreError.missingDraft`, `.missingVersion`.
    public func version(_ number: Int, of draftId: Int64) throws -> DraftVersion {
        try read { db in try version(number, of: draftId, db) }
    }

    /// Gives a draft the text of an earlier version again, as a new version.
    /// - Parameter number: from 1.
    /// - Throws: `StoreError.missingDraft`, `.missingVersion`, `.stillWriting`.
    public func restore(version number: Int, of draftId: Int64) throws -> RestoreOutcome {
        let time = now()
        return try write { db in
            let versions = try versions(of: draftId, db)
            let wanted = try version(number, of: draftId, db)
            guard let draft = try draft(draftId, db) else { throw StoreError.missingDraft(id: draftId) }
            let restored = try replaceText(of: draft, with: wanted.text, origin: .restore, time: time, db)
            if restored.text.utf8.elementsEqual(draft.text.utf8) { return .unchanged(draft) }
            return .restored(restored, version: versions.count + 1)
        }
    }

    private func version(_ number: Int, of draftId: Int64, _ db: Database) throws -> DraftVersion {
        let versions = try versions(of: draftId, db)
        guard let version = versions.first(where: { $0.number == number }) else {
            throw StoreError.missingVersion(number, draftId: draftId, count: versions.count)
        }
        return version
    }

    private func versions(of draftId: Int64, _ db: Database) throws -> [DraftVersion] {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT d.text, d.createdAt, g.finishedAt, g.relation, g.engine, g.conversationId
                FROM draft d JOIN generation g ON g.id = d.generationId WHERE d.id = ?
                """, arguments: [draftId])
        guard let row else { throw StoreError.missingDraft(id: draftId) }
        let changes = try revisions(of: draftId, db)
        let texts = changes.map(\.text) + [row["text"]]
        let origins = [DraftStore.firstOrigin(row)] + changes.map(\.origin)
        let finished: Double? = row["finishedAt"]
        let times = [finished ?? row["createdAt"]] + changes.map(\.createdAt)
        return texts.indices.map {
            DraftVersion(number: $0 + 1, origin: origins[$0], createdAt: times[$0], text: texts[$0])
        }
    }

    /// Answers that no generator wrote have no engine: openings of personas and imported conversations.
    private static func firstOrigin(_ row: Row) -> RevisionOrigin {
        let relation = (row["relation"] as String?).flatMap(SavedGeneration.Relation.init(rawValue:))
        let isGiven = row["conversationId"] as Int64? != nil && (row["engine"] as String).isEmpty
        return relation == nil && isGiven ? .given : RevisionOrigin(first: relation)
    }
}
