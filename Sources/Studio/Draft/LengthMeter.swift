import Generation
import Text

// The length of a text and its limit, in numbers and as a bar.

/// A text's length beside its limit. If it has several limits, the first that is exceeded counts, else the first.
struct LengthMeter {
    private let count: Int
    private let limit: Int?
    private let unit: String

    /// - Parameter text: called only if the number of sentences is limited.
    init(_ length: RunningLength, limits: LengthLimits, text: () -> String) {
        let characters = length.characters(countsWideAsTwo: limits.countsWideAsTwo)
        let counts: [(count: Int, limit: Int?, unit: String)] = [
            (characters, limits.characters, ""), (length.words, limits.words, "words"),
            (limits.sentences == nil ? 0 : Sentences.count(in: text()), limits.sentences, "sentences"),
            (length.lines, limits.lines, "lines"),
        ]
        let limited = counts.filter { $0.limit != nil }
        let shown = limited.first { $0.count > $0.limit ?? .max } ?? limited.first ?? (length.words, nil, "words")
        count = shown.count
        limit = shown.limit
        unit = shown.unit.isEmpty ? "" : " " + ((limit ?? count) == 1 ? String(shown.unit.dropLast()) : shown.unit)
    }

    var isOver: Bool { limit.map { count > $0 } ?? false }

    /// `24/30 ▰▰▰▰▰▰▰▰▱▱`, `143 words`; `nil` if there is nothing to show.
    func text(hasBar: Bool) -> String? {
        guard let limit else { return count == 0 ? nil : paddedLeft("\(count)", columns: 3) + unit }
        let numbers = paddedLeft("\(count)", columns: "\(limit)".count) + "/\(limit)\(unit)"
        return hasBar ? numbers + " " + meter(Double(count) / Double(max(1, limit)), cells: 10) : numbers
    }
}

/// `▰▰▰▱▱`
func meter(_ fraction: Double, cells: Int) -> String {
    let bounded = fraction.isFinite ? min(max(fraction, 0), 1) : 0
    // Any progress fills at least one cell, and only the end fills all of them.
    var full = Int((bounded * Double(cells)).rounded(.down))
    if bounded > 0 { full = max(1, full) }
    return String(repeating: "▰", count: full) + String(repeating: "▱", count: cells - full)
}
