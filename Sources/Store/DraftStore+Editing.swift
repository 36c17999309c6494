// Changes to a draft by its writer: another text, a star, a note, a rating, tags.
// - The text before a change is kept as a revision; nothing is overwritten.

import GRDB
import Generation

/// The outcome of an edit that may replace one text and no other.
public enum RevisionOutcome: Sendable, Hashable {
    case saved(SavedDraft)
    /// The draft's text is not the one that the edit began from. Nothing was written.
    case changed(SavedDraft)
    /// There is no such draft, or it belongs to another generation. Nothing was written.
    case gone
}

extension DraftStore {
    /// Gives a draft another text if it still has the one that the edit began from; that one is kept.
    /// - Parameters:
    ///   - generationUUID: of the generation that the draft must belong to; `nil` if it may be any.
    ///   - base: the text that the edit began from.
    /// - Returns: `.saved` also if the draft has the new text already.
    /// - Throws: `StoreError.stillWriting`.
    public func revise(
        draftId: Int64, of generationUUID: String?, from base: String, to text: String, origin: RevisionOrigin
    ) throws -> RevisionOutcome {
        let time = now()
        return try write { db in
            guard let draft = try self.draft(draftId, db) else { return .gone }
            if let generationUUID, try self.uuid(ofGeneration: draft.generationId, db) != generationUUID {
                return .gone
            }
            let isNew = !Rows.kept(text).utf8.elementsEqual(draft.text.utf8)
            guard !isNew || Rows.kept(base).utf8.elementsEqual(draft.text.utf8) else { return .changed(draft) }
            return .saved(try self.replaceText(of: draft, with: text, origin: origin, time: time, db))
        }
    }

    /// Gives a draft another text and keeps the one before.
    /// - Returns: the draft as it is now. The same text changes nothing.
    /// - Throws: `StoreError.missingDraft`, `.stillWriting`.
    @discardableResult
    public func revise(draftId: Int64, text: String, origin: RevisionOrigin) throws -> SavedDraft {
        let time = now()
        return try write { db in
            guard let draft = try self.draft(draftId, db) else { throw StoreError.missingDraft(id: draftId) }
            return try self.replaceText(of: draft, with: text, origin: origin, time: time, db)
        }
    }

    func replaceText(
        of draft: SavedDraft, with text: String, origin: RevisionOrigin, time: Double, _ db: Database
    ) throws -> SavedDraft {
        guard draft.finishReason != nil else { throw StoreError.stillWriting(draftId: draft.id) }
        var draft = draft
        let kept = Rows.kept(text)
        // Strings compare by canonical equivalence, but a change of composition is a change.
        guard !kept.utf8.elementsEqual(draft.text.utf8) else { return draft }
        try db.execute(
            sql: "INSERT INTO revision (draftId, createdAt, origin, text) VALUES (?, ?, ?, ?)",
            arguments: [draft.id, time, origin.rawValue, draft.text])
        draft.isEdited = try isEdited(kept, draft, db)
        try db.execute(
            sql: "UPDATE draft SET text = ?, edited = ?, updatedAt = ? WHERE id = ?",
            arguments: [kept, draft.isEdited, time, draft.id])
        try SearchIndex.update(db, drafts: [draft.id])
        draft.text = kept
        draft.updatedAt = time
        return draft
    }

    /// True unless the text is the one that the draft's model wrote. The edited copy of an answer never is.
    private func isEdited(_ text: String, _ draft: SavedDraft, _ db: Database) throws -> Bool {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT (SELECT text FROM revision WHERE draftId = ?1 ORDER BY id LIMIT 1) AS first,
                    (SELECT relation FROM generation WHERE id = ?2) AS relation
                """, arguments: [draft.id, draft.generationId])
        let first = row?["first"] as String? ?? draft.text
        let relation = row?["relation"] as String?
        return relation == SavedGeneration.Relation.edit.rawValue || !first.utf8.elementsEqual(text.utf8)
    }

    private func uuid(ofGeneration id: Int64, _ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT uuid FROM generation WHERE id = ?", arguments: [id])
    }

    /// The texts a draft had before, oldest first; empty if it was never changed.
    public func revisions(of draftId: Int64) throws -> [SavedRevision] {
        try read { db in
            try requireDraft(draftId, db)
            return try revisions(of: draftId, db)
        }
    }

    func revisions(of draftId: Int64, _ db: Database) throws -> [SavedRevision] {
        try Row.fetchAll(
            db, sql: "SELECT id, draftId, createdAt, origin, text FROM revision WHERE draftId = ? ORDER BY id",
            arguments: [draftId]
        ).map { row in
            SavedRevision(
                id: row["id"], draftId: row["draftId"], createdAt: row["createdAt"],
                origin: RevisionOrigin(rawValue: row["origin"]), text: row["text"])
        }
    }

    /// A candidate that gets a star is taken: it is a draft as the chosen ones are.
    public func setStarred(_ starred: Bool, draftIds: [Int64]) throws {
        if starred { try take(candidateIds: draftIds) }
        try set("starred", starred, draftIds)
    }

    /// Makes candidates drafts, as if they had been chosen; what is a draft already stays one.
    /// - Throws: `StoreError.missingDraft`.
    public func take(candidateIds: [Int64]) throws {
        let time = now()
        try write { db in
            for id in candidateIds {
                try requireDraft(id, db)
                try db.execute(
                    sql: "UPDATE draft SET candidate = 0, updatedAt = ? WHERE id = ? AND candidate",
                    arguments: [time, id])
                if db.changesCount > 0 { try SearchIndex.update(db, drafts: [id]) }
            }
        }
    }

    /// Makes drafts candidates that were not chosen, as they were before `take`. A draft with a star stays one.
    /// - Throws: `StoreError.missingDraft`.
    public func leaveOut(draftIds: [Int64]) throws {
        let time = now()
        try write { db in
            for id in draftIds {
                try requireDraft(id, db)
                try db.execute(
                    sql: "UPDATE draft SET candidate = 1, updatedAt = ? WHERE id = ? AND NOT candidate AND NOT starred",
                    arguments: [time, id])
                if db.changesCount > 0 { try SearchIndex.update(db, drafts: [id]) }
            }
            try leave(drafts: draftIds, time, db)
        }
    }

    /// - Parameter note: `nil` or empty removes the note.
    public func setNote(_ note: String?, draftId: Int64) throws {
        try set("note", note.flatMap { $0.isEmpty ? nil : Rows.kept($0) }, [draftId], isSearched: true)
    }

    /// - Parameter rating: 1 to 5; `nil` removes the rating.
    public func setRating(_ rating: Int?, draftId: Int64) throws {
        if let rating, !(1...5).contains(rating) { throw StoreError.ratingOutOfRange(rating) }
        try set("rating", rating, [draftId])
    }

    /// Gives the drafts a tag; tags that differ only in case are one.
    public func tag(_ name: String, draftIds: [Int64]) throws {
        let name = try DraftStore.tagName(name)
        try write { db in
            for id in draftIds { try requireDraft(id, db) }
            try db.execute(sql: "INSERT INTO tag (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [name])
            for id in draftIds {
                try db.execute(
                    sql: """
                        INSERT INTO draftTag (draftId, tagId) SELECT ?, id FROM tag WHERE name = ?
                        ON CONFLICT DO NOTHING
                        """, arguments: [id, name])
            }
            try SearchIndex.update(db, drafts: draftIds)
        }
    }

    /// Takes a tag from the drafts; if no draft has it any more, the tag is removed.
    public func untag(_ name: String, draftIds: [Int64]) throws {
        let name = try DraftStore.tagName(name)
        try write { db in
            for id in draftIds {
                try requireDraft(id, db)
                try db.execute(
                    sql: "DELETE FROM draftTag WHERE draftId = ? AND tagId = (SELECT id FROM tag WHERE name = ?)",
                    arguments: [id, name])
            }
            try db.execute(sql: "DELETE FROM tag WHERE id NOT IN (SELECT tagId FROM draftTag)")
            try SearchIndex.update(db, drafts: draftIds)
        }
    }

    /// The tags of each of these drafts, by name; a draft without tags has no entry.
    public func tags(of draftIds: [Int64]) throws -> [Int64: [String]] {
        try read { db in
            var tags: [Int64: [String]] = [:]
            for part in Rows.parts(draftIds) {
                let rows = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT dt.draftId, t.name FROM draftTag dt JOIN tag t ON t.id = dt.tagId
                        WHERE dt.draftId IN (\(Rows.places(part))) ORDER BY t.name
                        """, arguments: StatementArguments(part))
                for row in rows { tags[row["draftId"], default: []].append(row["name"]) }
            }
            return tags
        }
    }

    public func tags(of draftId: Int64) throws -> [String] { try tags(of: [draftId])[draftId] ?? [] }

    /// All tags by name, each with its number of drafts outside the trash.
    public func allTags() throws -> [(name: String, draftCount: Int)] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT t.name, count(d.id) AS drafts FROM tag t LEFT JOIN draftTag dt ON dt.tagId = t.id
                    LEFT JOIN draft d ON d.id = dt.draftId AND d.deletedAt IS NULL
                        AND NOT d.candidate GROUP BY t.id ORDER BY t.name
                    """
            ).map { ($0["name"], $0["drafts"]) }
        }
    }

    private static func tagName(_ name: String) throws -> String {
        let name = TagName.normalized(name)
        guard !name.isEmpty else { throw StoreError.emptyTag }
        return name
    }

    private func set(
        _ column: String, _ value: (some DatabaseValueConvertible)?, _ draftIds: [Int64], isSearched: Bool = false
    ) throws {
        let time = now()
        try write { db in
            for id in draftIds {
                try db.execute(
                    sql: "UPDATE draft SET \(column) = ?, updatedAt = ? WHERE id = ?", arguments: [value, time, id])
                if db.changesCount == 0 { throw StoreError.missingDraft(id: id) }
            }
            if isSearched { try SearchIndex.update(db, drafts: draftIds) }
        }
    }
}
