// A file that is written beside the one it replaces.
// - It has its name only after `commit`, when all bytes are on the disk; until then whatever had the name keeps it.
// - Without `commit` nothing is left of it. Its name until then holds the number of the process, so two that write
//   the same file do not meet.

import Foundation

/// A new file in the making.
final class ReplacementFile {
    private let path: String
    private let partialPath: String
    private var descriptor: Int32

    /// - Throws: `POSIXError` where no file can be made there.
    init(path: String) throws {
        self.path = path
        partialPath = "\(path).\(getpid()).partial"
        descriptor = open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
        if descriptor < 0 { throw Self.lastError }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(partialPath)
    }

    func write(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.lastError }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives the file its name.
    func commit() throws {
        guard fsync(descriptor) == 0, rename(partialPath, path) == 0 else { throw Self.lastError }
        close(descriptor)
        descriptor = -1
        synchronizeFolder()
    }

    /// So that the new name outlives a power cut; not all file systems know how.
    private func synchronizeFolder() {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static var lastError: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
