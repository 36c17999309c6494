// The place of one tensor in a model file.

import Tensors

/// A tensor's place, shape and element type. Its bytes are inside the file; reading the head checked that.
public struct TensorEntry: Sendable {
    public let name: String
    /// Sizes with the fastest-running first, as GGUF lists them: [columns, rows], [columns, rows, experts].
    public let shape: [Int]
    public let type: ElementType
    public let file: MappedFile
    /// From the start of `file`.
    public let byteOffset: Int
    public let byteCount: Int

    public var elementCount: Int { shape.reduce(1, *) }

    /// - Throws: `ModelFileError.overlapping` if two of one file's tensors share bytes.
    static func checkApart(_ entries: [TensorEntry], path: String) throws {
        let sorted = entries.sorted { $0.byteOffset < $1.byteOffset }
        // The ends are inside the file, so the sums do not overflow.
        for (first, second) in zip(sorted, sorted.dropFirst())
        where first.byteOffset + first.byteCount > second.byteOffset {
            throw ModelFileError.overlapping(path: path, tensor: first.name, other: second.name)
        }
    }
}
