// The blind comparison of a learning: prompts, a pair of drafts for each, and the answers.
// - All pairs are written before the first is shown, and their number was fixed before that.
// - Nothing here tells which side is whose until all pairs have an answer; see `outcome`.

import Foundation
import Generation

/// The pairs of a learning, and what a person preferred.
public struct LearningComparison: Sendable, Equatable, Codable {
    /// What both drafts of a pair answer.
    public struct Prompt: Sendable, Equatable, Codable {
        /// The template's title, or the beginning of a free prompt.
        public var title: String
        public var template: String?
        /// For a person: the filled fields, or the prompt itself.
        public var text: String
        /// True if it is the prompt of a held-out draft.
        public var isHeldOut: Bool

        public init(title: String, template: String?, text: String, isHeldOut: Bool) {
            self.title = title
            self.template = template
            self.text = text
            self.isHeldOut = isHeldOut
        }
    }

    /// The share of runs of eight words that stand in the drafts that were learned from, from 0 to 1.
    public struct Copies: Sendable, Equatable, Codable {
        public var base: Double
        public var adapted: Double

        public init(base: Double, adapted: Double) {
            self.base = base
            self.adapted = adapted
        }
    }

    /// The fewest pairs, and the usual number.
    public static let leastPairs = 12
    public static let usualPairs = 20
    public static let mostPairs = 200

    /// One for each pair.
    public let prompts: [Prompt]
    /// The answers are changed by `answer` alone.
    public private(set) var blind: BlindComparison
    public var copies: Copies?
    /// Prompts that base and adapter answered with the same text, whether or not they are among the pairs.
    public let sameCount: Int

    /// - Parameter seed: of the sides.
    public init(
        prompts: [Prompt], pairs: [BlindComparison.Pair], seed: UInt64, copies: Copies? = nil, sameCount: Int = 0
    ) {
        precondition(prompts.count == pairs.count, "a prompt for each pair")
        self.prompts = prompts
        self.copies = copies
        self.sameCount = sameCount
        blind = BlindComparison(pairs: pairs, seed: seed)
        // Between two equal texts there is nothing to prefer.
        for (index, pair) in pairs.enumerated() where pair.base == pair.adapted { blind.answer(.equal, pair: index) }
    }

    public var count: Int { blind.pairs.count }
    public var answeredCount: Int { blind.pairs.count { $0.answer != nil } }
    /// The first pair without an answer; nil if all have one.
    public var next: Int? { blind.next }

    /// The two drafts of a pair as they are shown.
    public func sides(_ index: Int) -> (left: String, right: String) { blind.sides(index) }

    public mutating func answer(_ answer: BlindComparison.Answer, pair index: Int) { blind.answer(answer, pair: index) }

    /// What came out; nil until all pairs have an answer.
    public var outcome: Outcome? { blind.result.map { Outcome(result: $0, copies: copies) } }

    /// The result of a comparison.
    public struct Outcome: Sendable, Equatable {
        public var result: BlindComparison.Result
        public var copies: Copies?

        public enum Verdict: String, Sendable {
            /// The adapter was preferred more often than chance explains.
            case better
            /// The base was.
            case worse
            /// Chance explains the difference.
            case undecided
        }

        public var verdict: Verdict {
            if result.isBetter { return .better }
            return result.losses > result.wins && result.chance < 0.05 ? .worse : .undecided
        }

        /// The figures in one sentence, and what they mean in another.
        public var sentence: String {
            let ties = result.ties == 0 ? "" : ", and neither in \(result.ties)"
            let figures =
                "You preferred the adapter in \(result.wins) of \(result.wins + result.losses + result.ties) pairs and the "
                + "base in \(result.losses)\(ties). "
            let share = result.chance < 0.001 ? "less than 0.1%" : Self.percent(result.chance)
            let chance = "a fair coin would be as far from even \(share) of the time"
            return switch verdict {
            case .better: "\(figures)It is better: \(chance)."
            case .worse: "\(figures)It is worse: \(chance)."
            case .undecided: "\(figures)That does not show that it is better: \(chance), and the limit is 5%."
            }
        }

        /// A share in percent.
        /// - Parameter digits: behind the point.
        public static func percent(_ share: Double, digits: Int = 1) -> String {
            "\((share * 100).formatted(.number.precision(.fractionLength(digits)).locale(Locale(identifier: "en_US"))))%"
        }
    }
}

extension LearningComparison {
    private enum CodingKeys: CodingKey { case prompts, blind, copies, sameCount }

    /// A file from outside may say anything.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        prompts = try values.decode([Prompt].self, forKey: .prompts)
        blind = try values.decode(BlindComparison.self, forKey: .blind)
        copies = try values.decodeIfPresent(Copies.self, forKey: .copies)
        sameCount = try values.decodeIfPresent(Int.self, forKey: .sameCount) ?? 0
        guard prompts.count == blind.pairs.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .prompts, in: values, debugDescription: "there is not a prompt for each pair")
        }
    }
}
