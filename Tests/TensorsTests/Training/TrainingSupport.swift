// Shared by the tests of training's arithmetic: matrices, the same bits everywhere, finite differences.

import Testing

@testable import Tensors

func matrix(_ rows: [[Float]]) -> FloatMatrix {
    let matrix = FloatMatrix(rowCount: rows.count, columnCount: rows[0].count)
    for (index, row) in rows.enumerated() { matrix.setRow(index, to: row) }
    return matrix
}

func randomRows(_ rows: Int, _ columns: Int, in range: ClosedRange<Float> = -1...1, seed: UInt64) -> [[Float]] {
    var random = RepeatableRandom(seed)
    return (0..<rows).map { _ in random.floats(columns, in: range) }
}

func rows(of matrix: FloatMatrix, _ count: Int? = nil) -> [[Float]] { (0..<(count ?? matrix.rowCount)).map(matrix.row) }

/// Runs `body` with every instruction set and 1, 2, 3 and 5 workers, expects the same bits, and returns the first result.
func sameEverywhere(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: (WorkerTeam) -> [[[Float]]]
) -> [[[Float]]] {
    var first: [[[Float]]]?
    for set in InstructionSet.available {
        for threads in [1, 2, 3, 5] {
            let found = body(WorkerTeam(threadCount: threads, instructionSet: set))
            guard let expected = first else {
                first = found
                continue
            }
            #expect(found.map(bits) == expected.map(bits), "\(set), \(threads) workers", sourceLocation: sourceLocation)
        }
    }
    return first ?? []
}

/// The gradient of `function` at `point` by central differences.
func slopes(of function: ([Double]) -> Double, at point: [Double], step: Double = 1e-5) -> [Double] {
    point.indices.map { index in
        var (above, below) = (point, point)
        above[index] += step
        below[index] -= step
        return (function(above) - function(below)) / (2 * step)
    }
}

/// Expects `found` near `exact`: the difference is at most `tolerance` of the greatest magnitude, or of 1 if that is
/// less.
func expectNear(
    _ found: [Float], _ exact: [Double], tolerance: Double = 1e-5, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let size = max(1, exact.map(abs).max() ?? 0)
    let worst = zip(found, exact).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(
        found.count == exact.count && worst <= tolerance * size, "\(what): \(worst)", sourceLocation: sourceLocation)
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

extension [Float] {
    var doubles: [Double] { map(Double.init) }
}

extension [[Float]] {
    var flat: [Double] { flatMap { $0.doubles } }
}

extension Float {
    /// The nearest bf16, ties to even.
    var asBfloat: Float {
        Float(bitPattern: (bitPattern + 0x7FFF + (bitPattern >> 16 & 1)) & 0xFFFF_0000)
    }
}
