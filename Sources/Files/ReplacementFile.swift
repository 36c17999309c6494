// A new file that takes its name in one step, when all its bytes are written.
// - Until `commit` it lies beside its place under another name (`.copydesk-<number>.tmp`), and only its owner may read
//   it. A file that has the name already stays as it is until then.
// - Without `commit` nothing is left of it. If its process dies, `AbandonedFiles` removes it later.
// - It is locked (flock) while it is written, so nobody takes it for abandoned.

import Glibc

/// Writes a file that appears complete or not at all.
public final class ReplacementFile {
    /// Who may use the file once it has its name.
    public enum Mode: Sendable {
        /// As any new file: 0666 without the bits of the umask.
        case usual
        case exactly(mode_t)

        /// Its owner alone: 0600.
        public static let ownerOnly = Mode.exactly(0o600)
    }

    /// The file's path before it has its name.
    public let unfinishedPath: String
    private let path: String
    /// `nil` if the system does not tell the mode of a new file.
    private var finalMode: mode_t?
    private var descriptor: CInt
    private var isCommitted = false

    /// Makes the unfinished file. If `path` is a symbolic link, `commit` replaces the link itself.
    /// - Throws: `FileError` if the folder is missing or takes no new file.
    public init(path: String, mode: Mode = .usual) throws(FileError) {
        self.path = path
        unfinishedPath = "\(FilePath.folder(of: path))/\(AbandonedFiles.newName())"
        let isUsual = if case .usual = mode { true } else { false }
        descriptor = open(unfinishedPath, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, isUsual ? 0o666 : 0o600)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        switch mode {
        // The system has applied the umask; nothing is in the file yet.
        case .usual: finalMode = Self.mode(of: descriptor)
        case .exactly(let mode): finalMode = mode
        }
        // File systems without modes or locks (FAT) go without.
        _ = fchmod(descriptor, 0o600)
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isCommitted { unlink(unfinishedPath) }
    }

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try check(Descriptor.write(bytes, to: descriptor))
    }

    /// Appends bytes.
    public func write(_ bytes: some Collection<UInt8>) throws(FileError) {
        let code = bytes.withContiguousStorageIfAvailable {
            Descriptor.write(UnsafeRawBufferPointer($0), to: descriptor)
        }
        try check(code ?? Array(bytes).withUnsafeBytes { Descriptor.write($0, to: descriptor) })
    }

    /// Overwrites bytes that were written before.
    /// - Parameter offset: from the beginning of the file, in bytes.
    public func overwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        let count = pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
        guard count == bytes.count else { throw FileError(path: path, code: count < 0 ? errno : EIO) }
    }

    /// Waits until all bytes are on the disk.
    public func synchronize() throws(FileError) {
        try check(fsync(descriptor) == 0 ? 0 : errno)
    }

    /// Gives the file its mode and its name. Afterwards nothing can be written to it.
    /// - Parameters:
    ///   - replaces: True if a file of that name is replaced. If false, even one that appears at the last moment stays.
    ///   - synchronizes: True if the bytes and the name must survive a power cut; false if they can be made again.
    /// - Throws: `FileError`, with `EEXIST` if the name is taken; the file of that name is then as it was.
    public func commit(replaces: Bool = true, synchronizes: Bool = true) throws(FileError) {
        if let finalMode, Self.mode(of: descriptor) != finalMode {
            try check(fchmod(descriptor, finalMode) == 0 ? 0 : errno)
        }
        if synchronizes { try synchronize() }
        let closed = close(descriptor) == 0 ? 0 : errno
        descriptor = -1
        try check(closed)
        try check(takeName(replaces))
        isCommitted = true
        // The folder holds the new name. If it cannot be synchronized, the file still is there.
        if synchronizes { _ = Descriptor.synchronize(FilePath.folder(of: path)) }
    }

    /// - Returns: 0, or an error number.
    private func takeName(_ replaces: Bool) -> CInt {
        if replaces { return rename(unfinishedPath, path) == 0 ? 0 : errno }
        // A hard link never replaces a file.
        if link(unfinishedPath, path) == 0 {
            unlink(unfinishedPath)
            return 0
        }
        // File systems without hard links (FAT): look, then rename.
        guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else { return errno }
        var status = stat()
        if lstat(path, &status) == 0 { return EEXIST }
        return rename(unfinishedPath, path) == 0 ? 0 : errno
    }

    private func check(_ code: CInt) throws(FileError) {
        if code != 0 { throw FileError(path: path, code: code) }
    }

    private static func mode(of descriptor: CInt) -> mode_t? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_mode & 0o777 : nil
    }
}
