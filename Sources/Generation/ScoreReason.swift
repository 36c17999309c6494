// The reasons for which one candidate is chosen before another, and their words: the one table that the choice, the studio
// and the command line read.
// - What is shown adds up: the shown sum is the sum of the shown numbers, each with two digits after the point.
// - A reason that rounds to 0.00 is not shown; the likelihood always is.

/// A reason that counts for or against a candidate. Its raw value is its name in the store and in JSON.
public enum ScoreReason: String, Sendable, Hashable, CaseIterable {
    case empty, copied, cut, limited, dangling, over, unnamed, twin, sameOpening, overlap

    /// The reason, said of the candidate.
    public var words: String {
        switch self {
        case .empty: "has no text"
        case .copied: "is a field's text"
        case .cut: "was cut off"
        case .limited: "was ended by the limit"
        case .dangling: "ends on a word that leads on"
        case .over: "is over the limit"
        case .unnamed: "lacks a name"
        case .twin: "equals a better one"
        case .sameOpening: "opens like a better one"
        case .overlap: "shares words with a better one"
        }
    }
}

extension DraftScore {
    public subscript(_ reason: ScoreReason) -> Double? {
        get { parts[reason.rawValue] }
        set { parts[reason.rawValue] = newValue }
    }

    /// Why the candidate has its score, for people: `-3.87 = likelihood -1.37, lacks a name -2.50`.
    public var explanation: String { "\(shownSum) = \(shownReasons.joined(separator: ", "))" }

    /// `likelihood -1.37`, then the other reasons, the weightiest first.
    public var shownReasons: [String] {
        let reasons = shownParts.map { name, hundredths in
            "\(Self.words(of: name)) \(hundredths < 0 ? "" : "+")\(Self.text(hundredths))"
        }
        return ["likelihood \(Self.text(shownLikelihood))"] + reasons
    }

    /// The sum of the numbers that `shownReasons` has: `-3.87`.
    public var shownSum: String { Self.text(shownParts.reduce(shownLikelihood) { $0 + $1.hundredths }) }

    private var shownLikelihood: Int { Self.hundredths(meanLogProbability) }

    private var shownParts: [(name: String, hundredths: Int)] {
        parts.map { (name: $0.key, hundredths: Self.hundredths($0.value)) }.filter { $0.hundredths != 0 }
            .sorted { ($1.hundredths.magnitude, $0.name) < ($0.hundredths.magnitude, $1.name) }
    }

    /// A store may hold reasons that this version does not know: `sameEnding` is shown as `same ending`.
    private static func words(of name: String) -> String {
        ScoreReason(rawValue: name)?.words
            ?? name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
    }

    private static func hundredths(_ value: Double) -> Int {
        value.isFinite ? Int((min(max(value, -1e9), 1e9) * 100).rounded()) : 0
    }

    private static func text(_ hundredths: Int) -> String {
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(hundredths < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
