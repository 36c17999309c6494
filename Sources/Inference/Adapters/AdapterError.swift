// The errors of adapters, and what to do about each.
// - Every sentence names the file; that of a tensor names it too.

import Tensors

/// Why an adapter cannot be read, or cannot be put on a model.
public enum AdapterError: Error, Equatable, CustomStringConvertible {
    /// - Parameter what: the kind of file or folder; nil if it cannot be told.
    case notAnAdapter(path: String, what: String?)
    /// - Parameter pickled: true if it has the weights in PyTorch's own format.
    case noWeights(folder: String, pickled: Bool)
    /// Something in it that this program does not compute.
    case unsupported(path: String, what: String)
    case noTensors(path: String)
    case unknownTensor(path: String, tensor: String)
    case otherHalfMissing(path: String, tensor: String, missing: String)
    case wrongShape(path: String, tensor: String, expected: String, found: [Int])
    case notFinite(path: String, tensor: String)
    case tooLarge(path: String, tensor: String, scale: Float)
    case otherArchitecture(path: String, architecture: String, model: String, modelArchitecture: String)
    case missingMatrix(path: String, tensor: String, model: String)
    case otherShape(path: String, tensor: String, shape: [Int], model: String, modelShape: [Int])
    case cannotWrite(path: String, reason: String)
    case noName(tensor: String, architecture: String)
    case exists(path: String)
    /// Something that takes a model alone got one with adapters.
    case onTop(model: String)

    public var description: String {
        switch self {
        case .notAnAdapter(let path, let what):
            "\(path): is \(what ?? "not an adapter"). "
                + "Give a folder with adapter_config.json and adapter_model.safetensors, or an adapter in GGUF format."
        case .noWeights(let folder, let pickled):
            pickled
                ? "\(folder): has its weights in adapter_model.bin, which can hold programs and is not read. "
                    + "Save the adapter as adapter_model.safetensors."
                : "\(folder): has no adapter_model.safetensors. Give the complete folder of an adapter."
        case .unsupported(let path, let what):
            "\(path): \(what), which is not supported. Merge the adapter into its model with the program that made it."
        case .noTensors(let path):
            "\(path): changes no matrix: it has no tensors of an adapter. Give another adapter."
        case .unknownTensor(let path, let tensor):
            "\(path): tensor '\(tensor)' belongs to no matrix of the model that an adapter can change. "
                + "Give the model that the adapter was made for, or another adapter."
        case .otherHalfMissing(let path, let tensor, let missing):
            "\(path): tensor '\(tensor)' has no '\(missing)' beside it. The file is incomplete: download it again."
        case .wrongShape(let path, let tensor, let expected, let found):
            "\(path): tensor '\(tensor)' should have \(expected) and has the shape \(found). "
                + "The file does not fit its settings: download it again."
        case .notFinite(let path, let tensor):
            "\(path): tensor '\(tensor)' holds values that are NaN or infinite. Train or download the adapter again."
        case .tooLarge(let path, let tensor, let scale):
            "\(path): the update of '\(tensor)' times its scale \(scale) is beyond the largest 32-bit number. "
                + "Use a smaller scale."
        case .otherArchitecture(let path, let architecture, let model, let modelArchitecture):
            "\(path): is an adapter for models of the architecture '\(architecture)', and \(model) is of '\(modelArchitecture)'. "
                + "Use it with the model that it was made for."
        case .missingMatrix(let path, let tensor, let model):
            "\(path): changes '\(tensor)', and \(model) has no such matrix. Use it with the model that it was made for."
        case .otherShape(let path, let tensor, let shape, let model, let modelShape):
            "\(path): changes '\(tensor)' of \(Self.text(shape)), and that of \(model) has \(Self.text(modelShape)). "
                + "Use it with the model that it was made for."
        case .cannotWrite(let path, let reason):
            "\(path): cannot be written: \(reason). "
                + "Check the free space and the permissions there, or choose another folder."
        case .noName(let tensor, let architecture):
            "The matrix '\(tensor)' has no name of its own in PEFT's models of the architecture '\(architecture)'. "
                + "Write the adapter as a GGUF file."
        case .exists(let path): "\(path): exists already. Choose another name, or remove it first."
        case .onTop(let model):
            "\(model): is a model with adapters on top, and this needs a model alone. Merge them first, or leave them out."
        }
    }

    private static func text(_ shape: [Int]) -> String {
        let rows = shape.count > 1 ? shape[1] : 1
        return "\(rows) outputs and \(shape.first ?? 1) inputs" + (shape.count > 2 ? " for each expert" : "")
    }
}
