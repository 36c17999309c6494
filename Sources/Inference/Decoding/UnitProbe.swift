// A look at what follows a place where a text is full, to learn whether the place is inside a unit.
// - "It costs $24" is full and the model writes ".": the price may be $24.99. The model writes on, unseen, until what it
//   writes shows it; then the text is rolled back, and either ends there or gives up the whole unit.

import Generation
import Text

/// One look ahead.
struct UnitProbe {
    /// Where the text was full.
    let tokenCount: Int
    let offset: Int
    /// The token that did not fit.
    let token: TokenID

    /// The longest look, in tokens.
    private static let longest = 12

    /// What is known of the place.
    func place(in text: DraftText, isComplete: Bool) -> TextUnits.Place {
        if !isComplete, UTF8Text.incompleteTailCount(text.body) > 0 { return .open(start: offset) }
        return TextUnits.place(
            at: offset, in: text.body, isComplete: isComplete || text.tokens.count - tokenCount >= Self.longest)
    }
}
