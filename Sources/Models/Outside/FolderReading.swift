// Folders and files as the system sees them, for trees that belong to other programs.
// - Nothing is opened for writing, and nothing is locked for longer than a look.
// - A folder that is missing and a folder that may not be read are two things.

import Glibc

/// A folder that is there and cannot be read.
struct UnreadableFolder: Error, Equatable {
    var path: String
    var code: CInt

    var sentence: String {
        switch code {
        case EACCES, EPERM:
            "\(path) may not be read by you. Ask its owner for the right to read it, if you want its models."
        case ENOTDIR: "\(path) is not a folder."
        default: "\(path) cannot be read: \(String(cString: strerror(code)))."
        }
    }
}

/// What the system says about a file; links are followed.
struct FileFacts: Hashable {
    var isFolder: Bool
    var isFile: Bool
    var bytes: Int
    var seconds: Int
    var nanoseconds: Int
    var identity: Identity

    /// The same for all links to one file.
    struct Identity: Hashable {
        var device: UInt64
        var number: UInt64
    }

    /// - Returns: `nil` if there is no such file, or its link leads nowhere.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        isFile = status.st_mode & S_IFMT == S_IFREG
        bytes = Int(status.st_size)
        seconds = Int(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
        identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }

    /// How long ago the file changed, in seconds.
    var ageSeconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec - seconds) + Double(now.tv_nsec - nanoseconds) / 1e9
    }
}

enum FolderReading {
    /// The names in a folder, sorted, without `.` and `..`; `nil` if there is no such folder.
    /// - Throws: `UnreadableFolder`.
    static func names(in folder: String) throws(UnreadableFolder) -> [String]? {
        guard let entries = opendir(folder) else {
            if errno == ENOENT { return nil }
            throw UnreadableFolder(path: folder, code: errno)
        }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The place that a symbolic link names; `nil` if the path is no link.
    static func target(ofLink path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path without links, `.` and `..`; the path itself if it leads nowhere.
    static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// The bytes of a small file; `nil` if it cannot be read, or is larger than it should be.
    static func bytes(of path: String, mostBytes: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= mostBytes else {
            return nil
        }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= mostBytes {
            let count = read(descriptor, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return count == 0 ? bytes : nil }
            bytes += block[..<count]
        }
        return nil
    }

    /// The last name of a path.
    static func lastName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
