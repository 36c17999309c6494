// The names of unfinished files, and those that dead processes left.
// - A file is removed only if it is a plain file of ours, nobody holds its lock, and it has not changed for an hour; a
//   caller who knows that nobody else writes to the folder need not wait so long.

import Glibc

public enum AbandonedFiles {
    private static let prefix = ".copydesk-"
    private static let suffix = ".tmp"
    private static let oldAfterSeconds = 3600

    /// Removes the unfinished files in a folder whose processes died.
    /// - Parameter evenIfNew: true if nobody else writes to the folder, so that also those of the last hour go.
    public static func remove(in folder: String, evenIfNew: Bool = false) {
        guard let entries = opendir(folder) else { return }
        defer { closedir(entries) }
        var abandoned: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if isUnfinished(name) { abandoned.append("\(folder)/\(name)") }
        }
        for path in abandoned { removeIfDead(path, afterSeconds: evenIfNew ? nil : oldAfterSeconds) }
    }

    static func newName() -> String { "\(prefix)\(UInt64.random(in: .min ... .max))\(suffix)" }

    /// True for the name of a file that is being written.
    public static func isUnfinished(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return false }
        return UInt64(name.dropFirst(prefix.count).dropLast(suffix.count)) != nil
    }

    private static func removeIfDead(_ path: String, afterSeconds: Int?) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_nlink == 1, afterSeconds.map({ time(nil) - status.st_mtim.tv_sec > $0 }) ?? true,
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return }
        unlink(path)
    }
}
