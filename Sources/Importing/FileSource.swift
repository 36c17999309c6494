// The bytes of a file on the disk, read from any place.

import Glibc

/// A file that can be read from any place; it is closed with its last user.
public final class FileSource: ImportSource {
    private let descriptor: CInt
    private let name: String
    public let byteCount: Int

    /// Takes a descriptor over.
    /// - Parameters:
    ///   - descriptor: of a regular file.
    ///   - name: for sentences.
    /// - Throws: `ImportError.unreadable`; then the descriptor is closed.
    public init(descriptor: CInt, name: String) throws(ImportError) {
        self.descriptor = descriptor
        self.name = name
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            byteCount = 0
            throw .unreadable(file: name, reason: String(cString: strerror(errno)))
        }
        byteCount = max(0, Int(facts.st_size))
    }

    deinit { close(descriptor) }

    public func read(at offset: Int, count: Int) throws(ImportError) -> [UInt8] {
        guard offset >= 0, count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let result = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, offset + filled)
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw .unreadable(file: name, reason: String(cString: strerror(errno))) }
            if result == 0 { break }
            filled += result
        }
        bytes.removeLast(count - filled)
        return bytes
    }
}
