// What changes outside while the studio runs: another process writes to the store, the writer edits a template.

import Foundation
import Store
import Synchronization

/// Remembers how store and templates looked, and tells when they look different.
final class OutsideChanges: Sendable {
    private struct Marks {
        var store: Int?
        var templates: [String: TemplateMark]
        var isReadOnly: Bool
    }

    /// What tells one version of a file from another.
    private struct TemplateMark: Equatable {
        var bytes: Int
        var modified: Date
        var inode: Int
    }

    private let store: DraftStore
    private let templates: String
    private let marks: Mutex<Marks>

    init(store: DraftStore, templates: String) {
        self.store = store
        self.templates = templates
        marks = Mutex(
            Marks(
                store: try? store.foreignChangeMark(), templates: Self.marks(of: templates),
                isReadOnly: store.readOnlyReason != nil))
    }

    /// Whether another process changed the store since the last call.
    func storeHasChanged() -> Bool {
        guard let mark = try? store.foreignChangeMark() else { return false }
        return marks.withLock { marks in
            defer { marks.store = mark }
            return marks.store != mark
        }
    }

    /// Whether a store that was open for reading only is open for writing since the last call.
    func storeBecameWritable() -> Bool {
        let isReadOnly = store.readOnlyReason != nil
        return marks.withLock { marks in
            defer { marks.isReadOnly = isReadOnly }
            return marks.isReadOnly && !isReadOnly
        }
    }

    /// Whether a template of the writer's own came, went or was edited since the last call.
    func templatesHaveChanged() -> Bool {
        let found = Self.marks(of: templates)
        return marks.withLock { marks in
            defer { marks.templates = found }
            return marks.templates != found
        }
    }

    private static func marks(of folder: String) -> [String: TemplateMark] {
        guard let names = FileManager.default.enumerator(atPath: folder) else { return [:] }
        var marks: [String: TemplateMark] = [:]
        while let name = names.nextObject() as? String, marks.count < 1000 {
            guard name.hasSuffix(".md"),
                let facts = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            else { continue }
            marks[name] = TemplateMark(
                bytes: facts[.size] as? Int ?? 0, modified: facts[.modificationDate] as? Date ?? .distantPast,
                inode: facts[.systemFileNumber] as? Int ?? 0)
        }
        return marks
    }
}
