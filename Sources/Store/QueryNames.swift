// Checks the names in a query against the names that the store has.

import GRDB
import Generation

/// A name in a query that the store does not have.
public struct UnknownName: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case template, model, project, tag
    }

    public var kind: Kind
    /// As it was asked for.
    public var name: String
    /// The name in the store that was probably meant; `nil` if none is near.
    public var nearest: String?
}

extension DraftStore {
    /// The names in a query that no generation, project or tag has, so that nothing can be found.
    /// - Throws: `StoreError`.
    public func unknownNames(in query: HistoryQuery) throws -> [UnknownName] {
        try read { db in
            func unknown(_ kind: UnknownName.Kind, _ name: String?, in names: () throws -> [String]) throws
                -> UnknownName?
            {
                guard let name else { return nil }
                let known = try names()
                if known.contains(where: { $0 == name || kind == .tag && TagName.areEqual($0, name) }) { return nil }
                return UnknownName(kind: kind, name: name, nearest: NearestName.to(name, among: known))
            }
            return [
                try unknown(.template, query.template) { try distinct("templateName", db) },
                try unknown(.model, query.model) { try distinct("model", db) },
                try unknown(.project, query.project) {
                    try String.fetchAll(db, sql: "SELECT name FROM project ORDER BY name")
                },
                try unknown(.tag, query.tag) { try String.fetchAll(db, sql: "SELECT name FROM tag ORDER BY name") },
            ].compactMap(\.self)
        }
    }

    /// The distinct values of a column of `generation`; jumps through its index instead of reading all rows.
    private func distinct(_ column: String, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                WITH RECURSIVE known (name) AS (
                    SELECT min(\(column)) FROM generation
                    UNION ALL
                    SELECT (SELECT min(\(column)) FROM generation WHERE \(column) > known.name) FROM known
                    WHERE known.name IS NOT NULL)
                SELECT name FROM known WHERE name IS NOT NULL
                """)
    }
}

/// A tag's name: words with one space between them; upper and lower case of ASCII letters are equal, as in SQLite's
/// NOCASE.
enum TagName {
    static func normalized(_ name: String) -> String {
        Rows.kept(name).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    static func areEqual(_ a: String, _ b: String) -> Bool {
        func folded(_ name: String) -> [UInt8] {
            normalized(name).utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        }
        return folded(a) == folded(b)
    }
}
