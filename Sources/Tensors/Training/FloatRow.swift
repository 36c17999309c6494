// A vector of weights of training: a row of a matrix that is trained, or a vector of a file that is not.

/// Floats in a row, read where they lie.
public enum FloatRow: Sendable {
    case row(FloatMatrix, Int)
    case vector(WeightVector)

    /// The only row of a trained vector.
    public static func only(_ matrix: FloatMatrix) -> FloatRow { .row(matrix, 0) }

    public var count: Int {
        switch self {
        case .row(let matrix, _): matrix.columnCount
        case .vector(let vector): vector.count
        }
    }

    var pointer: UnsafePointer<Float> {
        switch self {
        case .row(let matrix, let index):
            precondition(index >= 0 && index < matrix.rowCount, "a row of the matrix")
            return UnsafePointer(matrix.pointer(row: index))
        case .vector(let vector): return vector.pointer
        }
    }
}
