// The optimizer's arithmetic: AdamW, and the norm of all gradients.
// - Numbers of a step are computed in Double and rounded once; elements are floats.
// - Sums are one chain a row, then one over rows and matrices in order, in Double.

import CKernels
import Glibc

/// The numbers of one step of AdamW for one parameter. Loshchilov and Hutter, arXiv:1711.05101; the order of operations
/// is that of PyTorch's single-tensor implementation.
public struct AdamStep: Sendable {
    var numbers: ck_adam

    /// - Parameters:
    ///   - weightDecay: 0 for norms and biases.
    ///   - number: the steps of this parameter so far, with this one: from 1.
    ///   - gradientScale: a factor of the gradient, from clipping.
    public init(
        learningRate: Double, weightDecay: Double, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, number: Int, gradientScale: Float = 1
    ) {
        precondition(number >= 1, "steps count from 1")
        let firstCorrection = 1 - pow(beta1, Double(number))
        let secondCorrection = 1 - pow(beta2, Double(number))
        numbers = ck_adam(
            decay: Float(1 - learningRate * weightDecay), first_rate: Float(1 - beta1), beta2: Float(beta2),
            second_rate: Float(1 - beta2), step: Float(learningRate / firstCorrection),
            root_correction: Float(secondCorrection.squareRoot()), epsilon: Float(epsilon),
            gradient_scale: gradientScale)
    }
}

/// Sums of squares of the rows of some matrices: the norm of all gradients, and which of them is not finite.
///
/// Guard of `@unchecked Sendable`: each worker writes its own rows; the totals are read after a barrier.
public final class SquareSums: @unchecked Sendable {
    let matrices: [FloatMatrix]
    private let starts: [Int]
    private let memory: AlignedMemory

    public init(_ matrices: [FloatMatrix]) {
        self.matrices = matrices
        var next = 0
        starts = matrices.map { matrix in
            defer { next += matrix.rowCount }
            return next
        }
        memory = AlignedMemory(byteCount: next * 8)
    }

    func pointer(matrix: Int, row: Int = 0) -> UnsafeMutablePointer<Double> {
        (memory.base + (starts[matrix] + row) * 8).assumingMemoryBound(to: Double.self)
    }

    /// The sum of squares of one matrix.
    public func sum(of matrix: Int) -> Double {
        let first = pointer(matrix: matrix)
        return (0..<matrices[matrix].rowCount).reduce(0) { $0 + first[$1] }
    }

    /// The sum of squares of all matrices; its root is their L2 norm.
    public var total: Double { matrices.indices.reduce(0) { $0 + sum(of: $1) } }

    /// The first matrix and row that hold a number that is not finite.
    public var firstNotFinite: (matrix: Int, row: Int)? {
        for matrix in matrices.indices {
            let first = pointer(matrix: matrix)
            if let row = (0..<matrices[matrix].rowCount).first(where: { !first[$0].isFinite }) { return (matrix, row) }
        }
        return nil
    }
}

extension Worker {
    /// One step of AdamW. Workers share rows as in `Worker+Rows`.
    /// - Parameter first, second: the moments m and v, zero before the first step.
    public func adam(
        _ step: AdamStep, gradient: FloatMatrix, weights: FloatMatrix, first: FloatMatrix, second: FloatMatrix
    ) {
        let width = weights.columnCount
        for matrix in [gradient, first, second] {
            precondition(matrix.rowCount == weights.rowCount && matrix.columnCount == width, "matrices of one shape")
        }
        var numbers = step.numbers
        for row in range(of: weights.rowCount) {
            training.pointee.adam(
                &numbers, gradient.pointer(row: row), width, weights.pointer(row: row), first.pointer(row: row),
                second.pointer(row: row))
        }
    }

    /// Sums the squares of every row of the matrices of `sums`; a barrier follows before the totals are read.
    public func sumSquares(_ sums: SquareSums) {
        for (index, matrix) in sums.matrices.enumerated() {
            for row in range(of: matrix.rowCount) {
                sums.pointer(matrix: index, row: row).pointee = training.pointee.sum_of_squares(
                    matrix.pointer(row: row), matrix.columnCount)
            }
        }
    }
}
