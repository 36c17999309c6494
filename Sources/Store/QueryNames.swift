// Checks the names in a query against the names that the store has.

import GRDB
import Generation

/// A name in a query that the store does not have.
public struct UnknownName: Sendable, Hashable {
    public typealias Kind = NameCondition.Kind

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
            let whole = try [
                unknown(.template, query.template) { try StoredNames.all(of: .template, db) },
                unknown(.model, query.model) { try StoredNames.all(of: .model, db) },
                unknown(.project, query.project) { try StoredNames.all(of: .project, db) },
                unknown(.tag, query.tag) { try StoredNames.all(of: .tag, db) },
            ].compactMap(\.self)
            return try whole
                + query.names.compactMap { condition in
                    let known = try StoredNames.all(of: condition.kind, db)
                    guard condition.meant(among: known).isEmpty else { return nil }
                    let nearest = NearestName.to(condition.name, among: known)
                    return UnknownName(kind: condition.kind, name: condition.name, nearest: nearest)
                }
        }
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
