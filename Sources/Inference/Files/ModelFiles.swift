// Opens a model, whatever its format.

import Foundation

/// Opens model files and folders.
public enum ModelFiles {
    /// The files that hold the weights of a model folder; all of them are there.
    /// - Throws: `ModelFileError` if one is missing, or the index names none.
    public static func weightFiles(ofFolder folder: String) throws -> [String] { try FolderFiles.weightFiles(folder) }

    /// Checks that a safetensors file holds its tensors completely, and nothing after them.
    /// - Throws: `ModelFileError`.
    public static func checkSafetensors(path: String) throws { _ = try SafetensorsFile(path: path) }

    /// - Parameter path: a GGUF file, or a folder with config.json and safetensors.
    /// - Throws: `ModelFileError`.
    public static func open(path: String) throws -> any ModelSource {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return try HuggingFaceFolder.open(path: path)
        }
        return try GGUFFile.open(path: path)
    }
}
