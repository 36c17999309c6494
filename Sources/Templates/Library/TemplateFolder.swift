// The user's folder of templates. Whatever is in it, reading ends soon.
// - Each folder is entered once (by device and inode), and only to a limited depth. Files are opened without waiting,
//   and only regular files are read, up to the size limit of templates.

import Foundation
import YAMLReading

/// A folder whose `.md` files are templates. Files and folders whose names start with a dot are skipped.
struct TemplateFolder {
    static let depthLimit = 4
    static let fileLimit = 1000

    struct Entry {
        let path: String
        /// The family of a template that names none: its folder.
        let family: String
        let content: Result<[UInt8], Unreadable>
    }

    /// Why a file could not be read, and what to do.
    struct Unreadable: Error {
        let reason: String
    }

    let path: String

    /// Every template file, sorted by path; none if the folder does not exist.
    func entries() -> [Entry] {
        var walk = Walk()
        walk.enter(path, family: TemplateFamily.own, depth: 0)
        return walk.entries.sorted { $0.path < $1.path }
    }
}

private struct Walk {
    private struct FolderID: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    var entries: [TemplateFolder.Entry] = []
    private var entered: Set<FolderID> = []

    mutating func enter(_ folder: String, family: String, depth: Int) {
        var status = stat()
        guard stat(folder, &status) == 0 else {
            if errno != ENOENT { fail(folder, family, SourceFile.reason(errno)) }
            return
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return fail(folder, family, "This should be a folder of templates, but it is a file. Move it away.")
        }
        let id = FolderID(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        guard entered.insert(id).inserted else { return }
        guard let listing = opendir(folder) else { return fail(folder, family, SourceFile.reason(errno)) }
        var names: [String] = []
        while let item = readdir(listing) {
            let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        closedir(listing)
        for name in names.sorted() { visit(folder + "/" + name, name: name, family: family, depth: depth) }
    }

    private mutating func visit(_ path: String, name: String, family: String, depth: Int) {
        guard entries.count <= TemplateFolder.fileLimit else { return }
        let isTemplate = name.lowercased().hasSuffix(".md")
        var status = stat()
        guard stat(path, &status) == 0 else {
            if isTemplate { fail(path, family, SourceFile.reason(errno)) }
            return
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            guard depth < TemplateFolder.depthLimit else { return }
            let words = name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
            return enter(path, family: depth == 0 ? String(words) : family, depth: depth + 1)
        }
        guard isTemplate else { return }
        guard entries.count < TemplateFolder.fileLimit else {
            let reason = "There are more than \(TemplateFolder.fileLimit) templates in this folder. Move some away."
            return fail(path, family, reason)
        }
        do {
            let bytes = try SourceFile.bytes(of: path, atMost: TemplateSource.byteLimit, as: "a template")
            entries.append(.init(path: path, family: family, content: .success(bytes)))
        } catch {
            fail(path, family, error.reason)
        }
    }

    private mutating func fail(_ path: String, _ family: String, _ reason: String) {
        entries.append(.init(path: path, family: family, content: .failure(.init(reason: reason))))
    }
}
