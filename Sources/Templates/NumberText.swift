/// Numbers as people write them in fields and read them in sentences.
enum NumberText {
    /// The number a field's text stands for; `nil` where it is none, or not finite.
    static func value(_ text: String) -> Double? {
        guard let number = Double(text), number.isFinite, !text.contains(where: { "xXpP".contains($0) }) else {
            return nil
        }
        return number
    }

    /// `3` and not `3.0`.
    static func text(_ number: Double) -> String {
        if let whole = Int(exactly: number) { return String(whole) }
        return String(number)
    }

    /// As in "a number from 1 to 10".
    static func range(_ minimum: Double?, _ maximum: Double?) -> String {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?): "from \(text(minimum)) to \(text(maximum))"
        case (let minimum?, nil): "of at least \(text(minimum))"
        case (nil, let maximum?): "of at most \(text(maximum))"
        case (nil, nil): "of any size"
        }
    }
}
