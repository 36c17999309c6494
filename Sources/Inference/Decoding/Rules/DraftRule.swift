// What a draft is held to, in parts: limits, stops, a grammar, banned and required phrases, repeats.
// - A rule knows tokens and text, and nothing of the other rules: what one needs of another is in the place.
// - `DraftDecoder` folds over its rules in their order; the first verdict other than `fits` counts.
// - A rule is a value: it is rolled back with the text, and gives the same answers for the same text.

import Generation
import Text

/// Where a draft's next token is drawn.
struct DraftPlace {
    /// How many tokens the draft has.
    var position: Int
    /// The text so far, as limits count it; its indices are those of the draft's bytes.
    var body: ArraySlice<UInt8>
    /// How many tokens may follow.
    var tokensLeft: Int
    /// What the rules together leave room for; unlimited if no rule asks.
    var room = TextRoom()
    /// Tokens that were rolled back here.
    var banned: Set<TokenID> = []
    /// Whether the text only looks ahead, to learn what the model would write.
    var isProbe = false
}

/// What adding a token would do.
enum RuleVerdict: Equatable {
    case fits
    /// The text ends here, with the first `byteCount` bytes of the token.
    case ends(byteCount: Int)
    /// The text ends before a byte of it: what follows is a sentence too many.
    case endsBefore(offset: Int)
    /// The unit that is being written does not fit; it begins at a byte of the text.
    case unitOutOfRoom(start: Int)
    /// The token does not fit, and only what follows it tells whether it continues the unit at the text's end.
    case open
    /// The text may end as it stands; the token begins something that does not fit.
    case outOfRoom
}

/// What an added token did.
enum RuleOutcome: Equatable {
    case continues
    /// The text ends before a byte.
    case ends(at: Int)
    /// The text must not hold what begins at a byte.
    case rollsBack(to: Int)
}

/// One rule of a draft.
protocol DraftRule: Sendable {
    /// Whether `mask` looks at the place's room.
    var usesRoom: Bool { get }
    /// Bans or raises tokens before one is drawn.
    /// - Throws: if the rule cannot tell; the draft then fails.
    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) throws
    /// What adding a token would do.
    /// - Parameter reserved: room that other rules need.
    func judge(_ bytes: [UInt8], after body: ArraySlice<UInt8>, reserved: ReservedRoom) -> RuleVerdict
    /// Takes note of a token that was added to the text.
    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome
    /// Takes note that the text lost its end.
    mutating func rollBack(to text: DraftText)
    /// How many things a text lacks that it must have.
    func missingCount(in body: ArraySlice<UInt8>) -> Int
    /// What may still follow a text.
    func remaining(after body: ArraySlice<UInt8>) -> TextRoom
    /// The room that the rule needs for text to come, if a token is written next.
    func reserved(besides token: TokenID) -> ReservedRoom
    /// The token that the rule writes at the place of the last `mask`, and nothing else; `nil` if it leaves a choice.
    var forcedToken: TokenID? { get }
    /// Where the part of a text ends that must not be rolled back for want of room; `nil` if there is none.
    var protectedEnd: Int? { get }
    /// Takes note that what the model wants does not fit at a position.
    /// - Returns: whether the rule has something to write there instead.
    mutating func roomEnded(at position: Int) -> Bool
    /// The byte from which on the rule may still change a text; `nil` if it may not.
    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int?
    /// Whether the rule cuts a text at a byte, and never rolls back the token that holds it.
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
    var cutsInsideTokens: Bool { false }

    /// Whether a text may end as it stands.
    func canEnd(_ body: ArraySlice<UInt8>) -> Bool { missingCount(in: body) == 0 }
}
