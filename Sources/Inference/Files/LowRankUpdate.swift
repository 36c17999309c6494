// What an adapter adds to the products of a matrix.

import Tensors

/// A low-rank update of a matrix W: y = W x + up (down x). Hu et al., arXiv:2106.09685, where down is A, and up is B
/// times the scale.
public struct LowRankUpdate: Sendable {
    /// rank × inputs.
    public let down: WeightMatrix
    /// outputs × rank; the scale is in it.
    public let up: WeightMatrix

    /// - Parameters:
    ///   - down: rank × inputs.
    ///   - up: outputs × rank.
    public init(down: WeightMatrix, up: WeightMatrix) {
        precondition(down.rowCount == up.columnCount, "both matrices have the rank")
        self.down = down
        self.up = up
    }

    public var rank: Int { down.rowCount }
    public var inputCount: Int { down.columnCount }
    public var outputCount: Int { up.rowCount }

    /// The update of some of the outputs, such as the queries of a fused weight.
    func slice(rows: Range<Int>) -> LowRankUpdate { LowRankUpdate(down: down, up: up.slice(rows: rows)) }

    /// One update that is the sum of several: their ranks follow each other.
    /// - Returns: nil if there is none.
    static func sum(_ updates: [LowRankUpdate]) -> LowRankUpdate? {
        guard let first = updates.first, updates.count > 1 else { return updates.first }
        let rank = updates.reduce(0) { $0 + $1.rank }
        let down = updates.flatMap { update in (0..<update.rank).flatMap { update.down.decodedRow($0) } }
        let up = (0..<first.outputCount).flatMap { row in updates.flatMap { $0.up.decodedRow(row) } }
        return LowRankUpdate(
            down: WeightMatrix(rows: rank, columns: first.inputCount, values: down),
            up: WeightMatrix(rows: first.outputCount, columns: rank, values: up))
    }

    /// Row `index` of up · down, in double precision: what the update adds to that row of W.
    func productRow(_ index: Int) -> [Double] {
        var sum = [Double](repeating: 0, count: inputCount)
        for (place, factor) in up.decodedRow(index).enumerated() where factor != 0 {
            for (column, value) in down.decodedRow(place).enumerated() { sum[column] += Double(factor) * Double(value) }
        }
        return sum
    }
}
