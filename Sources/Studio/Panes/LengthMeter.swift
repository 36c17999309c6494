import Generation

// How long a text is beside what it may be, in numbers and as a bar.

/// How long a text is, against its limit where it has one.
struct LengthMeter {
    private let count: Int
    private let limit: Int?
    private let unit: String

    init(variant: Variant, limits: LengthLimits) {
        self.init(
            characters: variant.layout.characterCount(wideAsTwo: limits.countsWideAsTwo),
            words: variant.layout.wordCount, limits: limits)
    }

    init(characters: Int, words: Int, limits: LengthLimits) {
        if let most = limits.characters {
            (count, limit, unit) = (characters, most, "")
        } else if let most = limits.words {
            (count, limit, unit) = (words, most, " words")
        } else {
            (count, limit, unit) = (words, nil, words == 1 ? " word" : " words")
        }
    }

    var isOver: Bool { limit.map { count > $0 } ?? false }

    /// `24/30 ▰▰▰▰▰▰▰▰▱▱`, `143 words`; `nil` for nothing to say.
    func text(hasBar: Bool) -> String? {
        guard let limit else { return count == 0 ? nil : paddedLeft("\(count)", columns: 3) + unit }
        let numbers = paddedLeft("\(count)", columns: "\(limit)".count) + "/\(limit)\(unit)"
        return hasBar ? numbers + " " + meter(Double(count) / Double(max(1, limit)), cells: 10) : numbers
    }
}

/// `▰▰▰▱▱`
func meter(_ fraction: Double, cells: Int) -> String {
    let bounded = fraction.isFinite ? min(max(fraction, 0), 1) : 0
    // Something is shown as something, and only all as all.
    var full = Int((bounded * Double(cells)).rounded(.down))
    if bounded > 0 { full = max(1, full) }
    return String(repeating: "▰", count: full) + String(repeating: "▱", count: cells - full)
}
