// Changes from outside while the studio runs: another process writes to the store, the writer edits a template.

import Foundation
import Store
import Synchronization

/// Remembers the state of the store and the templates, and tells if it has changed.
final class OutsideChanges: Sendable {
    private struct Marks {
        var store: Int?
        var templates: [String: TemplateMark]
        var isReadOnly: Bool
    }

    /// Differs between two versions of a file.
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

    /// True if another process changed the store since the last call.
    func storeHasChanged() -> Bool {
        guard let mark = try? store.foreignChangeMark() else { return false }
        return marks.withLock { marks in
            defer { marks.store = mark }
            return marks.store != mark
        }
    }

    /// True if the store became writable since the last call.
    func storeBecameWritable() -> Bool {
        let isReadOnly = store.readOnlyReason != nil
        return marks.withLock { marks in
            defer { marks.isReadOnly = isReadOnly }
            return marks.isReadOnly && !isReadOnly
        }
    }

    /// True if a template of the writer's own came, went or was edited since the last call.
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
