// A database file that is written under another name and takes its own in one step (Files/ReplacementFile.swift).
// - Only its owner may read it, and it is on the disk before it has its name.
// - A file that has the name already is replaced only on demand, together with its log.

import Files
import Foundation

enum BackupFile {
    /// Makes a database file.
    /// - Parameters:
    ///   - fill: writes the database under another name and closes it.
    ///   - beforePlacing: runs when the file is on the disk; returns the other name under which the file that is to be
    ///     replaced is kept, if it is.
    /// - Throws: `StoreError`; then the file that was at `target` is still there.
    static func write<Value>(
        to target: String, replaces: Bool, _ fill: (_ unfinished: String) throws -> Value,
        beforePlacing: () throws -> String? = { nil }
    ) throws -> Value {
        do {
            let file = try ReplacementFile(path: target, mode: .ownerOnly)
            defer { for suffix in ["-journal", "-wal", "-shm", "-lock"] { unlink(file.unfinishedPath + suffix) } }
            let value = try fill(file.unfinishedPath)
            try file.synchronize()
            let keptPath = try beforePlacing()
            try place(file, at: target, replaces: replaces, keptPath: keptPath)
            return value
        } catch let error as FileError {
            switch error.code {
            case EEXIST: throw StoreError.targetExists(path: target)
            case ENOENT, ENOTDIR: throw StoreError.missingFolder(path: target, folder: FilePath.folder(of: target))
            default: throw StoreError(errno: error.code, path: target)
            }
        }
    }

    /// Refuses a name that is taken, before any work is done.
    /// - Throws: `StoreError.targetExists`, `.folderInPlace`, `.inUse`.
    static func checkFree(_ target: String, replaces: Bool) throws {
        if Disk.isFolder(target) { throw StoreError.folderInPlace(path: target) }
        if replaces {
            if Disk.isOpenElsewhere(target) { throw StoreError.inUse(path: target) }
            return
        }
        for suffix in ["", "-wal"] where isThere(target + suffix) {
            throw StoreError.targetExists(path: target + suffix)
        }
    }

    /// Gives a store and its log a second name each, which they keep when their own names are taken.
    /// - Returns: the other name; `nil` if there is no store.
    static func setAside(_ path: String, now: Date) throws -> String? {
        guard isThere(path) else { return nil }
        var kept = "\(path)-before-restore-\(stamp(now))"
        var number = 1
        while ["", "-wal"].contains(where: { isThere(kept + $0) }) {
            number += 1
            kept = "\(path)-before-restore-\(stamp(now))-\(number)"
        }
        for suffix in ["", "-wal"] where isThere(path + suffix) {
            guard link(path + suffix, kept + suffix) == 0 else {
                let code = errno
                unlink(kept)
                throw StoreError(errno: code, path: path)
            }
        }
        let syncError = Descriptor.synchronize(FilePath.folder(of: path))
        if syncError != 0 { throw StoreError(errno: syncError, path: path) }
        return kept
    }

    private static func place(
        _ file: ReplacementFile, at target: String, replaces: Bool, keptPath: String?
    ) throws(FileError) {
        // The log goes first: SQLite would write it into the new file. The old file keeps it under its other name.
        if replaces { for suffix in ["-wal", "-shm"] { unlink(target + suffix) } }
        do throws(FileError) {
            try file.commit(replaces: replaces)
        } catch {
            if let keptPath { link(keptPath + "-wal", target + "-wal") }
            throw error
        }
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// `2026-11-29-151409`, in local time.
    private static func stamp(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&seconds, &parts)
        let numbers = [
            Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min),
            Int(parts.tm_sec),
        ].map { $0 < 10 ? "0\($0)" : String($0) }
        return numbers[0...2].joined(separator: "-") + "-" + numbers[3...5].joined()
    }
}
