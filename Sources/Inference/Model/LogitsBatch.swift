// The output of a forward pass: a row of logits for each row of the batch that asked for them.
// - When the last copy of a batch is released, its memory returns to the transformer, so a token allocates nothing.

import Synchronization
import Tensors

/// Logits of a batch, in the order of the rows that wanted them.
public struct LogitsBatch: Sendable {
    /// The place of a row's logits.
    struct Place: Sendable {
        let lease: LogitsLease
        let row: Int
    }

    private let places: [Place]

    init(places: [Place]) { self.places = places }

    /// How many rows asked for logits.
    public var rowCount: Int { places.count }

    /// The logits of row `index`, one for each token of the vocabulary.
    public func row(_ index: Int) -> [Float] {
        var values: [Float] = []
        copy(row: index, into: &values)
        return values
    }

    /// Copies the logits of row `index` into an array. If the array already has the vocabulary's size, nothing is
    /// allocated.
    public func copy(row index: Int, into values: inout [Float]) {
        precondition(places.indices.contains(index), "a row of the batch")
        places[index].lease.matrix.copyRow(places[index].row, into: &values)
    }
}

/// Keeps logits matrices that are free at the moment.
final class LogitsPool: Sendable {
    private let columnCount: Int
    private let free = Mutex<[FloatMatrix]>([])

    init(columnCount: Int) { self.columnCount = columnCount }

    func lease(rows: Int) -> LogitsLease {
        let matrix = free.withLock { $0.popLast() } ?? FloatMatrix(rowCount: rows, columnCount: columnCount)
        matrix.reserve(rows: rows)
        return LogitsLease(matrix: matrix, pool: self)
    }

    fileprivate func giveBack(_ matrix: FloatMatrix) {
        // Do not keep a matrix as tall as a whole prompt.
        guard matrix.rowCount <= 64 else { return }
        free.withLock { if $0.count < 2 { $0.append(matrix) } }
    }
}

/// A matrix that returns to its pool when its last user releases it.
final class LogitsLease: Sendable {
    let matrix: FloatMatrix
    private let pool: LogitsPool

    init(matrix: FloatMatrix, pool: LogitsPool) {
        self.matrix = matrix
        self.pool = pool
    }

    deinit { pool.giveBack(matrix) }
}
