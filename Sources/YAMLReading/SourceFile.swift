// Files that a person wrote, from the disk to text.
// - Nothing but a regular file is read, and no more of it than its limit: a pipe or a device in its place never blocks.

import Foundation

/// Reading a file from the disk, bounded.
public enum SourceFile {
    /// Why a file has no bytes or no text; the reason is a sentence.
    public struct Unreadable: Error, Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            case absent, folder, tooLarge, notText, other
        }

        public var kind: Kind
        public var reason: String
        /// The place of the first invalid byte; `nil` if the whole file is meant.
        public var place: FilePlace?
    }

    /// The bytes of a regular file; a symbolic link is followed.
    /// - Parameters:
    ///   - byteLimit: the largest file that is read.
    ///   - name: the word of sentences for such a file: `a template`.
    public static func bytes(
        of path: String, atMost byteLimit: Int, as name: String
    ) throws(Unreadable) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path, errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw Unreadable(
                kind: isFolder ? .folder : .other,
                reason: isFolder
                    ? "This is a folder, and \(name) must be a file. Move it away."
                    : "This is not a regular file, and \(name) must be one. Move it away.")
        }
        // One byte more than the limit, to tell a file that is too large from one that just fits.
        var bytes = [UInt8](repeating: 0, count: min(max(Int(status.st_size), 0), byteLimit) + 1)
        var count = 0
        while count <= byteLimit {
            if count == bytes.count { bytes += [UInt8](repeating: 0, count: min(count, byteLimit + 1 - count)) }
            let got = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { Foundation.read(file, $0 + count, buffer.count - count) } ?? 0
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw unreadable(path, errno) }
            if got == 0 { break }
            count += got
        }
        guard count <= byteLimit else { throw tooLarge(max(Int(status.st_size), count), byteLimit, name) }
        return Array(bytes[..<count])
    }

    /// The text of UTF-8 bytes.
    public static func text(of bytes: [UInt8]) throws(Unreadable) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        throw Unreadable(
            kind: .notText, reason: "The text is not UTF-8 from here on. Save the file as UTF-8.",
            place: firstInvalidPlace(in: bytes))
    }

    public static func tooLarge(_ byteCount: Int, _ byteLimit: Int, _ name: String) -> Unreadable {
        Unreadable(
            kind: .tooLarge,
            reason: "The file has \(byteCount) bytes, and \(name) may have \(byteLimit) at most. Shorten it.")
    }

    private static func unreadable(_ path: String, _ code: Int32) -> Unreadable {
        var status = stat()
        let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
        guard [ENOENT, ENOTDIR].contains(code), !isLink else { return Unreadable(kind: .other, reason: reason(code)) }
        return Unreadable(kind: .absent, reason: "There is no such file. Check its name.")
    }

    /// The reason that a file or folder cannot be opened, and a remedy.
    public static func reason(_ code: Int32) -> String {
        switch code {
        case ELOOP: "The symbolic link leads back to itself. Remove it, or point it to a file."
        case ENOENT, ENOTDIR: "The symbolic link leads to nothing. Remove it, or point it to a file."
        case EACCES, EPERM: "You may not read it. Change its permissions."
        default: "It cannot be read: \(String(cString: strerror(code)))."
        }
    }

    private static func firstInvalidPlace(in bytes: [UInt8]) -> FilePlace {
        var parser = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var place = FilePlace(line: 1, column: 1)
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) {
            if UTF8.decode(scalar) == "\n" {
                place = FilePlace(line: place.line + 1, column: 1)
            } else {
                place.column += 1
            }
        }
        return place
    }
}
