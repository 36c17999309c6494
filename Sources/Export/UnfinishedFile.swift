// The file under which an export is written before it takes its name: `.copydesk-<number>.tmp`.
// - Its writer holds a lock on it (flock) for as long as it lives.
// - One is removed only if it is a plain file of ours, nobody holds it, and it has not changed for an hour.

import Glibc

enum UnfinishedFile {
    private static let prefix = ".copydesk-"
    private static let suffix = ".tmp"
    private static let oldAfterSeconds = 3600

    static func newName() -> String { "\(prefix)\(UInt64.random(in: .min ... .max))\(suffix)" }

    /// The rights of an open file; `nil` if the system does not say.
    static func mode(of descriptor: CInt) -> mode_t? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// Removes what exports left in a folder whose processes died.
    static func sweep(_ folder: String) {
        guard let entries = opendir(folder) else { return }
        defer { closedir(entries) }
        var left: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if isOurs(name) { left.append("\(folder)/\(name)") }
        }
        left.forEach(removeIfDead)
    }

    private static func isOurs(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return false }
        return UInt64(name.dropFirst(prefix.count).dropLast(suffix.count)) != nil
    }

    private static func removeIfDead(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_nlink == 1, time(nil) - status.st_mtim.tv_sec > oldAfterSeconds,
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return }
        unlink(path)
    }
}
