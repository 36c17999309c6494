// The bytes of a file of any size, from the first to the last, a chunk at a time.

import Glibc

/// Reads a file once. It is closed with its last user.
final class FileChunks {
    private let descriptor: CInt
    /// For sentences.
    let name: String
    /// True if the file begins with a byte order mark; known behind the first chunk.
    private(set) var hasByteOrderMark = false
    private var isAtBeginning = true
    private static let chunkBytes = 1 << 20

    /// - Throws: `CorpusError` if the file is missing, cannot be read, or is no regular file.
    init(path: String) throws(CorpusError) {
        name = path
        // Without blocking, because opening a named pipe would wait for its writer; the check below refuses it.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The next bytes; empty at the end.
    func next(atMost limit: Int = chunkBytes) throws(CorpusError) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: limit)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: name, reason: String(cString: strerror(errno))) }
            chunk.removeLast(limit - count)
            if isAtBeginning { hasByteOrderMark = chunk.starts(with: TextCleaning.byteOrderMark) }
            isAtBeginning = false
            return chunk
        }
    }

    /// The first bytes of a file, for a look at its kind.
    static func beginning(of path: String) throws(CorpusError) -> [UInt8] {
        try FileChunks(path: path).next(atMost: 4096)
    }
}
