// Lets a draft that runs out of tokens or of room end with its last whole sentence or item.
// - The end is only moved if at least 60% of the text stays. The finish reason does not change.
// - Near its last token or word the draft reports a sentence when it is complete.

import Generation
import Text

/// Finds the last whole sentence or item of one draft.
struct WholeEndRule: DraftRule {
    private let tokenLimit: Int
    private let limits: LengthLimits
    /// The last end, if the text is near its last token.
    private var lastEnd: Int?

    private static let leastShare = 0.6
    /// Within so many tokens before the last one a sentence is held back.
    private static let window = 80
    /// Within so many words or characters before a hard limit, a sentence is held back too.
    private static let wordWindow = 30
    private static let characterWindow = 160
    private var bounds = LengthBounds()

    /// `nil` if the draft may end anywhere.
    init?(isOn: Bool, tokenLimit: Int, limits: LengthLimits) {
        guard isOn, tokenLimit > 0 else { return nil }
        self.tokenLimit = tokenLimit
        self.limits = limits
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        bounds.add(bytes)
        if isNearEnd(text) { lastEnd = end(of: text.body) }
        return .continues
    }

    mutating func rollBack(to text: DraftText) {
        bounds = LengthBounds()
        bounds.add(text.body)
        lastEnd = isNearEnd(text) ? end(of: text.body) : nil
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? { lastEnd }

    /// The place where a text that was cut by its last token ends as a whole; `nil` if it stays as it is.
    func wholeEnd(of text: DraftText) -> Int? {
        let body = text.body
        guard let end = end(of: body), end < body.endIndex, text.isUnreported(fromByte: end),
            Double(end - body.startIndex) >= Self.leastShare * Double(body.count)
        else { return nil }
        return end
    }

    private func isNearEnd(_ text: DraftText) -> Bool {
        tokenLimit - text.tokens.count <= min(Self.window, tokenLimit * 2 / 5) || isNearLimit
    }

    /// Of a list, whose items need not be sentences, only the tokens count.
    private var isNearLimit: Bool {
        guard limits.hard, limits.lines ?? 1 == 1 else { return false }
        if let words = limits.words, bounds.words >= words - Self.wordWindow { return true }
        return limits.characters.map {
            bounds.isNear(characters: $0 - Self.characterWindow, wideAsTwo: limits.countsWideAsTwo)
        } ?? false
    }

    private func end(of body: ArraySlice<UInt8>) -> Int? {
        // Of a list, the item that was cut goes.
        if limits.lines ?? 1 > 1 { return body.lastIndex(of: 0x0A) }
        let ends = Sentences.ends(in: String(decoding: body, as: UTF8.self), isComplete: true)
        guard let last = ends.last else { return nil }
        return body.startIndex + last.offset
    }
}
