// The lock of a run's folder: it says that a process writes there, and which one.
// - The kernel releases it when the process ends, however that comes.
// - The number of the process stands in the file. It counts only while that process has this very file open, so a number
//   that was left behind by a killed process never means another one.

import Files
import Foundation

/// Says that a process writes to a run, until it is released or the process ends.
final class RunLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `TrainingError.isRunning` if another process has it; `FileError`.
    init(_ folder: RunFolder) throws {
        descriptor = open(folder.lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: folder.lockPath, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw TrainingError.isRunning(folder: folder.path)
        }
        let number = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = number.withUnsafeBytes { Descriptor.write($0, to: descriptor) }
    }

    deinit { close(descriptor) }
}

extension RunFolder {
    fileprivate var lockPath: String { path + "/.lock" }

    /// True while a process writes to the run.
    public var isRunning: Bool {
        let descriptor = open(lockPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// The process that writes to the run; nil if none does, or it is one of another machine.
    public var process: Int32? {
        guard isRunning, let text = try? String(contentsOfFile: lockPath, encoding: .utf8),
            let number = Int32(text.prefix { $0.isNumber }), number > 0, hasOpen(lockPath, process: number)
        else { return nil }
        return number
    }

    private func hasOpen(_ path: String, process: Int32) -> Bool {
        var wanted = stat()
        guard stat(path, &wanted) == 0 else { return false }
        let folder = "/proc/\(process)/fd"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).contains { name in
            var found = stat()
            return stat("\(folder)/\(name)", &found) == 0 && found.st_dev == wanted.st_dev
                && found.st_ino == wanted.st_ino
        }
    }

    /// Asks the run to stop. It makes a checkpoint between two updates, and then its process ends.
    /// - Throws: `TrainingError.noRun`, `.notRunning` or `.cannotStop`.
    public func requestStop() throws {
        _ = try facts()
        guard isRunning else { throw TrainingError.notRunning(folder: path) }
        guard let process else {
            // It may have ended just now.
            throw isRunning ? TrainingError.cannotStop(folder: path) : TrainingError.notRunning(folder: path)
        }
        guard kill(process, SIGTERM) == 0 else {
            throw errno == ESRCH
                ? TrainingError.notRunning(folder: path) : TrainingError.cannotStop(folder: path)
        }
    }
}
