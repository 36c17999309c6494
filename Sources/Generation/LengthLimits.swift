/// How long a draft may be, in what a reader counts; `nil` where there is no limit.
///
/// Hard limits are kept while decoding: what would overflow is never drawn, and a text that reaches
/// a limit ends between units: words, numbers, prices, addresses. Soft limits are shown beside the draft and not enforced.
public struct LengthLimits: Sendable, Hashable, Codable {
    /// Grapheme clusters, without the white space at the text's ends.
    public var characters: Int?
    /// Runs between white space that hold a letter or a digit; each character of Han and kana is one of its own.
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

    /// The sentence for a draft that is empty because not even its first unit fits.
    public var nothingFits: String {
        let room =
            characters.map { $0 == 1 ? "1 character" : "\($0) characters" }
            ?? words.map { $0 == 1 ? "1 word" : "\($0) words" } ?? "the limit"
        return "Nothing fits into \(room): the first word would be cut. Raise the limit in the template."
    }

    public var isEmpty: Bool { characters == nil && words == nil && sentences == nil && lines == nil }
}
