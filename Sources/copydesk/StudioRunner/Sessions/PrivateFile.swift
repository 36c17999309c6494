// Files that only the user may read: mode 0600 from the first byte, written whole or not at all.

import Foundation

enum PrivateFile {
    /// Replaces a file in one step; when it returns, the new content and the name are on the disk.
    /// - Parameter temporary: a name in the same folder that no other process uses.
    /// - Throws: `Failure`; the file is then as it was before.
    static func replace(_ path: String, with data: Data, temporary: String) throws {
        unlink(temporary)  // left by a crash; a link there must not be followed
        let descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path, errno) }
        var code = write(data, to: descriptor)
        if code == 0 && fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0 && code == 0 { code = errno }
        if code == 0 && rename(temporary, path) != 0 { code = errno }
        guard code == 0 else {
            unlink(temporary)
            throw failure(path, code)
        }
        let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Makes a file that must not be there yet.
    static func create(_ path: String, with data: Data) throws {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path, errno) }
        var code = write(data, to: descriptor)
        if close(descriptor) != 0 && code == 0 { code = errno }
        if code != 0 { throw failure(path, code) }
    }

    /// The content of a regular file of the user's own, and when it was changed; `nil` if there is none.
    ///
    /// Links, pipes and files of other users are ignored, because text must not come in from there.
    static func read(_ path: String, atMost byteLimit: Int) -> (data: Data, changedAt: Double)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == getuid(),
            status.st_size <= byteLimit, let data = try? handle.readToEnd() ?? Data()
        else { return nil }
        return (data, Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
    }

    /// Makes a folder and those above it, open to the user alone.
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure("The folder \(path) cannot be made: \(Console.sentence(of: error))")
        }
    }

    private static func write(_ data: Data, to descriptor: CInt) -> CInt {
        data.withUnsafeBytes { bytes in
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

    private static func failure(_ path: String, _ code: CInt) -> Failure {
        let remedy =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: "Free some space."
            case EACCES, EPERM, EROFS: "Give yourself the right to write there."
            default: "Check the disk and the folder."
            }
        return Failure("\(path) cannot be written: \(String(cString: strerror(code))). \(remedy)")
    }
}
