// A model as `from_pretrained` takes it: a folder with config.json, safetensors and tokenizer.json.
// - It has GGUF's keys and tensor names; the bytes stay in the mapped files.
// - Only GPT-2's matrices, which are stored transposed, are rewritten in memory.

import Foundation
import Tensors

/// A Hugging Face model folder opened for reading.
public final class HuggingFaceFolder: ModelSource {
    public let path: String
    public let metadata: [String: MetadataValue]
    public let authorSampling: AuthorSampling
    /// Tensors by their names in the files.
    let tensors: [String: TensorEntry]
    private let names: HuggingFaceNames
    private let vectors: [String: [Float]]
    private let configuration: HuggingFaceConfiguration

    /// - Parameter path: the folder.
    /// - Throws: `ModelFileError`, which names the missing or wrong file in the folder.
    public static func open(path: String) throws -> HuggingFaceFolder { try HuggingFaceFolder(path: path) }

    private init(path: String) throws {
        self.path = path
        let fields = try FolderFiles.fields(path, "config.json")
        let configuration = try HuggingFaceConfiguration(fields)
        var tensors: [String: TensorEntry] = [:]
        for part in try FolderFiles.weightFiles(path) {
            let file = try SafetensorsFile(path: part)
            for (name, type) in file.otherTypes.sorted(by: { $0.key < $1.key })
            where HuggingFaceNames.isWeight(name, configuration.architecture) {
                throw ModelFileError.unsupportedElementType(path: part, tensor: name, id: 0, name: type)
            }
            for entry in file.tensors {
                guard tensors.updateValue(entry, forKey: entry.name) == nil else {
                    throw ModelFileError.duplicate(path: part, field: "tensor '\(entry.name)'")
                }
            }
        }
        self.tensors = tensors
        self.configuration = configuration
        names = Self.names(configuration, tensors, pairsSideBySide: false)
        vectors = configuration.vectors
        var metadata = configuration.metadata
        metadata["general.name"] = .string(Array(Self.name(fields, folder: path).utf8))
        if HuggingFaceNames.isRotatedByPairs(configuration.architecture) {
            metadata[configuration.architecture + ".rope.layout"] = .string(Array("halves".utf8))
        }
        if let template = try FolderFiles.chatTemplate(path) {
            metadata["tokenizer.chat_template"] = .string(template)
        }
        authorSampling = Self.authorSampling(path)
        metadata.merge(authorSampling.metadata) { own, _ in own }
        self.metadata = metadata
    }

    private static func authorSampling(_ path: String) -> AuthorSampling {
        do {
            return try FolderFiles.optionalFields(path, "generation_config.json").map { AuthorSampling($0) }
                ?? AuthorSampling()
        } catch {
            return AuthorSampling(unreadable: error)
        }
    }

    /// The last part of the name or path that config.json gives; the folder's name if it gives none.
    private static func name(_ fields: JSONFields, folder: String) -> String {
        let given = fields.value("_name_or_path")?.text?.split(separator: "/").last ?? ""
        guard !["", ".", ".."].contains(given) else {
            return URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        }
        return String(given)
    }

    /// The same model with rotated rows in the order of GGUF files.
    private init(inFileLayout folder: HuggingFaceFolder) {
        (path, tensors, vectors) = (folder.path, folder.tensors, folder.vectors)
        configuration = folder.configuration
        authorSampling = folder.authorSampling
        names = Self.names(folder.configuration, folder.tensors, pairsSideBySide: true)
        var metadata = folder.metadata.mapValues(\.inUsualWidth)
        metadata[folder.configuration.architecture + ".rope.layout"] = nil
        self.metadata = metadata
    }

    private static func names(
        _ configuration: HuggingFaceConfiguration, _ tensors: [String: TensorEntry], pairsSideBySide: Bool
    ) -> HuggingFaceNames {
        HuggingFaceNames(
            architecture: configuration.architecture, tensors: tensors, headCounts: configuration.headCounts,
            tiesEmbeddings: configuration.tiesEmbeddings, pairsSideBySide: pairsSideBySide)
    }

    public var inFileLayout: any ModelSource { HuggingFaceFolder(inFileLayout: self) }

    public func origin(of key: String) -> (path: String, key: String) {
        configuration.names[key].map { (path + "/config.json", $0) } ?? (path, key)
    }

    public var files: [MappedFile] { tensors.values.map(\.file) }

    public var tensorNames: [String] { names.known + vectors.keys }

    public func hasTensor(_ name: String) -> Bool { vectors[name] != nil || names.places(of: name) != nil }

    public func shape(of name: String) -> [Int]? {
        if let vector = vectors[name] { return [vector.count] }
        guard let place = names.places(of: name), let entry = tensors[place.names[0]] else { return nil }
        var shape = place.change == .transposed ? Array(entry.shape.reversed()) : entry.shape
        if place.change == .oneRowEach, shape.count == 3, shape[1] == 1 { shape.remove(at: 1) }
        if case .half = place.change, shape.count > 1 { shape[1] /= 2 }
        if place.names.count > 1 { shape.append(place.names.count) }
        return shape
    }

    public func weight(_ name: String) throws -> WeightMatrix {
        let matrices = try weights(name)
        guard matrices.count == 1 else {
            throw ModelFileError.wrongShape(
                path: path, tensor: name, expected: "two dimensions", found: shape(of: name) ?? [])
        }
        return matrices[0]
    }

    public func weights(_ name: String) throws -> [WeightMatrix] {
        guard let place = names.places(of: name) else {
            throw ModelFileError.missingTensor(path: path, name: name)
        }
        return try place.names.flatMap { part in
            guard let entry = tensors[part] else { throw ModelFileError.missingTensor(path: path, name: part) }
            // `shape(of:)` reports the shape of the first part, so all parts must have it.
            guard let first = tensors[place.names[0]], entry.shape == first.shape else {
                throw ModelFileError.wrongShape(
                    path: path, tensor: part, expected: "the shape of the other experts", found: entry.shape)
            }
            if place.change == .oneRowEach { return [try entry.matrixOfRows()] }
            return try entry.matrices().map { place.change.apply(to: $0) }
        }
    }

    public func vector(_ name: String) throws -> WeightVector {
        if let vector = vectors[name] { return WeightVector(values: vector) }
        guard let place = names.places(of: name), let entry = tensors[place.names[0]] else {
            throw ModelFileError.missingTensor(path: path, name: name)
        }
        guard entry.elementCount == entry.shape[0] else {
            throw ModelFileError.wrongShape(path: path, tensor: name, expected: "one dimension", found: entry.shape)
        }
        let values = try entry.matrices()[0].decodedRow(0)
        return WeightVector(values: place.change.apply(to: values))
    }

    public var vocabularyFolder: String? { path }
}

/// How a tensor's values change from Hugging Face's layout to GGUF's.
enum LayoutChange: Equatable {
    case none
    /// GPT-2 stores its matrices with inputs as rows.
    case transposed
    /// The two rows of a rotated pair are half a head apart and must become neighbours.
    case pairsSideBySide(headCount: Int)
    /// Gemma's norms multiply by 1 + weight.
    case onePlus
    /// The upper (0) or the lower (1) half of the rows.
    case half(Int)
    /// Matrices of one row each, one for each channel of a convolution, are the rows of one matrix.
    case oneRowEach

    func apply(to matrix: WeightMatrix) -> WeightMatrix {
        let (rows, columns) = (matrix.rowCount, matrix.columnCount)
        switch self {
        case .none, .onePlus, .oneRowEach: return matrix
        case .half(let index):
            return rows < 2 ? matrix : matrix.slice(rows: index * (rows / 2)..<(index + 1) * (rows / 2))
        case .transposed:
            var values = [Float](repeating: 0, count: rows * columns)
            for row in 0..<rows {
                for (column, value) in matrix.decodedRow(row).enumerated() { values[column * rows + row] = value }
            }
            return WeightMatrix(rows: columns, columns: rows, values: values)
        case .pairsSideBySide:
            let values = order(rows).flatMap { matrix.decodedRow($0) }
            return WeightMatrix(rows: rows, columns: columns, values: values)
        }
    }

    func apply(to values: [Float]) -> [Float] {
        switch self {
        case .none, .transposed, .half, .oneRowEach: values
        case .onePlus: values.map { 1 + $0 }
        case .pairsSideBySide: order(values.count).map { values[$0] }
        }
    }

    /// For each row of the new layout, the row of the old one.
    func order(_ count: Int) -> [Int] {
        guard case .pairsSideBySide(let headCount) = self, headCount > 0, count % (2 * headCount) == 0 else {
            return Array(0..<count)
        }
        let headWidth = count / headCount
        var order: [Int] = []
        for first in stride(from: 0, to: count, by: headWidth) {
            for index in first..<first + headWidth / 2 { order += [index, index + headWidth / 2] }
        }
        return order
    }
}

extension LayoutChange {
    /// True if `undo` can change values back.
    var isUndoable: Bool {
        switch self {
        case .none, .transposed, .pairsSideBySide, .onePlus, .oneRowEach: true
        case .half: false
        }
    }

    /// The matrix in Hugging Face's layout, from GGUF's.
    func undo(_ matrix: WeightMatrix) -> WeightMatrix {
        switch self {
        case .none, .onePlus, .half, .oneRowEach: return matrix
        case .transposed: return apply(to: matrix)
        case .pairsSideBySide:
            let values = backwards(matrix.rowCount).flatMap { matrix.decodedRow($0) }
            return WeightMatrix(rows: matrix.rowCount, columns: matrix.columnCount, values: values)
        }
    }

    /// The vector in Hugging Face's layout, from GGUF's.
    func undo(_ values: [Float]) -> [Float] {
        switch self {
        case .none, .transposed, .half, .oneRowEach: values
        case .onePlus: values.map { $0 - 1 }
        case .pairsSideBySide: backwards(values.count).map { values[$0] }
        }
    }

    /// For each row of the old layout, the row of the new one.
    private func backwards(_ count: Int) -> [Int] {
        var places = [Int](repeating: 0, count: count)
        for (place, row) in order(count).enumerated() { places[row] = place }
        return places
    }
}
