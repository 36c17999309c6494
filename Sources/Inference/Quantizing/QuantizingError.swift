// The errors of quantizing a model.
// - The sentences name no options: each caller adds its own.

import Tensors

/// Why no quantized model was written. No file is left under the requested name.
public enum QuantizingError: Error, Equatable, CustomStringConvertible {
    case quantizedAlready(path: String, tensor: String, type: ElementType)
    case notFinite(path: String, tensor: String)
    case tooLarge(path: String, tensor: String, value: Float, type: ElementType)
    case scaleOfEachLayer(path: String)
    case exists(path: String)
    case sameFile(path: String)
    case isFolder(path: String)
    case notAFile(path: String)
    case noFolder(path: String, folder: String)
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .quantizedAlready(let path, let tensor, let type):
            "\(path): tensor '\(tensor)' is \(type.name) already, and quantizing it again loses more. "
                + "Start from a file in F32, F16 or BF16, or accept the loss."
        case .notFinite(let path, let tensor):
            "\(path): tensor '\(tensor)' holds values that are NaN or infinite. "
                + "The file is damaged: convert or download it again."
        case .tooLarge(let path, let tensor, let value, let type):
            "\(path): tensor '\(tensor)' holds \(value), and the largest number of \(type.name) is 65504. Choose BF16 or F32."
        case .scaleOfEachLayer(let path):
            "\(path): scales the attention of each layer differently, and GGUF has no key for that. "
                + "Use the folder itself as the model."
        case .exists(let path):
            "\(path): exists already. Choose another name, or remove it first."
        case .sameFile(let path):
            "\(path): is the model that is being read. Choose another name for the new one."
        case .isFolder(let path):
            "\(path): is a folder. Give the name of the new file, such as \(path)/model.gguf."
        case .notAFile(let path):
            "\(path): is not a regular file, so it is not replaced. Give the name of the new file, such as model.gguf."
        case .noFolder(let path, let folder):
            "\(path): cannot be written, because there is no folder \(folder). Make it first."
        case .cannotWrite(let path, let reason):
            "\(path): cannot be written: \(reason). Check the free space and the permissions there, or choose another folder."
        }
    }
}
