// The lock of a batch's output: two runs that write the same file would each take away the other's rows.
// - The kernel releases it when the process ends, however that comes; a file that a killed run leaves locks nothing.
// - The file is removed at the end, so a lock counts only while the file still has its name.

import Files
import Foundation

/// Says that a process writes an output, until it is released or the process ends.
final class BatchLock {
    private let path: String
    private let descriptor: CInt

    /// - Parameter output: the path of the file that is written.
    /// - Throws: `Failure` if another process writes it, or its folder takes no file.
    init(output: String) throws {
        let place = URL(filePath: TextFile.absolute(output)).resolvingSymlinksInPath()
        path = place.deletingLastPathComponent().path + "/.\(place.lastPathComponent).lock"
        while true {
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard opened >= 0 else {
                throw Failure(
                    "\(FileError(path: output, code: errno)) Give a name in a folder that you may write to.")
            }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                close(opened)
                // File systems without locks go without.
                guard code == EWOULDBLOCK else {
                    descriptor = -1
                    return
                }
                throw Failure("Another batch writes \(output) at this moment. Wait for it, or give another name.")
            }
            var mine = stat()
            var named = stat()
            if fstat(opened, &mine) == 0, stat(path, &named) == 0, mine.st_ino == named.st_ino {
                descriptor = opened
                return
            }
            // The run before has just removed it.
            close(opened)
        }
    }

    deinit {
        unlink(path)
        if descriptor >= 0 { close(descriptor) }
    }
}
