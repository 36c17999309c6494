// The failures of writing a file, each as a sentence with the reason and the remedy.

/// An export that was not written; a file that was at its place is untouched.
public enum ExportError: Error, Sendable, Equatable, CustomStringConvertible {
    case noName
    case exists(path: String)
    case isFolder(path: String)
    case missingFolder(path: String, folder: String)
    case notPermitted(path: String)
    case diskFull(path: String)
    case nameTooLong(path: String)
    case failed(path: String, reason: String)

    public var description: String {
        switch self {
        case .noName:
            "The export needs a file name, for example drafts.md."
        case .exists(let path):
            "\(path) exists already and was left as it is. Choose another name."
        case .isFolder(let path):
            "\(path) is a folder. Name a file in it, for example \(path.hasSuffix("/") ? path : path + "/")drafts.md."
        case .missingFolder(let path, let folder):
            "\(path) cannot be written: there is no folder \(folder). Make it first, or choose another place."
        case .notPermitted(let path):
            "\(path) cannot be written: you may not write there. Choose another folder."
        case .diskFull(let path):
            "\(path) cannot be written: the disk is full. Free some space or choose another disk; nothing is lost."
        case .nameTooLong(let path):
            "\(path) cannot be written: the name is too long. Choose a shorter one."
        case .failed(let path, let reason):
            "\(path) cannot be written: \(reason). Choose another place or try again."
        }
    }
}
