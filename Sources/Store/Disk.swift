// Questions to the file system that decide which sentence a failure gets, and the making of files and folders.
// - Nothing here opens an SQLite file that is in use: closing any descriptor of it would drop SQLite's own locks.

import Foundation

enum Disk {
    /// Whether so little is left that a write may have failed for want of space.
    static func isFull(at path: String) -> Bool {
        var status = statvfs()
        guard statvfs(folder(of: path), &status) == 0 else { return false }
        let (bytes, overflows) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return !overflows && bytes < 256 * 1024
    }

    static func isReadOnly(at path: String) -> Bool {
        let isThere = access(path, F_OK) == 0
        return (isThere && access(path, W_OK) != 0) || access(folder(of: path), W_OK) != 0
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Size in bytes; `nil` where there is no file.
    static func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// A file, whatever its name is.
    struct Identity: Sendable, Equatable {
        var device: UInt64
        var inode: UInt64
    }

    /// `nil` where there is no file.
    static func identity(of path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the folder and those above it, open to the user alone.
    static func makeFolder(_ path: String) -> CInt {
        if path.isEmpty || isFolder(path) { return 0 }
        let outcome = makeFolder(folder(of: path))
        guard outcome == 0 else { return outcome }
        return mkdir(path, 0o700) == 0 || errno == EEXIST ? 0 : errno
    }

    /// Makes an empty file that only the user may read; one that is there stays as it is.
    static func makePrivateFile(_ path: String) -> CInt {
        let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno == EEXIST ? 0 : errno }
        close(descriptor)
        return 0
    }
}

extension StoreError {
    /// The sentence for a failed system call on the store's files.
    init(errno code: CInt, path: String) {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: self = .diskFull(path: path)
        case EACCES, EPERM, EROFS: self = .readOnly(path: path)
        default: self = .cannotOpen(path: path, reason: String(cString: strerror(code)))
        }
    }
}
