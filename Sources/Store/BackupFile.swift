// A database file that is made under another name and then takes its own in one step.
// - It is readable by its owner alone, and on the disk before it has its name.
// - A file that has the name already is replaced only on demand, and then with the log that belongs to it.

import Foundation

enum BackupFile {
    /// Makes a file: `fill` writes it under another name and closes it.
    /// - Parameter beforePlacing: runs when the file is on the disk; returns under which other name the file that is
    ///   to be replaced is kept.
    /// - Throws: `StoreError`; then what was at `target` is still there.
    static func write<Value>(
        to target: String, replaces: Bool, _ fill: (_ unfinished: String) throws -> Value,
        beforePlacing: () throws -> String? = { nil }
    ) throws -> Value {
        let unfinished = "\(target)-unfinished-\(UUID().uuidString.lowercased())"
        let fileError = Disk.makePrivateFile(unfinished)
        if fileError == ENOENT || fileError == ENOTDIR {
            throw StoreError.missingFolder(path: target, folder: Disk.folder(of: target))
        }
        if fileError != 0 { throw StoreError(errno: fileError, path: target) }
        defer { for suffix in ["", "-journal", "-wal", "-shm", "-lock"] { unlink(unfinished + suffix) } }
        let value = try fill(unfinished)
        let syncError = Disk.sync(unfinished)
        if syncError != 0 { throw StoreError(errno: syncError, path: target) }
        let keptPath = try beforePlacing()
        try place(unfinished, at: target, replaces: replaces, keptPath: keptPath)
        _ = Disk.sync(Disk.folder(of: target))
        return value
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

    /// Gives a store and its log a second name each, under which they stay when their own are taken.
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
        let syncError = Disk.sync(Disk.folder(of: path))
        if syncError != 0 { throw StoreError(errno: syncError, path: path) }
        return kept
    }

    private static func place(_ unfinished: String, at target: String, replaces: Bool, keptPath: String?) throws {
        if replaces {
            // First the log: beside the new file it would do harm, and the old one has it under its other name.
            for suffix in ["-wal", "-shm"] { unlink(target + suffix) }
            guard rename(unfinished, target) != 0 else { return }
            let code = errno
            if let keptPath { link(keptPath + "-wal", target + "-wal") }
            throw StoreError(errno: code, path: target)
        }
        // A hard link fails if the name is taken, and never replaces what another process put there meanwhile.
        guard link(unfinished, target) != 0 else { return }
        if errno == EEXIST { throw StoreError.targetExists(path: target) }
        if isThere(target) { throw StoreError.targetExists(path: target) }
        if rename(unfinished, target) != 0 { throw StoreError(errno: errno, path: target) }
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
