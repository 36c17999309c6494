/// How long a draft may be, in what a reader counts; `nil` where there is no limit.
///
/// Hard limits are kept while decoding: what would overflow is never drawn, and a text that reaches
/// a limit ends on a whole word. Soft limits are shown beside the draft and not enforced.
public struct LengthLimits: Sendable, Hashable, Codable {
    /// Grapheme clusters.
    public var characters: Int?
    /// Runs of non-whitespace; each CJK character counts as a word of its own.
    public var words: Int?
    public var sentences: Int?
    /// Lines that hold text, counted by line feeds.
    public var lines: Int?
    /// Whether decoding keeps the limits, or they are only shown.
    public var hard = true
    /// Whether a wide character (CJK, emoji) counts as two `characters`, as search-ad platforms count.
    public var countsWideAsTwo = false

    public init(
        characters: Int? = nil, words: Int? = nil, sentences: Int? = nil, lines: Int? = nil,
        hard: Bool = true, countsWideAsTwo: Bool = false
    ) {
        self.characters = characters
        self.words = words
        self.sentences = sentences
        self.lines = lines
        self.hard = hard
        self.countsWideAsTwo = countsWideAsTwo
    }

    public var isEmpty: Bool { characters == nil && words == nil && sentences == nil && lines == nil }
}
