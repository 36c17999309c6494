// The tensors of one safetensors file, for files that are no whole model: checkpoints and adapters.

import Tensors

/// A safetensors file opened for reading.
public struct SafetensorsTensors: Sendable {
    public let path: String
    private let entries: [String: TensorEntry]
    /// What the file says about itself.
    public let texts: [String: String]

    /// - Throws: `ModelFileError`, which names the tensor that is wrong.
    public init(path: String) throws {
        self.path = path
        let file = try SafetensorsFile(path: path)
        texts = file.texts
        entries = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The names of all tensors of floats, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// A tensor of one or two dimensions in place, rows × columns; one dimension is one row. nil if there is none of
    /// that name, or it has more dimensions.
    public func rows(of name: String) -> WeightMatrix? {
        guard let entry = entries[name], entry.shape.count <= 2 else { return nil }
        return try? entry.matrices().first
    }

    /// The sizes of a tensor, the fastest-running first: [columns, rows]; nil if there is none.
    public func shape(of name: String) -> [Int]? { entries[name]?.shape }
}
