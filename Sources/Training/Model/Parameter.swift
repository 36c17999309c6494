// The tensors of a model in training.
// - Values are always floats, whatever the type of the file: a bf16 weight would not move at a usual learning rate.
// - Names, shapes and the order of rows are those of GGUF files.

import Inference
import Tensors

/// A tensor of floats, with its gradient if it is trained. A vector is a matrix of one row.
public final class Parameter: Sendable {
    /// GGUF's name of the tensor.
    public let name: String
    public let rowCount: Int
    public let columnCount: Int
    /// True for a tensor of one dimension: a norm or a bias.
    public let isVector: Bool
    public let values: FloatMatrix
    /// Of the same shape; nil if the tensor is frozen.
    public let gradient: FloatMatrix?

    /// A tensor of zeros.
    public init(name: String, rows: Int, columns: Int, isVector: Bool, isTrained: Bool) {
        self.name = name
        rowCount = rows
        columnCount = columns
        self.isVector = isVector
        values = FloatMatrix(zeroRows: rows, columnCount: columns)
        gradient = isTrained ? FloatMatrix(zeroRows: rows, columnCount: columns) : nil
    }

    /// The values of a matrix of a file, decoded.
    convenience init(name: String, matrix: WeightMatrix, isTrained: Bool) {
        self.init(
            name: name, rows: matrix.rowCount, columns: matrix.columnCount, isVector: false, isTrained: isTrained)
        for row in 0..<rowCount { values.setRow(row, to: matrix.decodedRow(row)) }
    }

    convenience init(name: String, vector: [Float], isTrained: Bool) {
        self.init(name: name, rows: 1, columns: vector.count, isVector: true, isTrained: isTrained)
        values.setRow(0, to: vector)
    }

    /// True if weight decay applies: to matrices, embeddings and adapters included, not to norms and biases.
    public var decays: Bool { !isVector }
    public var elementCount: Int { rowCount * columnCount }
}

/// A low-rank update of a frozen matrix: y = W x + scale · B (A x). Hu et al., arXiv:2106.09685.
public final class AdapterParameters: Sendable {
    /// rank × inputs.
    public let a: Parameter
    /// outputs × rank.
    public let b: Parameter
    public let scale: Float
    public var rank: Int { a.rowCount }

    /// - Parameter name: the frozen matrix, such as `blk.0.attn_q.weight`.
    init(name: String, inputs: Int, outputs: Int, rank: Int, alpha: Double) {
        a = Parameter(name: name + ".lora_a", rows: rank, columns: inputs, isVector: false, isTrained: true)
        b = Parameter(name: name + ".lora_b", rows: outputs, columns: rank, isVector: false, isTrained: true)
        scale = Float(alpha / Double(rank))
    }
}

extension FloatMatrix {
    /// A matrix of zeros.
    convenience init(zeroRows rows: Int, columnCount: Int) {
        self.init(rowCount: rows, columnCount: columnCount)
        let zeros = [Float](repeating: 0, count: columnCount)
        for row in 0..<rows { setRow(row, to: zeros) }
    }
}
