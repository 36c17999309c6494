// A file that is written beside the one it replaces.
// - It gets its name only by `commit`, when all bytes are on the disk. Until then an old file of that name stays.
// - If `commit` is never called, nothing is left of it. Until then its name contains the process number, so two
//   programs that write the same file do not collide.

import Foundation

/// A new file that is being written.
final class ReplacementFile {
    private let path: String
    private let partialPath: String
    private var descriptor: Int32

    /// - Throws: `POSIXError` if no file can be made there.
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

    /// Makes the new name survive a power cut; some file systems do not support it.
    private func synchronizeFolder() {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static var lastError: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
