// The angles of rotary positions, as a model's file stretches them to long contexts.
// - All arithmetic is in Double; the tables grow with the positions in use, never to the whole context at once.

import Glibc
import Tensors

/// The tables that a model's layers choose from.
struct RotationTables: Sendable {
    /// For layers without a window.
    let global: RotationTable
    /// For layers with a window: their base may differ, and they are never stretched then.
    let windowed: RotationTable

    init?(_ shape: ModelConfiguration, factors: [Float]?) {
        guard shape.rotatedWidth > 0 else { return nil }
        let half = shape.rotatedWidth / 2
        var divisors = factors.map { $0.map(Double.init) } ?? Array(repeating: 1, count: half)
        switch shape.rotationScaling {
        case .none, .longFactors: break
        case .linear(let factor): divisors = divisors.map { $0 * factor }
        case .yarn(let factor, let originalLength):
            let blend = Self.interpolation(shape, originalLength: originalLength)
            divisors = zip(divisors, blend).map { $0 / ($1 / factor + 1 - $1) }
        }
        global = RotationTable(
            rotatedWidth: shape.rotatedWidth, base: shape.rotationBase, frequencyFactors: divisors.map(Float.init),
            magnitude: shape.rotationMagnitude)
        let isSame = shape.windowedRotationBase == shape.rotationBase
        windowed =
            isSame
            ? global : RotationTable(rotatedWidth: shape.rotatedWidth, base: shape.windowedRotationBase)
    }

    /// Makes positions 0..<count ready. Not while a forward pass reads the tables.
    func reserve(_ count: Int) {
        global.reserve(positions: count)
        windowed.reserve(positions: count)
    }

    /// How far each pair is slowed down: 1 wholly, 0 not at all. Pairs that turn more than 32 times over the
    /// original context keep their speed, those that turn less than once are slowed down wholly.
    /// YaRN, arXiv:2309.00071, section 3.2; bounds rounded outwards as its reference code does.
    private static func interpolation(_ shape: ModelConfiguration, originalLength: Int) -> [Double] {
        let width = Double(shape.rotatedWidth)
        func pair(turning turns: Double) -> Double {
            width * log(Double(originalLength) / (turns * 2 * Double.pi)) / (2 * log(max(shape.rotationBase, 1.001)))
        }
        let low = max(floor(pair(turning: 32)), 0)
        let high = min(ceil(pair(turning: 1)), width - 1)
        return (0..<shape.rotatedWidth / 2).map { index in
            min(max((Double(index) - low) / max(high - low, 0.001), 0), 1)
        }
    }
}
