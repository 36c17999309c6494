// A failure to write a file, as a sentence with the reason and the remedy.

import Glibc

/// A file that was not written; a file that was at its place is as it was.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's path as it was given.
    public let path: String
    /// The system's error number, such as `ENOSPC`.
    public let code: CInt

    public init(path: String, code: CInt) {
        self.path = path
        self.code = code
    }

    public var description: String {
        if code == EEXIST { return "\(path) exists already and was left as it is. Choose another name." }
        let remedy =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: "Free some space."
            case EACCES, EPERM, EROFS: "Give yourself the right to write there."
            case ENOENT, ENOTDIR: "Make the folder first, or choose another place."
            default: "Check the disk and the folder."
            }
        return "\(path) cannot be written: \(String(cString: strerror(code))). \(remedy)"
    }
}
