// Writes an export to a file, completely or not at all (Files/ReplacementFile.swift).
// - Nobody ever sees half an export, and a failed one leaves the file that was there before.
// - Without `force` no file is ever replaced, not even one that appears at the last moment.
// - While it is written, only its owner may read it; then it gets the mode of the file it replaces, or of a new file.
// - A symbolic link stays a link, and its target is replaced.
// - A device or pipe (/dev/stdout) is written to directly.

import Files
import Glibc

public enum ExportFile {
    /// Writes a text as a file.
    /// - Parameter force: True if a file that is there is replaced.
    /// - Throws: `ExportError`.
    public static func write(_ text: String, to path: String, force: Bool = false) throws {
        try write(to: path, force: force) { output in try output(text) }
    }

    /// Writes a file piece by piece.
    /// - Parameters:
    ///   - force: True if a file that is there is replaced.
    ///   - body: hands each piece to `output`; if it throws, no new file is at `path`.
    /// - Throws: `ExportError`, and the errors of `body`.
    public static func write<Value>(
        to path: String, force: Bool = false, _ body: (_ output: (String) throws -> Void) throws -> Value
    ) throws -> Value {
        guard !path.isEmpty else { throw ExportError.noName }
        var status = stat()
        var isThere = lstat(path, &status) == 0
        var target = path
        if isThere && status.st_mode & S_IFMT == S_IFLNK {
            // A link to nowhere would itself be replaced.
            if let resolved = realpath(path, nil) {
                target = String(cString: resolved)
                free(resolved)
            }
            isThere = stat(path, &status) == 0 || isThere
        }
        let kind = isThere ? status.st_mode & S_IFMT : 0
        if kind == S_IFDIR || path.hasSuffix("/") { throw ExportError.isFolder(path: path) }
        let isDevice = kind == S_IFCHR || kind == S_IFIFO
        if isThere && !isDevice && !force { throw ExportError.exists(path: path) }
        let mode: ReplacementFile.Mode = kind == S_IFREG ? .exactly(status.st_mode & 0o777) : .usual
        do {
            return try isDevice ? writeDirectly(path, body) : replace(target, mode: mode, force, body)
        } catch let failure as FileError {
            throw error(failure.code, path)
        }
    }

    private static func writeDirectly<Value>(
        _ path: String, _ body: (_ output: (String) throws -> Void) throws -> Value
    ) throws -> Value {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(descriptor) }
        return try gathering(body, into: .device(descriptor, path: path))
    }

    private static func replace<Value>(
        _ target: String, mode: ReplacementFile.Mode, _ force: Bool,
        _ body: (_ output: (String) throws -> Void) throws -> Value
    ) throws -> Value {
        AbandonedFiles.remove(in: FilePath.folder(of: target))
        let file = try ReplacementFile(path: target, mode: mode)
        let value = try gathering(body, into: .file(file))
        try file.commit(replaces: force)
        return value
    }

    private enum Target {
        case device(CInt, path: String)
        case file(ReplacementFile)

        func write(_ bytes: UnsafeRawBufferPointer) throws {
            switch self {
            case .file(let file): try file.write(bytes)
            case .device(let descriptor, let path):
                let code = Descriptor.write(bytes, to: descriptor)
                if code != 0 { throw FileError(path: path, code: code) }
            }
        }
    }

    /// Runs `body` and gathers its pieces into large writes.
    private static func gathering<Value>(
        _ body: (_ output: (String) throws -> Void) throws -> Value, into target: Target
    ) throws -> Value {
        var gathered: [UInt8] = []
        func flush() throws {
            try gathered.withUnsafeBytes(target.write)
            gathered.removeAll(keepingCapacity: true)
        }
        let value = try body { piece in
            gathered += piece.utf8
            if gathered.count >= 1 << 16 { try flush() }
        }
        try flush()
        return value
    }

    private static func error(_ code: CInt, _ path: String) -> ExportError {
        switch code {
        case EEXIST: .exists(path: path)
        case EISDIR: .isFolder(path: path)
        case ENOENT, ENOTDIR: .missingFolder(path: path, folder: FilePath.folder(of: path))
        case EACCES, EPERM, EROFS: .notPermitted(path: path)
        case ENOSPC, EDQUOT, EFBIG: .diskFull(path: path)
        case ENAMETOOLONG: .nameTooLong(path: path)
        default: .failed(path: path, reason: String(cString: strerror(code)))
        }
    }
}
