// The bytes of one file that have arrived.
// - The sum is always that of all bytes in the file, in order; bytes are only appended, or all removed.
// - Every 64 MiB another thread waits until the disk has them; who writes goes on meanwhile.
// - No file is made before there is a byte for it.

import Dispatch
import Files
import Glibc

final class PartFile {
    private static let bytesBetweenSyncs = 64 << 20

    let path: String
    private(set) var count = 0
    private let expected: FileSum?
    private let expectedBytes: Int?
    private var sum: RunningSum
    private var descriptor: CInt = -1
    private var syncedBytes = 0
    private let syncing = DispatchGroup()

    /// - Parameters:
    ///   - sum: the checksum that the whole file should have.
    ///   - bytes: its size.
    init(path: String, sum: FileSum?, bytes: Int?) {
        (self.path, expected, expectedBytes) = (path, sum, bytes)
        self.sum = RunningSum(like: sum, bytes: bytes)
    }

    deinit { end() }

    /// Reads what an earlier download left. More bytes than the file has, or bytes that cannot be read, are removed.
    /// - Parameter progress: called with the bytes so far; throws to stop.
    func resume(progress: (Int) throws -> Void) throws {
        descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        count = try FileSums.add(descriptor, to: sum, progress: progress) ?? .max
        syncedBytes = count
        if count > expectedBytes ?? .max - 1 || lseek(descriptor, 0, SEEK_END) != count { try restart() }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        if descriptor < 0 { try make() }
        sum.add(bytes)
        let code = Descriptor.write(bytes, to: descriptor)
        guard code == 0 else {
            // The sum counts bytes that the file may not have.
            let kept = lseek(descriptor, 0, SEEK_END)
            count = max(0, Int(kept))
            throw DownloadError.disk("\(FileError(path: path, code: code))")
        }
        count += bytes.count
        if count - syncedBytes >= Self.bytesBetweenSyncs { synchronizeSoon() }
    }

    /// Removes all bytes.
    func restart() throws {
        syncing.wait()
        if descriptor >= 0, ftruncate(descriptor, 0) != 0 || lseek(descriptor, 0, SEEK_SET) != 0 {
            throw DownloadError.disk("\(FileError(path: path, code: errno))")
        }
        (count, syncedBytes) = (0, 0)
        sum = RunningSum(like: expected, bytes: expectedBytes)
    }

    /// Waits until the disk has all bytes.
    /// - Returns: the sum of the file; nothing can be appended after it.
    func finish() throws -> String {
        if descriptor < 0 { try make() }
        syncing.wait()
        guard fsync(descriptor) == 0 else { throw DownloadError.disk("\(FileError(path: path, code: errno))") }
        return sum.finish()
    }

    /// Closes the file; one without bytes is removed.
    func end() {
        guard descriptor >= 0 else { return }
        syncing.wait()
        close(descriptor)
        descriptor = -1
    }

    private func make() throws {
        descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw DownloadError.disk("\(FileError(path: path, code: errno))") }
    }

    private func synchronizeSoon() {
        // One at a time: a disk that is slower than the network gets no queue of them.
        guard syncing.wait(timeout: .now()) == .success else { return }
        syncedBytes = count
        let descriptor = descriptor
        DispatchQueue.global(qos: .utility).async(group: syncing) { fdatasync(descriptor) }
    }
}
