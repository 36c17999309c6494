// Checksums of files on the disk.

import Glibc
import Transfer

/// A checksum of a file that is being made.
struct RunningSum {
    private let digest: Digest

    /// - Parameters:
    ///   - sum: what it is compared with in the end; SHA-256 if that is not known.
    ///   - bytes: the size of the whole file.
    init(like sum: FileSum?, bytes: Int?) {
        if case .git = sum {
            digest = Digest(.sha1)
            // Git puts the kind and the size before the content.
            digest.add("blob \(bytes ?? 0)\0")
        } else {
            digest = Digest(.sha256)
        }
    }

    func add(_ bytes: UnsafeRawBufferPointer) { digest.add(bytes) }
    /// In hexadecimal; nothing can be added after it.
    func finish() -> String { digest.finish() }
}

enum FileSums {
    private static let blockBytes = 1 << 20

    /// Adds the bytes of an open file from its beginning.
    /// - Parameter progress: called with the bytes so far; throws to stop.
    /// - Returns: the number of bytes, or nil if the file cannot be read.
    static func add(_ descriptor: CInt, to sum: RunningSum, progress: (Int) throws -> Void) throws -> Int? {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 4096)
        defer { block.deallocate() }
        var done = 0
        while true {
            let count = pread(descriptor, block.baseAddress, block.count, off_t(done))
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return done }
            sum.add(UnsafeRawBufferPointer(rebasing: block[..<count]))
            done += count
            try progress(done)
        }
    }

    /// True if the file has this size and this checksum.
    static func isSame(_ path: String, bytes: Int?, sum: FileSum, isStopped: () -> Bool) throws -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            bytes == nil || Int(status.st_size) == bytes
        else { return false }
        let running = RunningSum(like: sum, bytes: Int(status.st_size))
        let count = try add(descriptor, to: running) { _ in if isStopped() { throw DownloadError.stopped } }
        return count == Int(status.st_size) && running.finish() == sum.hexadecimal
    }
}
