// YaRN stretches a rotation over a longer context: fast pairs keep their speed, slow ones are slowed down.
// arXiv:2309.00071, section 3; optional numbers as transformers reads them (`_compute_yarn_parameters`).

import Glibc

/// The numbers of YaRN; those that a file may set begin with the paper's values.
public struct YaRN: Sendable, Equatable {
    public let factor: Double
    public let originalLength: Int
    /// Pairs that turn more often over the original context keep their speed …
    public var fastTurns = 32.0
    /// … and those that turn less often are slowed down by the full factor.
    public var slowTurns = 1.0
    /// True if the bounds between them are rounded away from each other.
    public var roundsOutwards = true
    /// Factor of the rotated values; interpolated angles need a larger one (section 3.4).
    public var magnitude = 1.0

    init(factor: Double, originalLength: Int) {
        self.factor = factor
        self.originalLength = originalLength
    }

    /// The magnitude if the file names none.
    var usualMagnitude: Double { magnitude(1) }

    func magnitude(_ scale: Double) -> Double { factor > 1 ? 0.1 * scale * log(factor) + 1 : 1 }

    /// Divisors of the frequency of each pair.
    /// - Parameter width: rotated columns of a head; even.
    func divisors(base: Double, width: Int) -> [Double] {
        func pair(turning turns: Double) -> Double {
            Double(width) * log(Double(originalLength) / (turns * 2 * Double.pi)) / (2 * log(max(base, 1.001)))
        }
        let (fast, slow) = (pair(turning: fastTurns), pair(turning: slowTurns))
        let low = max(roundsOutwards ? floor(fast) : fast, 0)
        let high = min(roundsOutwards ? ceil(slow) : slow, Double(width - 1))
        return (0..<width / 2).map { index in
            let span = high == low ? 0.001 : high - low
            let slowed = min(max((Double(index) - low) / span, 0), 1)
            return 1 / (slowed / factor + 1 - slowed)
        }
    }
}
