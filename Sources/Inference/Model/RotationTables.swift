// The angles of rotary positions, stretched to long contexts as the model's file says.
// - All arithmetic is in Double. The tables grow with the positions in use, never to the whole context at once.

import Tensors

/// The tables of a model; each layer uses one of them.
struct RotationTables: Sendable {
    /// For layers without a window.
    let global: RotationTable
    /// For layers with a window.
    let windowed: RotationTable

    init?(_ shape: ModelConfiguration, factors: [Float]?) {
        guard shape.rotatedWidth > 0 else { return nil }
        let half = shape.rotatedWidth / 2
        var divisors = factors.map { $0.map(Double.init) } ?? Array(repeating: 1, count: half)
        switch shape.rotationScaling {
        case .none, .longFactors: break
        case .linear(let factor): divisors = divisors.map { $0 * factor }
        case .yarn(let yarn):
            let stretched = yarn.divisors(base: shape.rotationBase, width: shape.rotatedWidth)
            divisors = zip(divisors, stretched).map { $0 * $1 }
        }
        global = RotationTable(
            rotatedWidth: shape.rotatedWidth, base: shape.rotationBase, frequencyFactors: divisors.map(Float.init),
            magnitude: shape.rotationMagnitude)
        windowed =
            shape.windowedRotationBase.map { RotationTable(rotatedWidth: shape.rotatedWidth, base: $0) } ?? global
    }

    /// Makes positions ready. Must not be called while a forward pass reads the tables.
    func prepare(_ positions: [Int32]) {
        global.prepare(positions)
        windowed.prepare(positions)
    }
}
