// Questions to the file system that decide which sentence a failure gets; makes files and folders.
// - Nothing here opens an SQLite file that this process uses: closing any descriptor of it would drop SQLite's locks.

import Files
import Foundation

enum Disk {
    /// True if so little room is left that a write may have failed because of it.
    static func isFull(at path: String) -> Bool {
        var status = statvfs()
        guard statvfs(FilePath.folder(of: path), &status) == 0 else { return false }
        let (bytes, overflows) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return !overflows && bytes < 256 * 1024
    }

    static func isReadOnly(at path: String) -> Bool {
        let isThere = access(path, F_OK) == 0
        return (isThere && access(path, W_OK) != 0) || access(FilePath.folder(of: path), W_OK) != 0
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Size in bytes; `nil` if there is no file.
    static func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// A file, whatever its name is.
    struct Identity: Sendable, Equatable {
        var device: UInt64
        var inode: UInt64
    }

    /// `nil` if there is no file.
    static func identity(of path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Facts about a file that change when it is written.
    struct State: Sendable, Equatable {
        var identity: Identity
        var bytes: Int64
        var modifiedNanoseconds: Int64
    }

    /// `nil` if there is no file.
    static func state(of path: String) -> State? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return State(
            identity: Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            bytes: Int64(status.st_size),
            modifiedNanoseconds: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
    }

    /// Takes the rights of others away from a file of ours. If it is not ours, or not there, nothing changes.
    static func closeToOthers(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0,
            status.st_uid == geteuid()
        else { return }
        chmod(path, status.st_mode & 0o700)
    }

    /// True if another process has a store open, by the lock that it holds on `-shm` all the time (SQLite's
    /// `UNIX_SHM_DMS`, byte 128). A store that this process has open is not seen.
    static func isOpenElsewhere(indexOfLog path: String) -> Bool { isLockedElsewhere(path, from: 128, count: 1) }

    /// True if another process has a database open for reading or writing, by SQLite's own locks on the file
    /// (`PENDING_BYTE` and the bytes behind it). A store that this process has open is not seen.
    static func isOpenElsewhere(_ path: String) -> Bool {
        isLockedElsewhere(path, from: 0x4000_0000, count: 512) || isOpenElsewhere(indexOfLog: path + "-shm")
    }

    private static func isLockedElsewhere(_ path: String, from start: Int, count: Int) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = start
        lock.l_len = count
        return fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }

    /// The path without symbolic links, as SQLite names the log; the path itself if there is no file.
    static func resolved(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }

    /// Makes the folder and those above it; only the user may enter them.
    static func makeFolder(_ path: String) -> CInt {
        if path.isEmpty || isFolder(path) { return 0 }
        let outcome = makeFolder(FilePath.folder(of: path))
        guard outcome == 0 else { return outcome }
        return mkdir(path, 0o700) == 0 || errno == EEXIST ? 0 : errno
    }

    /// Makes an empty file that only the user may read; if one is there, it stays as it is.
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
