// Looks at the text after a full place to learn if that place is inside a unit.
// - "It costs $24" is full and the model writes ".": the price may be $24.99. The model continues, unreported, until
//   its text shows which. Then the text is rolled back, and either ends there or loses the whole unit.

import Generation
import Text

/// One look ahead.
struct UnitProbe {
    /// The place at which the text was full, in tokens and in bytes.
    let tokenCount: Int
    let offset: Int
    /// The token that did not fit.
    let token: TokenID

    /// The most tokens of one look.
    private static let longest = 12

    /// The kind of the place, as far as the text after it tells.
    func place(in text: DraftText, isComplete: Bool) -> TextUnits.Place {
        if !isComplete, UTF8Text.incompleteTailCount(text.body) > 0 { return .open(start: offset) }
        return TextUnits.place(
            at: offset, in: text.body, isComplete: isComplete || text.tokens.count - tokenCount >= Self.longest)
    }
}
