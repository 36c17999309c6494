// The interface of the rules: limits, stops, a grammar, banned and required phrases, repeats, openings, examples, loops.
// - A rule knows tokens and text, but no other rule. If it needs something of another one, the place has it.
// - `DraftDecoder` asks its rules in order; the first verdict other than `fits` counts.
// - A rule is a value: it is rolled back with the text, and gives the same answers for the same text.

import Generation
import Text

/// The position at which a draft's next token is drawn.
struct DraftPlace {
    /// How many tokens the draft has.
    var position: Int
    /// The text so far, as limits count it; its indices are those of the draft's bytes.
    var body: ArraySlice<UInt8>
    /// How many more tokens are allowed.
    var tokensLeft: Int
    /// The room that all rules together leave; unlimited if no rule asks for it.
    var room = TextRoom()
    /// Tokens that were rolled back here.
    var banned: Set<TokenID> = []
    /// True if the decoder only looks ahead, and will roll this text back.
    var isProbe = false
}

/// The effect that adding a token would have.
enum RuleVerdict: Equatable {
    case fits
    /// The text ends here, with the first `byteCount` bytes of the token.
    case ends(byteCount: Int)
    /// The text ends before this byte, because another sentence would be too many.
    case endsBefore(offset: Int)
    /// The current unit does not fit; it begins at this byte of the text.
    case unitOutOfRoom(start: Int)
    /// The token does not fit. Only the text after it tells if it continues the last unit.
    case open
    /// The text may end as it is; the token begins something that does not fit.
    case outOfRoom
}

/// The effect of an added token.
enum RuleOutcome: Equatable {
    case continues
    /// The text ends before this byte.
    case ends(at: Int)
    /// The text at this byte must be rolled back.
    case rollsBack(to: Int)
}

/// One rule of a draft.
protocol DraftRule: Sendable {
    /// True if `mask` reads the place's room.
    var usesRoom: Bool { get }
    /// Bans tokens, or raises their logits, before one is drawn.
    /// - Throws: if the rule cannot decide; the draft then fails.
    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) throws
    /// The effect that adding a token would have.
    /// - Parameter reserved: room that other rules need.
    func judge(_ bytes: [UInt8], after body: ArraySlice<UInt8>, reserved: ReservedRoom) -> RuleVerdict
    /// Updates the rule after a token was added to the text.
    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome
    /// Updates the rule after the text was rolled back.
    mutating func rollBack(to text: DraftText)
    /// How many required things the text lacks.
    func missingCount(in body: ArraySlice<UInt8>) -> Int
    /// The room that is left after a text.
    func remaining(after body: ArraySlice<UInt8>) -> TextRoom
    /// The room that the rule needs for later text, if this token is written next.
    func reserved(besides token: TokenID) -> ReservedRoom
    /// The only token that the rule allows at the place of the last `mask`; `nil` if it leaves a choice.
    var forcedToken: TokenID? { get }
    /// The end of the text that must not be rolled back to make room; `nil` if there is no such text.
    var protectedEnd: Int? { get }
    /// Tells the rule that the token which the model wants does not fit at a position.
    /// - Returns: true if the rule has something else to write there.
    mutating func roomEnded(at position: Int) -> Bool
    /// The first byte that the rule may still change; `nil` if the whole text is final.
    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int?
    /// The place where a complete text ends by this rule; `nil` if it ends where it does. Asked when the model ends the text.
    func endOfComplete(_ text: DraftText) -> Int?
    /// True if the rule cuts the text at a byte and never rolls back the token that holds it.
    var cutsInsideTokens: Bool { get }
}

extension DraftRule {
    var usesRoom: Bool { false }
    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) throws {}
    func judge(_ bytes: [UInt8], after body: ArraySlice<UInt8>, reserved: ReservedRoom) -> RuleVerdict { .fits }
    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome { .continues }
    mutating func rollBack(to text: DraftText) {}
    func missingCount(in body: ArraySlice<UInt8>) -> Int { 0 }
    func remaining(after body: ArraySlice<UInt8>) -> TextRoom { TextRoom() }
    func reserved(besides token: TokenID) -> ReservedRoom { ReservedRoom() }
    var forcedToken: TokenID? { nil }
    var protectedEnd: Int? { nil }
    mutating func roomEnded(at position: Int) -> Bool { false }
    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? { nil }
    func endOfComplete(_ text: DraftText) -> Int? { nil }
    var cutsInsideTokens: Bool { false }

    /// True if the text may end as it is.
    func canEnd(_ body: ArraySlice<UInt8>) -> Bool { missingCount(in: body) == 0 }
}
