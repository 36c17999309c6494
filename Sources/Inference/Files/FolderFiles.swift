// The text files and the list of weight files of a Hugging Face model folder.

import Foundation
import Generation
import Tensors

enum FolderFiles {
    /// Larger than any model's text file; the largest vocabularies take 35 MB.
    private static let mostBytes = 256 << 20

    /// A file's bytes; nil if the folder has no file of that name.
    static func bytes(_ folder: String, _ name: String) throws -> [UInt8]? {
        let path = folder + "/" + name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let file = try MappedFile(path: path)
            guard file.byteCount <= mostBytes else {
                throw ModelFileError.tooMany(
                    path: path, field: "the size of the file", count: UInt64(file.byteCount), most: mostBytes)
            }
            return file.read(offset: 0, count: file.byteCount)
        } catch let error as MappedFileError {
            throw ModelFileError.unreadable(error)
        }
    }

    /// The values of a JSON file; nil if the folder has no file of that name.
    /// - Throws: `ModelFileError` if the file is not a JSON object.
    static func optionalFields(_ folder: String, _ name: String) throws -> JSONFields? {
        let path = folder + "/" + name
        guard let bytes = try bytes(folder, name) else { return nil }
        let json = try JSONValue(parsing: bytes, path: path, field: "the JSON")
        guard json.members != nil else {
            throw ModelFileError.malformed(
                path: path, field: "the JSON", problem: "it should be an object and is \(json.kindName)")
        }
        return JSONFields(json: json, path: path)
    }

    /// - Throws: `ModelFileError` if the file is missing or not a JSON object.
    static func fields(_ folder: String, _ name: String) throws -> JSONFields {
        guard let fields = try optionalFields(folder, name) else {
            throw ModelFileError.missingFile(folder: folder, name: name)
        }
        return fields
    }

    /// Paths of the files that hold the weights.
    static func weightFiles(_ folder: String) throws -> [String] {
        guard let index = try optionalFields(folder, "model.safetensors.index.json") else {
            let single = folder + "/model.safetensors"
            guard FileManager.default.fileExists(atPath: single) else {
                throw ModelFileError.missingFile(folder: folder, name: "model.safetensors")
            }
            return [single]
        }
        // The index can list one file name for thousands of tensors.
        let places = try index.members("weight_map")?.map { name, value in
            guard let place = value.text else {
                throw ModelFileError.malformed(
                    path: index.path, field: "weight_map",
                    problem: "the file of '\(String(decoding: name, as: UTF8.self))' is \(value.kindName)")
            }
            return place
        }
        let names = Set(places ?? []).sorted()
        guard !names.isEmpty else {
            throw ModelFileError.malformed(
                path: folder + "/model.safetensors.index.json", field: "weight_map", problem: "it names no file")
        }
        return try names.map { name in
            // The name must be a file beside the index; a path could lead out of the folder.
            guard !name.contains("/"), !name.contains("\0"), ![".", "..", ""].contains(name) else {
                throw ModelFileError.malformed(
                    path: folder + "/model.safetensors.index.json", field: "weight_map",
                    problem: "'\(name)' is not a file name")
            }
            guard FileManager.default.fileExists(atPath: folder + "/" + name) else {
                throw ModelFileError.missingFile(folder: folder, name: name)
            }
            return folder + "/" + name
        }
    }

    /// The chat template: from a file of its own, or from tokenizer_config.json, where it is the only one or the one
    /// named
    /// default.
    static func chatTemplate(_ folder: String) throws -> [UInt8]? {
        if let template = try bytes(folder, "chat_template.jinja") {
            guard String(validating: template, as: UTF8.self) != nil else {
                throw ModelFileError.malformed(
                    path: folder + "/chat_template.jinja", field: "the template", problem: "it is not UTF-8 text")
            }
            return template
        }
        guard let settings = try optionalFields(folder, "tokenizer_config.json") else { return nil }
        let key = "chat_template"
        guard settings.value(key)?.items != nil else { return try settings.bytes(key) }
        let named = try settings.objects(key)?.first { try $0.text("name") == "default" }
        return try named.map { try $0.required("template", $0.bytes("template")) }
    }
}
