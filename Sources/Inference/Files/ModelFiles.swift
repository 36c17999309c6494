// Opens a model, whatever its format.

import Foundation

/// Opens model files and folders.
public enum ModelFiles {
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
