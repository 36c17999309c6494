// A model in GGUF format: one mapped file, or the parts of a split one.
// - Opening checks everything: the bytes of each entry are inside its file.
// - Weights are never copied. Vectors (norms, biases) are decoded, because they are tiny.

import Tensors

/// A GGUF model opened for reading.
public final class GGUFFile: ModelSource {
    public let path: String
    /// 2 or 3.
    public let version: UInt32
    public let metadata: [String: MetadataValue]
    public let tensors: [String: TensorEntry]
    /// The mapped files: one, or all parts of a split model in order.
    public let files: [MappedFile]

    /// Opens a file, and the other parts if it belongs to a split model.
    /// - Parameter path: a GGUF file; any part of a split model.
    /// - Throws: `ModelFileError`, which names the file and the field and says what to do.
    public static func open(path: String) throws -> GGUFFile {
        let first = try part(path: path)
        let count = try SplitParts.count(first.metadata, path: path)
        return count > 1 ? try SplitParts.open(path: path, count: count) : GGUFFile(path: path, parts: [first])
    }

    /// Opens the files of one model, which may have any names and any order.
    /// - Parameter paths: a whole model, or all parts of a split one.
    public static func open(parts paths: [String]) throws -> GGUFFile { try SplitParts.open(paths: paths) }

    /// Opens a file that stays in memory as long as the program runs.
    public static func open(staticBytes: UnsafeRawBufferPointer, name: String) throws -> GGUFFile {
        let file = MappedFile(staticBytes: staticBytes, name: name)
        guard file.byteCount > 0 else { throw ModelFileError.unreadable(.empty(path: name)) }
        return GGUFFile(path: name, parts: [Part(file: file, contents: try GGUFParser.parse(file))])
    }

    /// One file of a model.
    struct Part {
        let file: MappedFile
        let contents: GGUFParser.Contents

        var metadata: [String: MetadataValue] { contents.metadata }
    }

    static func part(path: String) throws -> Part {
        let file: MappedFile
        do {
            file = try MappedFile(path: path)
        } catch let error as MappedFileError {
            throw ModelFileError.unreadable(error)
        }
        return Part(file: file, contents: try GGUFParser.parse(file))
    }

    /// - Parameter parts: not empty; the first holds the metadata; no tensor is in two parts.
    init(path: String, parts: [Part]) {
        self.path = path
        version = parts[0].contents.version
        metadata = parts[0].metadata
        files = parts.map(\.file)
        var tensors: [String: TensorEntry] = [:]
        for entry in parts.flatMap(\.contents.tensors) { tensors[entry.name] = entry }
        self.tensors = tensors
    }

    public var tensorNames: [String] { Array(tensors.keys) }

    public func hasTensor(_ name: String) -> Bool { tensors[name] != nil }

    public func shape(of name: String) -> [Int]? { tensors[name]?.shape }

    /// A tensor of one or two dimensions as rows x columns, in place.
    /// - Throws: `ModelFileError` if it is missing or has more dimensions.
    public func weight(_ name: String) throws -> WeightMatrix {
        let matrices = try weights(name)
        guard matrices.count == 1 else {
            throw ModelFileError.wrongShape(
                path: path, tensor: name, expected: "two dimensions", found: shape(of: name) ?? [])
        }
        return matrices[0]
    }

    /// The matrices along a tensor's third dimension, in place.
    public func weights(_ name: String) throws -> [WeightMatrix] {
        guard let entry = tensors[name] else { throw ModelFileError.missingTensor(path: path, name: name) }
        return try entry.matrices()
    }

    /// A tensor with one dimension (or one row), decoded.
    public func vector(_ name: String) throws -> WeightVector {
        guard let entry = tensors[name] else { throw ModelFileError.missingTensor(path: path, name: name) }
        guard entry.elementCount == entry.shape[0] else {
            throw ModelFileError.wrongShape(path: path, tensor: name, expected: "one dimension", found: entry.shape)
        }
        return WeightVector(values: try entry.matrices()[0].decodedRow(0))
    }
}

extension TensorEntry {
    /// The tensor as one matrix: a row for each index of the second and later dimensions.
    func matrixOfRows() throws -> WeightMatrix {
        try WeightMatrix(
            file: file, byteOffset: byteOffset, type: type, rowCount: elementCount / shape[0], columnCount: shape[0])
    }

    /// The tensor as matrices of rows x columns, one for each index of the third and later dimensions.
    func matrices() throws -> [WeightMatrix] {
        let columnCount = shape[0]
        let rowCount = shape.count > 1 ? shape[1] : 1
        let count = elementCount / (columnCount * rowCount)
        let matrixBytes = byteCount / count
        return try (0..<count).map { index in
            try WeightMatrix(
                file: file, byteOffset: byteOffset + index * matrixBytes, type: type,
                rowCount: rowCount, columnCount: columnCount)
        }
    }
}
