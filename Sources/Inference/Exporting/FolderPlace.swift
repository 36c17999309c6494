// The place of a folder that is there whole or not at all.
// - It is filled under another name beside its place. A folder that is replaced is moved aside before and removed
//   after; if the new one cannot take its name, the old one gets its own back.
// - Only a folder with a model is ever replaced, and never the one that is being read.
// - An unfinished folder is locked (flock) while it is written. If its process dies, the next one that writes a folder of
//   that name removes it.

import Files
import Foundation

/// A folder to be written.
struct FolderPlace {
    /// Without a slash at its end.
    let path: String
    private let isTaken: Bool

    /// - Throws: `FolderError` if the name cannot be used.
    init(path given: String, source: any ModelSource, replaces: Bool) throws {
        var path = given
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        let files = FileManager.default
        var isFolder: ObjCBool = false
        let above = FilePath.folder(of: path)
        guard files.fileExists(atPath: above, isDirectory: &isFolder), isFolder.boolValue else {
            throw FolderError.noFolder(path: path, folder: above)
        }
        isTaken = Self.exists(path)
        guard isTaken else { return }
        // Also if the model is a file in this folder.
        let isRead = source.files.contains { file in
            let name = (file.path as NSString).lastPathComponent
            return file.isFile(at: "\(path)/\(name)") || file.isFile(at: path)
        }
        guard !isRead else { throw FolderError.isSource(path: path) }
        guard replaces else { throw FolderError.exists(path: path) }
        guard files.fileExists(atPath: path + "/config.json") else { throw FolderError.otherContents(path: path) }
    }

    /// True if there is anything of that name, also a link to nothing.
    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// - Parameter fill: writes the files into the folder whose path it gets.
    /// - Throws: the errors of `fill`; `FileError`. Nothing is left then.
    func write(_ fill: (String) throws -> Void) throws {
        let above = FilePath.folder(of: path)
        let name = (path as NSString).lastPathComponent
        removeAbandoned(above, name)
        let unfinished = "\(above)/.\(name).\(UInt32.random(in: .min ... .max))\(Self.suffix)"
        guard mkdir(unfinished, 0o777) == 0 else { throw FileError(path: path, code: errno) }
        let lock = open(unfinished, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(lock) }
        // File systems without locks go without.
        _ = flock(lock, LOCK_EX | LOCK_NB)
        do {
            try fill(unfinished)
            try check(Descriptor.synchronize(unfinished))
            try takeName(unfinished)
            try check(Descriptor.synchronize(above))
        } catch {
            try? FileManager.default.removeItem(atPath: unfinished)
            guard let error = error as? FileError, error.path.hasPrefix(unfinished) else { throw error }
            // People know the folder by its name.
            throw FileError(path: path + error.path.dropFirst(unfinished.count), code: error.code)
        }
    }

    private static let suffix = ".part"

    /// Removes the unfinished folders of this name whose processes died.
    private func removeAbandoned(_ above: String, _ name: String) {
        let files = FileManager.default
        for found in (try? files.contentsOfDirectory(atPath: above)) ?? [] {
            guard found.hasPrefix(".\(name)."), found.hasSuffix(Self.suffix),
                UInt32(found.dropFirst(name.count + 2).dropLast(Self.suffix.count)) != nil
            else { continue }
            let lock = open("\(above)/\(found)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard lock >= 0 else { continue }
            defer { close(lock) }
            var status = stat()
            // A folder that was just made may not be locked yet.
            guard fstat(lock, &status) == 0, status.st_uid == geteuid(), time(nil) - status.st_mtim.tv_sec > 10,
                flock(lock, LOCK_EX | LOCK_NB) == 0
            else { continue }
            try? files.removeItem(atPath: "\(above)/\(found)")
        }
    }

    private func takeName(_ unfinished: String) throws {
        guard isTaken else { return try check(rename(unfinished, path) == 0 ? 0 : errno) }
        let aside = unfinished + ".old"
        try check(rename(path, aside) == 0 ? 0 : errno)
        guard rename(unfinished, path) == 0 else {
            let code = errno
            rename(aside, path)
            throw FileError(path: path, code: code)
        }
        try? FileManager.default.removeItem(atPath: aside)
    }

    private func check(_ code: CInt) throws {
        guard code == 0 else { throw FileError(path: path, code: code) }
    }

    /// The bytes of all files, when the folder is written.
    var byteCount: Int {
        let files = FileManager.default
        let names = (try? files.contentsOfDirectory(atPath: path)) ?? []
        return names.reduce(0) { sum, name in
            let size = (try? files.attributesOfItem(atPath: "\(path)/\(name)"))?[.size] as? NSNumber
            return sum + (size?.intValue ?? 0)
        }
    }
}
