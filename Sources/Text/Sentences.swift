// Finds the place between one sentence and the next.
// - The rules are those of Unicode Standard Annex 29 (SB3 to SB998), with the exceptions of `SentenceTailoring`.
// - A sentence holds a letter or a digit: text without either belongs to the sentence before it.
// - In a growing text, an end is certain only if no later text can change it.

/// A place where a sentence ends and another begins behind it.
public struct SentenceEnd: Sendable, Hashable {
    /// Behind the terminator and the closing marks after it, in UTF-8 bytes from the text's beginning.
    public var offset: Int
    /// False if the next characters may show that the sentence continues.
    public var isCertain: Bool
}

/// Finds and counts sentences.
public enum Sentences {
    /// The sentences of a complete text; text without a terminator is one.
    public static func count(in text: String) -> Int {
        text.unicodeScalars.contains { !$0.isWhitespace } ? ends(in: text, isComplete: true).count + 1 : 0
    }

    /// The places between sentences.
    /// - Parameter isComplete: True if nothing follows the text; all ends are then certain.
    public static func ends(in text: String, isComplete: Bool) -> [SentenceEnd] {
        var scan = SentenceScan(text, isComplete: isComplete)
        return scan.ends()
    }

    /// True if a sentence may end with a character.
    public static func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar == "." || scalar == "!" || scalar == "?" }
        return scalar == "\u{2026}" || SentenceBreakClass.isTerminator(scalar)
    }
}

/// One pass over a text by the rules of the annex.
private struct SentenceScan {
    /// The text behind the last terminator.
    private enum State { case none, terminator, close, space }

    private let text: SentenceText
    private let isComplete: Bool
    private var state = State.none
    /// The first of the terminators that were read last.
    private var terminator = 0
    private var isAmbiguous = false
    /// The class before the last ambiguous terminator.
    private var beforeTerminator = SentenceBreakClass.other
    /// The class before this position, without invisible scalars.
    private var previous: SentenceBreakClass?
    private var found: [SentenceEnd] = []
    /// An end that counts once a letter or a digit follows.
    private var pending: SentenceEnd?
    private var hasContent = false

    init(_ text: String, isComplete: Bool) {
        self.text = SentenceText(text)
        self.isComplete = isComplete
    }

    mutating func ends() -> [SentenceEnd] {
        for index in text.scalars.indices {
            let kind = text.classes[index]
            if isInsideSentence(kind), text.scalars[index] != "\u{2026}" {
                if !hasContent || pending != nil, text.scalars[index].isLetterOrDigit { addContent() }
                previous = kind
                continue
            }
            if kind.isInvisible, let previous, !previous.isParagraphEnd { continue }
            if let end = end(before: index, kind), hasContent { note(end) }
            if text.scalars[index].isLetterOrDigit { addContent() }
            advance(over: index, kind)
        }
        return found
    }

    /// True for scalars that neither end a sentence nor let one end before them: most of a text.
    private func isInsideSentence(_ kind: SentenceBreakClass) -> Bool {
        guard state == .none, let previous, !previous.isParagraphEnd else { return false }
        switch kind {
        case .carriageReturn, .lineFeed, .separator, .ambiguousTerminator, .terminator, .extend, .format: return false
        default: return true
        }
    }

    private mutating func note(_ end: SentenceEnd) {
        // An uncertain end does not hide a certain one behind it, and does not begin a sentence of its own.
        if pending == nil || end.isCertain { pending = end }
    }

    private mutating func addContent() {
        if let end = pending {
            found.append(end)
            pending = nil
        }
        hasContent = true
    }

    /// The end of a sentence between the scalar at `index` and the one before it.
    private func end(before index: Int, _ kind: SentenceBreakClass) -> SentenceEnd? {
        guard let previous else { return nil }
        if previous.isParagraphEnd {
            if previous == .carriageReturn, kind == .lineFeed { return nil }  // SB3
            if SentenceTailoring.continuesAcrossLines(text, index) { return nil }
            return SentenceEnd(offset: text.endOfText(before: index), isCertain: true)  // SB4
        }
        guard state != .none else { return nil }
        if isAmbiguous, state == .terminator {
            if kind == .numeric { return nil }  // SB6
            if kind == .upper, beforeTerminator == .upper || beforeTerminator == .lower { return nil }  // SB7
        }
        if kind == .continuation || kind.isTerminator { return nil }  // SB8a
        if kind == .space || kind.isParagraphEnd { return nil }  // SB9, SB10
        if kind == .close, state != .space { return nil }  // SB9
        // French puts a space before a closing quote.
        if kind == .close, text.scalars[index].properties.generalCategory == .finalPunctuation { return nil }
        switch decision(before: index) {
        case .continues: return nil
        case .ends: return SentenceEnd(offset: text.endOfText(before: index), isCertain: true)  // SB11
        case .open: return SentenceEnd(offset: text.endOfText(before: index), isCertain: false)
        }
    }

    private func decision(before index: Int) -> SentenceTailoring.Decision {
        if isAmbiguous {
            let letter = text.classes[index...].firstIndex {
                switch $0 {
                case .otherLetter, .upper, .lower, .numeric, .carriageReturn, .lineFeed, .separator,
                    .ambiguousTerminator, .terminator:
                    true
                default: false
                }
            }
            // SB8, except for numbers: "It is out. 5 remain." are two.
            if let letter, text.classes[letter] == .lower, !SentenceTailoring.beginsSentence(text, letter) {
                return .continues
            }
            if letter == nil, !isComplete { return tailored(index) == .continues ? .continues : .open }
        }
        return tailored(index)
    }

    private func tailored(_ next: Int) -> SentenceTailoring.Decision {
        SentenceTailoring.decision(
            text, terminator: terminator, next: next, isSpaced: state == .space, isComplete: isComplete)
    }

    private mutating func advance(over index: Int, _ kind: SentenceBreakClass) {
        let isEllipsis = text.scalars[index] == "\u{2026}"
        if kind.isTerminator || isEllipsis {
            if state != .terminator { terminator = index }
            state = .terminator
            isAmbiguous = kind == .ambiguousTerminator || isEllipsis
            beforeTerminator = previous ?? .other
        } else if state == .none {
            // No sentence ended.
        } else if kind == .close, text.scalars[index].properties.generalCategory == .finalPunctuation {
            state = .close
        } else if kind == .close || SentenceTailoring.isMarkupCloser(text.scalars[index]), state != .space {
            state = .close
        } else if kind == .space {
            state = .space
        } else {
            state = .none
        }
        previous = kind
    }
}

/// A text as the rules read it.
struct SentenceText {
    let scalars: [Unicode.Scalar]
    let classes: [SentenceBreakClass]
    /// The byte at which each scalar begins, and the end of the text.
    let offsets: Offsets

    /// Empty for ASCII, because an index is then an offset.
    struct Offsets {
        fileprivate let list: [Int]?

        subscript(index: Int) -> Int { list?[index] ?? index }
    }

    private static let asciiClasses = (0..<128).map { SentenceBreakClass(Unicode.Scalar(UInt8($0))) }

    init(_ text: String) {
        let bytes = text.utf8.count
        let ascii = SentenceText.asciiClasses
        var scalars: [Unicode.Scalar] = []
        var classes: [SentenceBreakClass] = []
        scalars.reserveCapacity(bytes)
        classes.reserveCapacity(bytes)
        for scalar in text.unicodeScalars {
            scalars.append(scalar)
            classes.append(scalar.isASCII ? ascii[Int(scalar.value)] : SentenceBreakClass(scalar))
        }
        self.scalars = scalars
        self.classes = classes
        guard scalars.count < bytes else {
            offsets = Offsets(list: nil)
            return
        }
        var offset = 0
        var offsets = [0]
        offsets.reserveCapacity(scalars.count + 1)
        for scalar in scalars {
            offset += UTF8.width(scalar)
            offsets.append(offset)
        }
        self.offsets = Offsets(list: offsets)
    }

    /// The end of the text before an index, without white space.
    func endOfText(before index: Int) -> Int {
        var end = index
        while end > 0, scalars[end - 1].isWhitespace { end -= 1 }
        return offsets[end]
    }

    /// The letters, digits and inner marks right before an index, without opening marks.
    func word(before end: Int) -> Range<Int> {
        var start = end
        while start > 0, !scalars[start - 1].isWhitespace { start -= 1 }
        while start < end, !scalars[start].isLetterOrDigit { start += 1 }
        // The last of the words that a bracket, a quote or a dash joins.
        if let mark = (start..<end).last(where: { classes[$0] == .close || "/–—".unicodeScalars.contains(scalars[$0]) }
        ),
            mark + 1 < end
        {
            start = mark + 1
        }
        return start..<end
    }

    /// The word before a word, without the marks around it; `nil` at the beginning of a line.
    func word(previousTo start: Int) -> String? {
        let first = self.start(ofWordPreviousTo: start)
        guard first < start else { return nil }
        var end = start
        while end > first, !scalars[end - 1].isLetterOrDigit { end -= 1 }
        var begin = first
        while begin < end, !scalars[begin].isLetterOrDigit { begin += 1 }
        return begin < end ? string(begin..<end) : nil
    }

    /// The beginning of the word before a word; `start` itself if there is none in its line.
    func start(ofWordPreviousTo start: Int) -> Int {
        var end = start
        while end > 0, !scalars[end - 1].isWhitespace { end -= 1 }
        while end > 0, scalars[end - 1].isWhitespace {
            if classes[end - 1].isParagraphEnd { return start }
            end -= 1
        }
        var begin = end
        while begin > 0, !scalars[begin - 1].isWhitespace { begin -= 1 }
        return begin < end ? begin : start
    }

    /// The first letter or digit of the run that begins at an index.
    func firstLetterOrDigit(from index: Int) -> Int? {
        scalars[index...].prefix { !$0.isWhitespace }.firstIndex { $0.isLetterOrDigit }
    }

    /// The letters from an index on, behind opening marks.
    func letters(from index: Int) -> Range<Int> {
        var start = index
        while start < scalars.count, !scalars[start].isLetterOrDigit, !scalars[start].isWhitespace { start += 1 }
        var end = start
        while end < scalars.count, isAlphabetic(end) || classes[end].isInvisible { end += 1 }
        return start..<end
    }

    private func isAlphabetic(_ index: Int) -> Bool {
        if scalars[index].isASCII { return classes[index] == .lower || classes[index] == .upper }
        return scalars[index].properties.isAlphabetic
    }

    func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    /// True if only white space and marks stand between the beginning of the line and an index.
    func isAtLineStart(_ index: Int) -> Bool {
        for place in stride(from: index - 1, through: 0, by: -1) {
            if classes[place].isParagraphEnd { return true }
            if scalars[place].isLetterOrDigit { return false }
        }
        return true
    }
}
