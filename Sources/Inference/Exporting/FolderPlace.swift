// The place of a folder that is there whole or not at all.
// - It is filled under another name beside its place. A folder that is replaced is moved aside before and removed
//   after; if the new one cannot take its name, the old one gets its own back. If the process dies in between, the next
//   one that writes a folder of that name gives it back.
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
        let hasReturned = removeAbandoned(above, name)
        let (unfinished, lock) = try makeUnfinished(above, name)
        defer { close(lock) }
        do {
            try fill(unfinished)
            try check(Descriptor.synchronize(unfinished))
            try takeName(unfinished, replaces: isTaken || hasReturned)
            try check(Descriptor.synchronize(above))
        } catch {
            try? FileManager.default.removeItem(atPath: unfinished)
            guard let error = error as? FileError, error.path.hasPrefix(unfinished) else { throw error }
            // People know the folder by its name.
            throw FileError(path: path + error.path.dropFirst(unfinished.count), code: error.code)
        }
    }

    private static let suffix = ".part"
    private static let asideSuffix = ".old"

    /// Makes a folder to fill, and locks it. File systems without locks go without.
    private func makeUnfinished(_ above: String, _ name: String) throws -> (path: String, lock: CInt) {
        for _ in 0..<100 {
            let unfinished = "\(above)/.\(name).\(UInt32.random(in: .min ... .max))\(Self.suffix)"
            guard mkdir(unfinished, 0o777) == 0 else {
                if errno == EEXIST { continue }
                throw FileError(path: path, code: errno)
            }
            let lock = open(unfinished, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            let isOurs = lock < 0 ? errno != ENOENT : flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            // Another process may have taken the folder for abandoned before it was locked.
            if isOurs, Self.exists(unfinished) { return (unfinished, lock) }
            if lock >= 0 { close(lock) }
        }
        throw FileError(path: path, code: EBUSY)
    }

    /// Removes the unfinished folders of this name whose processes died, and gives a folder its name back that such a
    /// process moved aside.
    /// - Returns: true if a folder has its name back.
    private func removeAbandoned(_ above: String, _ name: String) -> Bool {
        let files = FileManager.default
        var hasReturned = false
        for found in (try? files.contentsOfDirectory(atPath: above)) ?? [] {
            let isAside = found.hasSuffix(Self.suffix + Self.asideSuffix)
            let number = isAside ? found.dropLast(Self.asideSuffix.count) : found[...]
            guard number.hasPrefix(".\(name)."), number.hasSuffix(Self.suffix),
                UInt32(number.dropFirst(name.count + 2).dropLast(Self.suffix.count)) != nil
            else { continue }
            // The lock of a folder that is being filled also guards the one that it replaces.
            let lock = open("\(above)/\(number)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard lock >= 0 || isAside else { continue }
            defer { close(lock) }
            guard lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0 else { continue }
            var status = stat()
            guard lstat("\(above)/\(found)", &status) == 0, status.st_uid == geteuid() else { continue }
            if isAside, !Self.exists(path), rename("\(above)/\(found)", path) == 0 {
                hasReturned = true
            } else {
                try? files.removeItem(atPath: "\(above)/\(found)")
            }
        }
        return hasReturned
    }

    private func takeName(_ unfinished: String, replaces: Bool) throws {
        guard replaces else { return try check(rename(unfinished, path) == 0 ? 0 : errno) }
        let aside = unfinished + Self.asideSuffix
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
