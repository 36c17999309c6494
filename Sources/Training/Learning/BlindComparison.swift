// A comparison of two writers by a person who does not know which is which.
// - Which side each stands on is drawn for each pair from a stored seed, so it can be told afterwards and not before.
// - The number of pairs is fixed at the start. The decision is made once, when all have an answer.

/// Pairs of drafts of a base model and of an adapter, and what the person preferred.
public struct BlindComparison: Sendable, Equatable, Codable {
    /// The side of a pair that was preferred.
    public enum Answer: String, Sendable, Codable, CaseIterable {
        case left, right, equal
    }

    /// Two drafts of one prompt, written with the same seed and the same options.
    public struct Pair: Sendable, Equatable, Codable {
        public var base: String
        public var adapted: String
        public var answer: Answer?

        public init(base: String, adapted: String) {
            self.base = base
            self.adapted = adapted
        }
    }

    /// What the answers say.
    public struct Result: Sendable, Equatable {
        /// How often the adapter was preferred, the base, and neither. The latter do not count.
        public var wins: Int
        public var losses: Int
        public var ties: Int
        /// Of `SignTest`.
        public var chance: Double
        /// True if the adapter was preferred more often than chance explains (at 5%).
        public var isBetter: Bool { wins > losses && chance < 0.05 }
    }

    public let seed: UInt64
    public private(set) var pairs: [Pair]

    public init(pairs: [Pair], seed: UInt64) {
        self.pairs = pairs
        self.seed = seed
    }

    /// True if the adapter's draft of a pair stands on the left.
    public func isAdaptedLeft(_ index: Int) -> Bool {
        RandomNumbers(seed: seed, stream: "sides of a comparison").words(index + 1)[index] & 1 == 1
    }

    /// The drafts of a pair as they are shown.
    public func sides(_ index: Int) -> (left: String, right: String) {
        let pair = pairs[index]
        return isAdaptedLeft(index) ? (pair.adapted, pair.base) : (pair.base, pair.adapted)
    }

    /// The first pair without an answer; nil if all have one.
    public var next: Int? { pairs.firstIndex { $0.answer == nil } }

    public mutating func answer(_ answer: Answer, pair index: Int) {
        guard pairs.indices.contains(index) else { return }
        pairs[index].answer = answer
    }

    /// nil until every pair has an answer.
    public var result: Result? {
        guard next == nil, !pairs.isEmpty else { return nil }
        var (wins, losses, ties) = (0, 0, 0)
        for (index, pair) in pairs.enumerated() {
            switch pair.answer {
            case .equal, nil: ties += 1
            case .left: if isAdaptedLeft(index) { wins += 1 } else { losses += 1 }
            case .right: if isAdaptedLeft(index) { losses += 1 } else { wins += 1 }
            }
        }
        return Result(
            wins: wins, losses: losses, ties: ties, chance: SignTest.chance(wins: wins, losses: losses))
    }
}
