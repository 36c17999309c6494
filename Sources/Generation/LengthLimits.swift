/// How long a draft may be, in units that a reader counts; `nil`: no limit.
///
/// Hard limits are kept while decoding: a token that would overflow is never drawn, and a text that reaches a limit ends
/// between units (words, numbers, prices, addresses). Soft limits are shown beside the draft, and tidy drafts aim at them.
public struct LengthLimits: Sendable, Hashable, Codable {
    /// Grapheme clusters; white space at the ends of the text does not count.
    public var characters: Int?
    /// Runs between white space that contain a letter or a digit; each Han or kana character is a word.
    public var words: Int?
    public var sentences: Int?
    /// Lines that are not blank; a line feed ends a line.
    public var lines: Int?
    /// True if decoding keeps the limits; false if they are shown, and aimed at by tidy drafts.
    public var hard = true
    /// True if a wide character (CJK, emoji) counts as two `characters`, as on search-ad platforms.
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

    /// The sentence for a draft that is empty because even its first unit does not fit.
    public var nothingFits: String {
        let room =
            characters.map { $0 == 1 ? "1 character" : "\($0) characters" }
            ?? words.map { $0 == 1 ? "1 word" : "\($0) words" } ?? "the limit"
        return "Nothing fits into \(room): the first word would be cut. Raise the limit in the template."
    }

    public var isEmpty: Bool { characters == nil && words == nil && sentences == nil && lines == nil }
}
