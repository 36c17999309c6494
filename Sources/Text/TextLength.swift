// The length of a text as a reader counts it: the one meaning of `LengthLimits`, for decoder, meters and exports.
// - White space at the text's ends never counts.
// - Characters are grapheme clusters.
// - A word is a run between white space that holds a letter or a digit. Each character of Han, Hiragana or Katakana
//   is a word of its own, and the marks between them do not count.

/// The length of a text in characters, words, sentences and lines.
public struct TextLength: Sendable, Hashable {
    /// Grapheme clusters; a wide one counts as two if asked.
    public var characters = 0
    public var words = 0
    public var sentences = 0
    /// Lines that are not blank; a line feed ends a line.
    public var lines = 0

    public init() {}

    public init(of text: String, countsWideAsTwo: Bool = false) {
        var running = RunningLength()
        running.append(text)
        characters = running.characters(countsWideAsTwo: countsWideAsTwo)
        words = running.words
        lines = running.lines
        sentences = Sentences.count(in: text)
    }

    /// A text without the white space at its ends.
    public static func trimmed(_ text: String) -> Substring {
        let scalars = text.unicodeScalars
        let isText: (Unicode.Scalar) -> Bool = { !$0.isWhitespace }
        guard let first = scalars.firstIndex(where: isText), let last = scalars.lastIndex(where: isText) else {
            return ""
        }
        return text[first..<scalars.index(after: last)]
    }

    public static func characterCount(of text: Substring, countsWideAsTwo: Bool) -> Int {
        countsWideAsTwo ? text.reduce(0) { $0 + Columns.of($1) } : text.count
    }

    public static func wordCount(of text: Substring) -> Int {
        var running = RunningLength()
        running.append(String(text))
        return running.words
    }
}
