// The errors of reading a model file, and what to do about each.
// - Every sentence about a model file is made here, and names the file and the field.
// - Numbers come straight from the file and may be absurd, so they are only printed.

import Tensors

/// Why a model file could not be read.
public enum ModelFileError: Error, Equatable, CustomStringConvertible {
    /// The file is missing, empty, not a regular file, or cannot be mapped.
    case unreadable(MappedFileError)
    /// The file is of another kind; `looksLike` names it if it can be guessed.
    case notAModelFile(path: String, looksLike: String?)
    case unsupportedVersion(path: String, version: UInt32)
    case bigEndian(path: String)
    /// A field or a tensor reaches past the end of the file.
    case truncated(path: String, field: String, neededBytes: UInt64, leftBytes: Int)
    /// A count that the rest of the file has no room for, even if each item were as small as possible.
    case tooMany(path: String, field: String, count: UInt64, most: Int)
    case duplicate(path: String, field: String)
    case unknownValueType(path: String, key: String, id: UInt32)
    case nestedArray(path: String, key: String)
    case badAlignment(path: String, alignment: UInt64)
    case tooManyDimensions(path: String, tensor: String, count: UInt32)
    case badShape(path: String, tensor: String, shape: [UInt64], problem: String)
    case unsupportedElementType(path: String, tensor: String, id: UInt32, name: String?)
    case misaligned(path: String, tensor: String, offset: UInt64, alignment: Int)
    case overlapping(path: String, tensor: String, other: String)
    case missingKey(path: String, key: String)
    case wrongType(path: String, key: String, expected: String, found: String)
    case outOfRange(path: String, key: String, value: String, allowed: String)
    case missingTensor(path: String, name: String)
    case wrongShape(path: String, tensor: String, expected: String, found: [Int])
    /// A file of a model folder.
    case missingFile(folder: String, name: String)
    case missingPart(path: String, part: Int, count: Int)
    case mixedParts(path: String, problem: String)
    /// Text inside the file (JSON, a name) that cannot be parsed.
    case malformed(path: String, field: String, problem: String)
    case unsupportedArchitecture(path: String, name: String, known: String)
    case unsupportedScaling(path: String, name: String)
    /// A setting of config.json that the family's forward pass does not have.
    case unsupportedSetting(path: String, key: String, value: String, type: String)
    case unsupportedTokenizer(path: String, field: String, name: String, known: String)

    public var description: String {
        switch self {
        case .unreadable(let error):
            error.description
        case .notAModelFile(let path, let looksLike):
            "\(path): is not a GGUF file" + (looksLike.map { "; it looks like \($0)." } ?? ".")
                + " Give a model in GGUF format, or a folder with config.json and safetensors."
        case .unsupportedVersion(let path, let version):
            version < 2
                ? "\(path): is a GGUF file of version \(version), which is too old: this program reads versions 2 and 3. "
                    + "Convert the model again, or download a newer file."
                : "\(path): is a GGUF file of version \(version), and this program reads versions 2 and 3. "
                    + "Update the program, or download a file of version 3."
        case .bigEndian(let path):
            "\(path): is a big-endian GGUF file, which cannot be used here. Download the little-endian file."
        case .truncated(let path, let field, let needed, let left):
            "\(path): \(field) needs \(needed) bytes and the file has \(left) left. "
                + "The file is cut short: download it again."
        case .tooMany(let path, let field, let count, let most):
            "\(path): \(field) is \(count), and a file of this size can hold at most \(most). "
                + "The file is damaged: download it again."
        case .duplicate(let path, let field):
            "\(path): \(field) appears twice. The file is damaged: download it again."
        case .unknownValueType(let path, let key, let id):
            "\(path): key '\(key)' has a value of type \(id), and types 0 to 12 are known. "
                + "The file is damaged, or made by a newer program: download it again."
        case .nestedArray(let path, let key):
            "\(path): key '\(key)' is an array of arrays, which no known model needs. "
                + "The file is damaged: download it again."
        case .badAlignment(let path, let alignment):
            "\(path): general.alignment is \(alignment); it must be a power of two from 8 to 1048576. "
                + "The file is damaged: download it again."
        case .tooManyDimensions(let path, let tensor, let count):
            "\(path): tensor '\(tensor)' has \(count) dimensions, and 1 to 4 are allowed. "
                + "The file is damaged: download it again."
        case .badShape(let path, let tensor, let shape, let problem):
            "\(path): tensor '\(tensor)' has the shape \(Self.text(shape)), \(problem). "
                + "The file is damaged: download it again."
        case .unsupportedElementType(let path, let tensor, let id, let name):
            "\(path): tensor '\(tensor)' has element type \(name ?? "number \(id)"), which is not supported. "
                + "Use a file in one of \(Self.supportedTypes)."
        case .misaligned(let path, let tensor, let offset, let alignment):
            "\(path): tensor '\(tensor)' starts at \(offset), which is not a multiple of the alignment \(alignment). "
                + "The file is damaged: download it again."
        case .overlapping(let path, let tensor, let other):
            "\(path): tensors '\(tensor)' and '\(other)' overlap. "
                + "The file is damaged: download it again."
        case .missingKey(let path, let key):
            "\(path): has no key '\(key)', which is needed to run the model. "
                + "The file is incomplete: convert or download it again."
        case .wrongType(let path, let key, let expected, let found):
            "\(path): key '\(key)' should be \(expected) and is \(found). "
                + "The file is damaged: convert or download it again."
        case .outOfRange(let path, let key, let value, let allowed):
            "\(path): key '\(key)' is \(value); it must be \(allowed). "
                + "The file is damaged: convert or download it again."
        case .missingTensor(let path, let name):
            "\(path): has no tensor '\(name)', which is needed to run the model. "
                + "The file is incomplete: convert or download it again."
        case .wrongShape(let path, let tensor, let expected, let found):
            "\(path): tensor '\(tensor)' should have \(expected) and has the shape \(Self.text(found)). "
                + "The file is damaged: convert or download it again."
        case .missingFile(let folder, let name):
            "\(folder): has no \(name). Give a folder with config.json, safetensors and tokenizer.json, or a GGUF file."
        case .missingPart(let path, let part, let count):
            "\(path): part \(part) of \(count) of this model is missing. "
                + "Download all parts into one folder."
        case .mixedParts(let path, let problem):
            "\(path): does not belong to the other parts: \(problem). Download all parts of one model again."
        case .malformed(let path, let field, let problem):
            "\(path): \(field) cannot be read: \(problem). The file is damaged: download it again."
        case .unsupportedArchitecture(let path, let name, let known):
            "\(path): the architecture '\(name)' is not supported. Use a model of one of \(known)."
        case .unsupportedScaling(let path, let name):
            "\(path): the rotation scaling '\(name)' of config.json is not supported. Use the model's GGUF file."
        case .unsupportedSetting(let path, let key, let value, let type):
            "\(path): key '\(key)' is \(value), which is not supported for models of type '\(type)'. "
                + "Use another form of the model, such as its GGUF file."
        case .unsupportedTokenizer(let path, let field, let name, let known):
            "\(path): \(field) is '\(name)', which is not supported. Use a model with one of \(known)."
        }
    }

    private static func text(_ shape: [some BinaryInteger]) -> String {
        "[" + shape.map { "\($0)" }.joined(separator: ", ") + "]"
    }

    private static var supportedTypes: String {
        ElementType.allCases.map(\.name).joined(separator: ", ")
    }
}
