// The bytes of a file, mapped read-only.
// - The bytes never move and are never copied; they live as long as the object.
// - Nothing writes through the mapping. If another program truncates a mapped file, the kernel kills this process, so
//   Copydesk replaces files by renaming and never rewrites them.

import Glibc

/// Why a file could not be mapped.
public enum MappedFileError: Error, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, code: Int32)
    case notAFile(path: String)
    case empty(path: String)
    case cannotMap(path: String, byteCount: Int, code: Int32)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let code):
            "\(path): cannot be opened (\(Self.reason(code))). Check the path and the permissions."
        case .notAFile(let path):
            "\(path): is not a regular file. Give the path of a model file."
        case .empty(let path):
            "\(path): is empty. Download or copy the file again."
        case .cannotMap(let path, let byteCount, let code):
            "\(path): its \(byteCount) bytes cannot be mapped into memory (\(Self.reason(code))). "
                + "Close other programs or use a smaller file."
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file"
        case EACCES, EPERM: "permission denied"
        case ENOMEM: "out of memory"
        case ENOTDIR: "a part of the path is not a folder"
        case EMFILE, ENFILE: "too many files are open"
        default: "error \(code)"
        }
    }
}

/// The read-only bytes of a file, or of data built into the program.
///
/// Sendable without checks because the bytes never change after `init`.
public final class MappedFile: @unchecked Sendable {
    /// The path of the file, or the name of built-in bytes, for messages.
    public let path: String
    /// The number of bytes.
    public let byteCount: Int

    let base: UnsafeRawPointer
    private let isMapping: Bool
    private let identity: FileIdentity?

    /// Maps the file at `path`.
    /// - Throws: `MappedFileError` if it is missing, unreadable, empty or not a regular file.
    public init(path: String) throws {
        // Without blocking, because opening a named pipe would wait for its writer; the check below refuses it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw MappedFileError.cannotOpen(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw MappedFileError.cannotOpen(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw MappedFileError.notAFile(path: path) }
        let byteCount = Int(status.st_size)
        guard byteCount > 0 else { throw MappedFileError.empty(path: path) }
        guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw MappedFileError.cannotMap(path: path, byteCount: byteCount, code: errno)
        }
        // A hint: reading weights is faster with large pages, if the file system has them.
        madvise(address, byteCount, MADV_HUGEPAGE)
        self.path = path
        self.byteCount = byteCount
        base = UnsafeRawPointer(address)
        isMapping = true
        identity = FileIdentity(device: status.st_dev, number: status.st_ino)
    }

    /// Wraps bytes that live as long as the program, such as the built-in model.
    /// - Parameter name: the name of the bytes in messages.
    public init(staticBytes: UnsafeRawBufferPointer, name: String = "the built-in model") {
        path = name
        byteCount = staticBytes.count
        base = staticBytes.baseAddress ?? UnsafeRawPointer(Self.nothing)
        isMapping = false
        identity = nil
    }

    deinit {
        if isMapping { munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }
    }

    /// Lends the bytes to `body`; the span cannot outlive the call.
    public func withSpan<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        try body(RawSpan(_unsafeStart: base, byteCount: byteCount))
    }

    /// A copy of `count` bytes from `offset`; nil if they are not all inside the file.
    public func read(offset: Int, count: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: base + offset, count: count))
    }

    /// True if `path` leads to this file, even if by another name.
    public func isFile(at path: String) -> Bool {
        var status = stat()
        guard let identity, stat(path, &status) == 0 else { return false }
        return identity == FileIdentity(device: status.st_dev, number: status.st_ino)
    }

    private struct FileIdentity: Equatable {
        let device: dev_t
        let number: ino_t
    }

    /// Releases the memory of pages that are not needed soon. If they are read again, the system loads them again.
    func letGo(_ start: UnsafeRawPointer, byteCount: Int) {
        guard isMapping else { return }
        let page = Int(getpagesize())
        let low = (start - base) / page * page
        madvise(UnsafeMutableRawPointer(mutating: base + low), start - base - low + byteCount, MADV_DONTNEED)
    }

    private nonisolated(unsafe) static let nothing = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
}
