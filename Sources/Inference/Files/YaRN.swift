// YaRN's way of stretching a rotation, for files that choose its bounds themselves.
// arXiv:2309.00071, section 3; optional numbers as transformers reads them (`_compute_yarn_parameters`).

import Foundation

struct YaRN {
    let factor: Double
    let originalLength: Int
    /// Pairs that turn more often over the original context keep their speed …
    var fastTurns = 32.0
    /// … and those that turn less often are slowed down wholly.
    var slowTurns = 1.0
    /// Whether the bounds between are rounded away from each other.
    var roundsOutwards = true
    /// Factor on the rotated values.
    var magnitude = 1.0

    init(factor: Double, originalLength: Int) {
        self.factor = factor
        self.originalLength = originalLength
    }

    /// Whether it is what GGUF files mean by "yarn".
    var isUsual: Bool { fastTurns == 32 && slowTurns == 1 && roundsOutwards }

    /// What GGUF files without a magnitude of their own have.
    var usualMagnitude: Double { magnitude(1) }

    func magnitude(_ scale: Double) -> Double { factor > 1 ? 0.1 * scale * log(factor) + 1 : 1 }

    /// What the frequency of each pair is divided by.
    /// - Parameter width: columns of a head that are rotated.
    func divisors(base: Double, width: Int, path: String) throws -> [Float] {
        guard base > 1, width >= 2, factor > 0 else {
            throw ModelFileError.outOfRange(
                path: path, key: "rope_scaling", value: "contradictory", allowed: "what YaRN has")
        }
        func pair(turning turns: Double) -> Double {
            Double(width) * log(Double(originalLength) / (turns * 2 * Double.pi)) / (2 * log(base))
        }
        let (fast, slow) = (pair(turning: fastTurns), pair(turning: slowTurns))
        let low = max(roundsOutwards ? floor(fast) : fast, 0)
        let high = min(roundsOutwards ? ceil(slow) : slow, Double(width - 1))
        return (0..<width / 2).map { index in
            let span = high == low ? 0.001 : high - low
            let slowed = min(max((Double(index) - low) / span, 0), 1)
            return Float(1 / (slowed / factor + 1 - slowed))
        }
    }
}
