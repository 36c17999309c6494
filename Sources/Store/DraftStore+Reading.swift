// Reading one generation or one draft.

import GRDB
import Generation

extension DraftStore {
    /// A generation with all its drafts; `nil` if there is none with this id.
    /// - Parameter includesCandidates: True if candidates that were not chosen are among the drafts.
    public func generation(id: Int64, includesCandidates: Bool = false) throws -> SavedGeneration? {
        try read { db in try Rows.generations(ids: [id], includesCandidates: includesCandidates, db)[id] }
    }

    /// A draft; `nil` if there is none with this id.
    public func draft(id: Int64) throws -> SavedDraft? {
        try read { db in try self.draft(id, db) }
    }

    func draft(_ id: Int64, _ db: Database) throws -> SavedDraft? {
        try Row.fetchOne(db, sql: "SELECT \(Rows.draftColumns) FROM draft d WHERE d.id = ?", arguments: [id])
            .map(Rows.draft)
    }

    func requireGeneration(_ id: Int64, _ db: Database) throws -> SavedGeneration {
        guard let found = try Rows.generations(ids: [id], db)[id] else { throw StoreError.missingGeneration(id: id) }
        return found
    }

    func requireDraft(_ id: Int64, _ db: Database) throws {
        guard try Bool.fetchOne(db, sql: "SELECT 1 FROM draft WHERE id = ?", arguments: [id]) != nil else {
            throw StoreError.missingDraft(id: id)
        }
    }
}
