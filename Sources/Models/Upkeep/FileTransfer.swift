// Copies, links and moves one file.

import Files
import Glibc

enum FileTransfer {
    private static let blockBytes = 1 << 20

    /// Copies a file's bytes; waits until they are on the disk.
    /// - Parameters:
    ///   - count: told the number of bytes of each block.
    ///   - isStopped: asked before each block.
    /// - Throws: `UpkeepError`; what was written is then the caller's to remove.
    static func copy(_ source: String, to target: String, isStopped: () -> Bool, count: (Int) -> Void) throws {
        let from = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard from >= 0 else { throw UpkeepError.failed(path: source, action: "read", code: errno) }
        defer { close(from) }
        let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard to >= 0 else { throw UpkeepError.failed(path: target, action: "written", code: errno) }
        defer { close(to) }
        var block = [UInt8](repeating: 0, count: blockBytes)
        while true {
            if isStopped() { throw UpkeepError.stopped(path: source) }
            let got = read(from, &block, block.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw UpkeepError.failed(path: source, action: "read", code: errno) }
            if got == 0 { break }
            let code = block.withUnsafeBytes { Descriptor.write(.init(rebasing: $0[..<got]), to: to) }
            guard code == 0 else { throw UpkeepError.failed(path: target, action: "written", code: code) }
            count(got)
        }
        guard fsync(to) == 0 else { throw UpkeepError.failed(path: target, action: "written", code: errno) }
    }

    static func link(_ target: String, at path: String) throws {
        guard symlink(target, path) == 0 else { throw UpkeepError.failed(path: path, action: "made", code: errno) }
    }

    /// Gives a file or folder another name on the same file system.
    static func rename(_ source: String, to target: String) throws {
        guard Glibc.rename(source, target) == 0 else {
            throw UpkeepError.failed(path: source, action: "moved", code: errno)
        }
    }

    /// The bytes that are free for this user in a folder; `nil` if the system does not say.
    static func freeBytes(in folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int(clamping: bytes)
    }

    /// True if something has that name, even a link that leads nowhere.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
