// Files that only the user may read: mode 0600 from the first byte, written whole or not at all.

import Files
import Foundation

enum PrivateFile {
    /// Replaces a file in one step; after it the new content is on the disk, name included.
    /// - Throws: `FileError`; the file is then as it was before.
    static func replace(_ path: String, with data: Data) throws {
        try write(data, to: path, replaces: true)
    }

    /// Makes a file that must not be there yet.
    /// - Throws: `FileError`.
    static func create(_ path: String, with data: Data) throws {
        try write(data, to: path, replaces: false)
    }

    private static func write(_ data: Data, to path: String, replaces: Bool) throws {
        let file = try ReplacementFile(path: path, mode: .ownerOnly)
        try data.withUnsafeBytes { try file.write($0) }
        try file.commit(replaces: replaces)
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
}
