// Everything that the transformer and the tokenizer need of a model, independent of the file format.
// - Keys and tensor names are those of GGUF; other formats translate theirs.

import Tensors

/// A model opened for reading: its metadata, its weights, its vocabulary.
public protocol ModelSource: Sendable {
    /// The file or folder, for messages.
    var path: String { get }
    /// The mapped files that hold the weights.
    var files: [MappedFile] { get }
    var metadata: [String: MetadataValue] { get }
    /// The origin of a key's value, for messages: the file, and the key's name in it.
    func origin(of key: String) -> (path: String, key: String)
    /// Names of all tensors.
    var tensorNames: [String] { get }
    func hasTensor(_ name: String) -> Bool
    /// The sizes of a tensor, fastest-running first: [columns, rows]; nil if there is no tensor of that name.
    func shape(of name: String) -> [Int]?
    /// A matrix in place, rows x columns; a 1-D tensor is a matrix of one row.
    func weight(_ name: String) throws -> WeightMatrix
    /// The matrices of a 3-D tensor (the experts of a layer), or of a 2-D one as a single matrix.
    func weights(_ name: String) throws -> [WeightMatrix]
    /// A 1-D tensor, decoded.
    func vector(_ name: String) throws -> WeightVector
    /// The updates that adapters add to the products of a matrix, in the order of the adapters.
    func updates(of name: String) -> [LowRankUpdate]
    /// The folder whose tokenizer.json describes the vocabulary; nil if the metadata does (`tokenizer.ggml.…`).
    var vocabularyFolder: String? { get }
    /// The same model with its tensors in the layout of GGUF files, for writing one; self if they have it already.
    var inFileLayout: any ModelSource { get }
    /// The sampling options that the author of the model recommends.
    var authorSampling: AuthorSampling { get }
}

extension ModelSource {
    public var inFileLayout: any ModelSource { self }
    public var vocabularyFolder: String? { nil }
    public func updates(of name: String) -> [LowRankUpdate] { [] }
    public var authorSampling: AuthorSampling { AuthorSampling(metadataOf: self) }
    public func origin(of key: String) -> (path: String, key: String) { (path, key) }
}

extension ModelSource {
    // Typed values. A missing key gives the default if there is one; a value of the wrong type always throws.

    /// - Throws: `ModelFileError`, which names the key, the type it should have and its value.
    public func int(_ key: String) throws -> Int { try required(key, optionalInt(key)) }
    public func float(_ key: String) throws -> Float { try required(key, optionalFloat(key)) }
    public func bool(_ key: String) throws -> Bool { try required(key, optionalBool(key)) }
    public func string(_ key: String) throws -> String { try required(key, optionalString(key)) }
    public func byteStrings(_ key: String) throws -> ByteStrings { try required(key, optionalByteStrings(key)) }

    public func int(_ key: String, default value: Int) throws -> Int { try optionalInt(key) ?? value }
    public func float(_ key: String, default value: Float) throws -> Float { try optionalFloat(key) ?? value }
    public func bool(_ key: String, default value: Bool) throws -> Bool { try optionalBool(key) ?? value }
    public func string(_ key: String, default value: String) throws -> String { try optionalString(key) ?? value }

    public func optionalInt(_ key: String) throws -> Int? {
        try optional(key, "an integer") { $0.integer }
    }
    public func optionalFloat(_ key: String) throws -> Float? {
        try optional(key, "a number") { value in
            guard let number = value.number, number.isFinite else { return nil }
            return Float(number)
        }
    }
    public func optionalBool(_ key: String) throws -> Bool? {
        try optional(key, "a truth value") { value in
            guard case .bool(let truth) = value else { return nil }
            return truth
        }
    }
    /// Text. Bytes that are not UTF-8 throw as a value of another type does.
    public func optionalString(_ key: String) throws -> String? {
        try optional(key, "a string") { value in
            guard case .string(let bytes) = value else { return nil }
            return String(validating: bytes, as: UTF8.self)
        }
    }
    public func optionalIntArray(_ key: String) throws -> [Int]? {
        try optional(key, "an array of integers") { value in
            guard case .array(let array) = value else { return nil }
            return array.integers
        }
    }
    public func optionalFloatArray(_ key: String) throws -> [Float]? {
        try optional(key, "an array of floating-point numbers") { value in
            guard case .array(let array) = value else { return nil }
            return array.floats
        }
    }
    public func optionalByteStrings(_ key: String) throws -> ByteStrings? {
        try optional(key, "an array of strings") { value in
            guard case .array(let array) = value else { return nil }
            return array.strings
        }
    }

    private func required<Value>(_ key: String, _ value: Value?) throws -> Value {
        guard let value else {
            let origin = origin(of: key)
            throw ModelFileError.missingKey(path: origin.path, key: origin.key)
        }
        return value
    }

    private func optional<Value>(
        _ key: String, _ expected: String, _ convert: (MetadataValue) -> Value?
    ) throws -> Value? {
        guard let value = metadata[key] else { return nil }
        guard let converted = convert(value) else {
            let origin = origin(of: key)
            throw ModelFileError.wrongType(
                path: origin.path, key: origin.key, expected: expected, found: value.typeName)
        }
        return converted
    }
}
