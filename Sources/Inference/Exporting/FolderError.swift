// Why a model was not written as a folder.
// - The sentences name no options: each caller adds its own.

/// Why no folder was written. What was at its place is as it was.
public enum FolderError: Error, Equatable, Sendable, CustomStringConvertible {
    case architecture(path: String, name: String, known: [String])
    case tensor(path: String, name: String, type: String)
    case setting(path: String, what: String, type: String)
    case exists(path: String)
    case isSource(path: String)
    case otherContents(path: String)
    case noFolder(path: String, folder: String)

    public var description: String {
        switch self {
        case .architecture(let path, let name, let known):
            "\(path): a model of the architecture '\(name)' cannot be written as a folder for transformers yet. "
                + "These can: \(known.joined(separator: ", "))."
        case .tensor(let path, let name, let type):
            "\(path): has the tensor '\(name)', and transformers' models of the type '\(type)' have none like it, so a "
                + "folder would be another model. Use the file itself."
        case .setting(let path, let what, let type):
            "\(path): has \(what), and transformers' models of the type '\(type)' have no setting for it, so a folder "
                + "would be another model. Use the file itself."
        case .exists(let path): "\(path) exists already. Choose another name, or remove it first."
        case .isSource(let path): "\(path) is the model that is being read. Choose another name for the new folder."
        case .otherContents(let path):
            "\(path) is not replaced, because it is no folder with a model: it has no config.json. Choose another name."
        case .noFolder(let path, let folder):
            "\(path) cannot be written, because there is no folder \(folder). Make it first."
        }
    }
}
