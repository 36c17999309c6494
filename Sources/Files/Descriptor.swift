// System calls on file descriptors, repeated until they are done.

import Glibc

public enum Descriptor {
    /// Writes all bytes.
    /// - Returns: 0, or an error number.
    public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> CInt {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            if count < 0 && errno == EINTR { continue }
            // A device that takes nothing would otherwise be asked forever.
            if count <= 0 { return count == 0 ? EIO : errno }
            written += count
        }
        return 0
    }

    /// Waits until a file, or the names in a folder, are on the disk.
    /// - Returns: 0, or an error number.
    public static func synchronize(_ path: String) -> CInt {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // EINVAL: a file system that cannot synchronize folders.
        return fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno
    }
}
