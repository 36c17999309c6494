// Writing an export to a file: whole or not at all.
// - The text goes into a file of another name beside the target, to the disk, and then takes the target's name in one
//   step. Nobody ever sees half an export, and one that failed leaves what was there before.
// - Without `force` nothing is ever replaced, not even a file that appears at the last moment.
// - While it is written, the file of another name is its owner's alone, and locked (flock): what a dead writer left is
//   known by its free lock and its age, and removed by the next export into the folder.
// - A device or pipe (/dev/stdout) is written to directly.

import Glibc

public enum ExportFile {
    /// Writes a text as a file.
    /// - Parameter force: whether a file that is there is replaced; a symbolic link stays, its target is replaced.
    /// - Throws: `ExportError`.
    public static func write(_ text: String, to path: String, force: Bool = false) throws {
        try write(to: path, force: force) { output in try output(text) }
    }

    /// Writes a file piece by piece.
    /// - Parameters:
    ///   - force: whether a file that is there is replaced; a symbolic link stays, its target is replaced.
    ///   - body: hands each piece to `output`; if it throws, nothing new is at `path`.
    /// - Throws: `ExportError`, or what `body` throws.
    public static func write<Value>(
        to path: String, force: Bool = false, _ body: (_ output: (String) throws -> Void) throws -> Value
    ) throws -> Value {
        guard !path.isEmpty else { throw ExportError.noName }
        var status = stat()
        var isThere = lstat(path, &status) == 0
        var target = path
        if isThere && status.st_mode & S_IFMT == S_IFLNK {
            // A link to nowhere is itself what would be replaced.
            if let resolved = realpath(path, nil) {
                target = String(cString: resolved)
                free(resolved)
            }
            isThere = stat(path, &status) == 0 || isThere
        }
        let kind = isThere ? status.st_mode & S_IFMT : 0
        if kind == S_IFDIR || path.hasSuffix("/") { throw ExportError.isFolder(path: path) }
        if kind == S_IFCHR || kind == S_IFIFO { return try writeDirectly(path, body) }
        if isThere && !force { throw ExportError.exists(path: path) }
        let mode = kind == S_IFREG ? status.st_mode & 0o777 : nil
        return try replace(target, mode: mode, force, shownPath: path, body)
    }

    private static func writeDirectly<Value>(
        _ path: String, _ body: (_ output: (String) throws -> Void) throws -> Value
    ) throws -> Value {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error(errno, path) }
        defer { close(descriptor) }
        return try filling(descriptor, path, body)
    }

    /// Runs `body` and gathers its pieces into large writes.
    private static func filling<Value>(
        _ descriptor: CInt, _ path: String, _ body: (_ output: (String) throws -> Void) throws -> Value
    ) throws -> Value {
        var gathered: [UInt8] = []
        func flush() throws {
            let code = writeAll(gathered, descriptor)
            gathered.removeAll(keepingCapacity: true)
            if code != 0 { throw error(code, path) }
        }
        let value = try body { piece in
            gathered += piece.utf8
            if gathered.count >= 1 << 16 { try flush() }
        }
        try flush()
        return value
    }

    private static func replace<Value>(
        _ target: String, mode: mode_t?, _ force: Bool, shownPath path: String,
        _ body: (_ output: (String) throws -> Void) throws -> Value
    ) throws -> Value {
        let folder = folder(of: target)
        UnfinishedFile.sweep(folder)
        let unfinished = "\(folder)/\(UnfinishedFile.newName())"
        var descriptor = open(unfinished, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode == nil ? 0o666 : 0o600)
        guard descriptor >= 0 else { throw error(errno, path) }
        do {
            defer { if descriptor >= 0 { close(descriptor) } }
            // The system has applied the umask; nothing is in the file yet.
            let finalMode = mode ?? UnfinishedFile.mode(of: descriptor)
            // File systems without modes or locks (FAT) go without.
            _ = fchmod(descriptor, 0o600)
            _ = flock(descriptor, LOCK_EX | LOCK_NB)
            let value = try filling(descriptor, path, body)
            if let finalMode, fchmod(descriptor, finalMode) != 0 { throw error(errno, path) }
            if fsync(descriptor) != 0 { throw error(errno, path) }
            let closed = close(descriptor)
            descriptor = -1
            if closed != 0 { throw error(errno, path) }
            let code = name(unfinished, target, force)
            if code != 0 { throw error(code, path) }
            // The new name is in the folder, and the folder must reach the disk too. If it cannot, the file still did.
            let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if folderDescriptor >= 0 {
                fsync(folderDescriptor)
                close(folderDescriptor)
            }
            return value
        } catch {
            unlink(unfinished)
            throw error
        }
    }

    /// Gives the finished file its name.
    /// - Returns: 0, or an error number.
    private static func name(_ unfinished: String, _ target: String, _ force: Bool) -> CInt {
        if force { return rename(unfinished, target) == 0 ? 0 : errno }
        // A hard link never replaces; file systems without them (FAT) get a look and a rename.
        if link(unfinished, target) == 0 {
            unlink(unfinished)
            return 0
        }
        guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else { return errno }
        if access(target, F_OK) == 0 { return EEXIST }
        return rename(unfinished, target) == 0 ? 0 : errno
    }

    private static func writeAll(_ bytes: [UInt8], _ descriptor: CInt) -> CInt {
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return count == 0 ? EIO : errno }
                written += count
            }
            return 0
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func error(_ code: CInt, _ path: String) -> ExportError {
        switch code {
        case EEXIST: .exists(path: path)
        case EISDIR: .isFolder(path: path)
        case ENOENT, ENOTDIR: .missingFolder(path: path, folder: folder(of: path))
        case EACCES, EPERM, EROFS: .notPermitted(path: path)
        case ENOSPC, EDQUOT, EFBIG: .diskFull(path: path)
        case ENAMETOOLONG: .nameTooLong(path: path)
        default: .failed(path: path, reason: String(cString: strerror(code)))
        }
    }
}
