// What an adapter adds to the products of a matrix.

import Tensors

/// A low-rank update of a matrix W: y = W x + upᵀ (down x). Hu et al., arXiv:2106.09685, where down is A, and up is the
/// transpose of B, times the scale.
public struct LowRankUpdate: Sendable {
    /// rank × inputs.
    public let down: WeightMatrix
    /// rank × outputs; the scale is in it.
    public let up: WeightMatrix

    /// - Parameters:
    ///   - down: rank × inputs, in F32.
    ///   - up: rank × outputs, in F32.
    public init(down: WeightMatrix, up: WeightMatrix) {
        precondition(down.rowCount == up.rowCount, "both matrices have the rank")
        precondition(down.type == .f32 && up.type == .f32, "32-bit floats")
        self.down = down
        self.up = up
    }

    public var rank: Int { down.rowCount }
    public var inputCount: Int { down.columnCount }
    public var outputCount: Int { up.columnCount }

    /// The update of some of the outputs, such as the queries of a fused weight.
    func slice(rows: Range<Int>) -> LowRankUpdate {
        let values = (0..<rank).flatMap { up.decodedRow($0)[rows] }
        return LowRankUpdate(down: down, up: WeightMatrix(rows: rank, columns: rows.count, values: values))
    }

    /// One update that is the sum of several: their ranks follow each other.
    /// - Returns: nil if there is none.
    static func sum(_ updates: [LowRankUpdate]) -> LowRankUpdate? {
        guard let first = updates.first, updates.count > 1 else { return updates.first }
        let rank = updates.reduce(0) { $0 + $1.rank }
        func stacked(_ matrix: (LowRankUpdate) -> WeightMatrix) -> [Float] {
            updates.flatMap { update in (0..<update.rank).flatMap { matrix(update).decodedRow($0) } }
        }
        return LowRankUpdate(
            down: WeightMatrix(rows: rank, columns: first.inputCount, values: stacked(\.down)),
            up: WeightMatrix(rows: rank, columns: first.outputCount, values: stacked(\.up)))
    }

    /// What the update adds to W, a row for each output, in double precision.
    /// - Parameter take: called with the rows in order.
    func rows(_ take: ([Double]) -> Void) {
        let downs = (0..<rank).map { down.decodedRow($0) }, ups = (0..<rank).map { up.decodedRow($0) }
        for output in 0..<outputCount {
            var sum = [Double](repeating: 0, count: inputCount)
            for (values, factors) in zip(downs, ups) where factors[output] != 0 {
                let factor = Double(factors[output])
                for column in values.indices { sum[column] += factor * Double(values[column]) }
            }
            take(sum)
        }
    }
}
