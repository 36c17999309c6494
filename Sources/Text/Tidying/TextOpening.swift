// What a text begins with that is not the text: a quotation mark around it, a label, a preamble, Markdown.
// - Bullets ("- ", "* ", "1. ") and hashtags belong to the text; a bullet does not if the text is one line.
// - `open` means that only later text will tell. For a complete text the answer is never open.
// - The answer does not change if text is appended to a text that is `plain` or `decoration`.

/// What tidying takes off a text.
public enum TidiedPart: String, Sendable, Hashable, Codable, CaseIterable {
    case quotes, label, preamble, note, markdown
}

/// The beginning of a text.
public enum TextOpening: Sendable, Equatable {
    /// The text itself.
    case plain
    /// Only later text will tell.
    case open
    /// Not the text; it begins at a byte behind this.
    case decoration(TidiedPart, end: Int)

    /// What may stand at the beginning.
    public struct Allowed: Sendable, Hashable {
        /// True if the text may begin with a quotation: one that is closed within `quotationWords` words, with text behind
        /// it ("“Go,” she said.").
        public var quotations = false
        /// Parts that are taken for the text.
        public var parts: Set<TidiedPart> = []
        /// True if the text may be a list.
        public var bullets = true

        public init(quotations: Bool = false, parts: Set<TidiedPart> = []) {
            self.quotations = quotations
            self.parts = parts
        }
    }

    /// The most words of a quotation at the beginning of a text.
    public static let quotationWords = 24

    /// Looks at the beginning of a text; white space before it does not count.
    /// - Parameter isComplete: true if nothing follows the text.
    public static func of(
        _ bytes: ArraySlice<UInt8>, isComplete: Bool, allowing allowed: Allowed = Allowed()
    ) -> TextOpening {
        let start = bytes.firstIndex { !UTF8Text.isASCIIWhitespace($0) } ?? bytes.endIndex
        let text = bytes[start...].dropLast(UTF8Text.incompleteTailCount(bytes))
        // A quotation may be longer than a label, but not without end.
        let opening = OpeningText(String(decoding: text.prefix(1200), as: UTF8.self), isComplete: isComplete)
        guard let first = opening.first else { return isComplete ? .plain : .open }
        func found(_ answer: OpeningText.Answer, _ part: TidiedPart) -> TextOpening? {
            guard !allowed.parts.contains(part) else { return nil }
            return switch answer {
            case .no: nil
            case .open: .open
            case .yes(let byteCount): .decoration(part, end: start + byteCount)
            }
        }
        if let answer = found(opening.markdown(first), .markdown) { return answer }
        if !allowed.bullets, let answer = found(opening.bullet(first), .markdown) { return answer }
        if let answer = found(opening.quotes(first, allowsQuotation: allowed.quotations), .quotes) { return answer }
        // What is open for one kind may be decided by the other.
        let preamble = found(opening.preamble(), .preamble)
        let label = found(opening.label(), .label)
        if case .decoration? = preamble { return preamble ?? .plain }
        if case .decoration? = label { return label ?? .plain }
        return preamble ?? label ?? .plain
    }

    /// The kinds of decoration that a text begins with; a draft that rewrites such a text may begin so too.
    public static func kinds(in text: String) -> Set<TidiedPart> {
        let bytes = Array(text.utf8)
        guard case .decoration(let part, _) = of(bytes[...], isComplete: true) else { return [] }
        return [part]
    }
}

/// The beginning of a text, looked at in each way.
struct OpeningText {
    enum Answer: Equatable {
        case no, open
        case yes(byteCount: Int)
    }

    private let text: String
    private let characters: [Character]
    /// In lower case, one for each character.
    private let lower: [String]
    private let isComplete: Bool

    init(_ text: String, isComplete: Bool) {
        self.text = text
        self.isComplete = isComplete
        characters = Array(text.prefix(300))
        lower = characters.prefix(160).map { $0.lowercased() }
    }

    var first: Character? { characters.first }

    private func bytes(_ count: Int) -> Int { characters.prefix(count).reduce(0) { $0 + String($1).utf8.count } }
    private var end: Answer { isComplete ? .no : .open }

    // MARK: Markdown

    func markdown(_ first: Character) -> Answer {
        guard ["*", "_", "#", "`", ">"].contains(first) else { return .no }
        let count = characters.prefix { $0 == first }.count
        if count > 1 && first != ">" || first == "`" { return .yes(byteCount: bytes(skippingSpace(count))) }
        guard count < characters.count else { return isComplete ? .yes(byteCount: bytes(count)) : .open }
        let next = characters[count]
        switch first {
        case "#": return next == " " ? .yes(byteCount: bytes(count + 1)) : .no  // "#tea" is a hashtag.
        case "*": return next == " " && count == 1 ? .no : .yes(byteCount: bytes(count))  // "* tea" is a bullet.
        case ">": return next == " " ? .yes(byteCount: bytes(count + 1)) : .no
        default: return .yes(byteCount: bytes(count))
        }
    }

    /// A bullet before a text that is no list.
    func bullet(_ first: Character) -> Answer {
        guard ["-", "–", "—", "•", "*"].contains(first) else { return .no }
        guard characters.count > 1 else { return isComplete ? .yes(byteCount: bytes(1)) : .open }
        // A number may have a sign, but a word has no dash before it.
        if characters[1].isLetter { return .yes(byteCount: bytes(1)) }
        return characters[1] == " " || characters[1] == ":" ? .yes(byteCount: bytes(2)) : .no
    }

    // MARK: Quotes

    static let closers: [Character: Set<Character>] = [
        "\"": ["\"", "”"], "“": ["”", "\"", "“"], "”": ["”"], "„": ["“", "”", "\""], "«": ["»"], "»": ["«"], "‹": ["›"],
        "›": ["‹"], "‘": ["’", "'"], "‚": ["‘", "’"], "'": ["'", "’"], "’": ["’"], "「": ["」"], "『": ["』"],
        "〝": ["〞", "〟"],
        "＂": ["＂"], "《": ["》"],
    ]

    /// Words that begin with an apostrophe.
    private static let elisions = [
        "tis", "twas", "twere", "twill", "til", "till", "em", "cause", "bout", "round", "neath", "n", "s", "t", "k",
        "m",
    ]

    func quotes(_ first: Character, allowsQuotation: Bool) -> Answer {
        guard let closers = Self.closers[first], first != "《" else { return .no }
        if first == "'" || first == "’" || first == "‘" {
            switch elision() {
            case .no: break
            case .open: return .open
            case .yes: return .no
            }
        }
        let mark = Answer.yes(byteCount: bytes(1))
        guard allowsQuotation else { return mark }
        guard let close = closeIndex(closers) else {
            let words = text.split(whereSeparator: \.isWhitespace).count
            let isLong = text.contains("\n") || words > TextOpening.quotationWords || text.utf8.count > 400
            return isComplete || isLong ? mark : .open
        }
        if characters[..<close].contains("\n") { return mark }
        // Behind the mark: a dash or a comma may stand before the words that go on.
        let behind = characters[(close + 1)...]
        if behind.contains(where: { $0.isLetter || $0.isNumber }) { return .no }
        return isComplete ? mark : .open
    }

    private func closeIndex(_ closers: Set<Character>) -> Int? {
        characters.indices.dropFirst().first { index in
            guard closers.contains(characters[index]) else { return false }
            let isApostrophe = characters[index] == "'" || characters[index] == "’"
            return !(isApostrophe && index + 1 < characters.count && characters[index + 1].isLetter)
        }
    }

    /// `yes` if the text begins with an elided word or number: "'Tis", "'90s".
    private func elision() -> Answer {
        let word = lower.dropFirst().prefix { $0.first?.isLetter ?? false }.joined()
        let isOpen = word.unicodeScalars.count + 1 >= characters.count && !isComplete
        guard characters.count > 1 else { return end }
        if characters[1].isNumber { return .yes(byteCount: 0) }
        if isOpen { return Self.elisions.contains { $0.hasPrefix(word) } ? .open : .no }
        return Self.elisions.dropLast(4).contains(word) ? .yes(byteCount: 0) : .no
    }

    // MARK: Labels

    /// A label: the name of a kind of text, and a colon or a dash behind it.
    func label() -> Answer {
        if let chinese = chineseLabel() { return chinese }
        // The words before the first mark that could end the label.
        let stop = lower.firstIndex { [":", "：", "\n", "\r\n", ".", "!", "?", "–", "—", "。"].contains($0) }
        let dash = dashIndex()
        let mark = min(stop ?? .max, dash ?? .max)
        guard mark < lower.count else {
            return !isComplete && characters.count < 80 && mayBecomeLabel(wordList(lower.count)) ? .open : .no
        }
        let words = wordList(mark).filter { !$0.isEmpty }
        let isColon = lower[mark] == ":" || lower[mark] == "："
        guard !words.isEmpty, isLabel(words, isStrict: !isColon) else { return .no }
        if lower[mark] == "." || lower[mark] == "!" || lower[mark] == "?" || lower[mark] == "。" { return .no }
        return .yes(byteCount: bytes(behindMark(mark)))
    }

    private func wordList(_ count: Int) -> [String] {
        lower.prefix(count).joined().split(whereSeparator: { $0 == " " || $0 == "\u{A0}" || $0 == "*" || $0 == "_" })
            .map {
                String($0)
            }
    }

    private func dashIndex() -> Int? {
        lower.indices.dropFirst().first { index in
            lower[index] == "-" && lower[index - 1] == " " && index + 1 < lower.count && lower[index + 1] == " "
        }
    }

    /// The characters of a label, its mark, and white space and Markdown behind it.
    private func behindMark(_ mark: Int) -> Int {
        var count = mark + 1
        while count < characters.count,
            characters[count].isWhitespace || characters[count] == "*" || characters[count] == "_"
        {
            // "* tea" behind a label is a bullet.
            if characters[count] == "*", count + 1 < characters.count, characters[count + 1] == " ",
                characters[count - 1].isNewline
            {
                break
            }
            count += 1
        }
        return count
    }

    /// - Parameter isStrict: true if the words must be a label and nothing else, because no colon follows.
    private func isLabel(_ words: [String], isStrict: Bool) -> Bool {
        let words = words.filter { !$0.allSatisfy { $0.isNumber || ["#", "(", ")", ".", "/"].contains($0) } }
        guard let last = words.last, let first = words.first else { return false }
        let isNamed =
            TidyWords.labels.contains(last) || TidyWords.longLabels.contains(words.suffix(2).joined(separator: " "))
            || TidyWords.longLabels.contains(words.suffix(3).joined(separator: " "))
        let isLong = TidyWords.longLabels.contains(words.joined(separator: " "))
        if isLong
            || isNamed
                && words.dropLast().allSatisfy({
                    TidyWords.labels.contains($0) || TidyWords.labelModifiers.contains($0)
                })
        {
            return true
        }
        guard !isStrict, words.count <= 10 else { return false }
        // "Headline for a desk lamp:", "Title (45 characters):"
        return TidyWords.labels.contains(first) || TidyWords.longLabels.contains(words.prefix(2).joined(separator: " "))
    }

    /// True if more text may make these words a label.
    private func mayBecomeLabel(_ words: [String]) -> Bool {
        guard let last = words.last else { return true }
        let known = words.dropLast().filter { !$0.allSatisfy { $0.isNumber || $0 == "#" } }
        if let first = known.first, words.count <= 10,
            TidyWords.labels.contains(first) || TidyWords.longLabels.contains(known.prefix(2).joined(separator: " "))
        {
            return true
        }
        func isPart(_ word: String) -> Bool {
            TidyWords.labels.contains(word) || TidyWords.labelModifiers.contains(word)
        }
        guard known.allSatisfy(isPart) else {
            let line = words.joined(separator: " ")
            return TidyWords.longLabels.contains { $0.hasPrefix(line) }
        }
        return isPart(last) || last.allSatisfy { $0.isNumber || $0 == "#" }
            || !(characters.last?.isWhitespace ?? true)
                && (TidyWords.labels.contains { $0.hasPrefix(last) }
                    || TidyWords.labelModifiers.contains { $0.hasPrefix(last) }
                    || TidyWords.longLabels.contains { $0.hasPrefix(words.joined(separator: " ")) })
    }

    private func chineseLabel() -> Answer? {
        guard let first = characters.first?.unicodeScalars.first, first.isHanOrKana else { return nil }
        let text = characters.prefix(8)
        for label in TidyWords.chineseLabels {
            let count = label.count
            if text.starts(with: label) {
                guard text.count > count else { return end }
                let isMark = text[count] == "：" || text[count] == ":"
                if isMark { return .yes(byteCount: bytes(behindMark(count))) }
            } else if label.starts(with: text), !isComplete {
                return .open
            }
        }
        return .no
    }

    // MARK: Preambles

    /// A sentence to the writer before the text: "Sure, here is a headline:".
    func preamble() -> Answer {
        let agreement = agreement()
        switch agreement {
        case .yes, .open: return agreement
        case .no: return introduction(from: 0)
        }
    }

    /// The first of these texts that the text has at a place; `open` if it may still become one.
    private func match(_ phrases: [String], at start: Int) -> (count: Int?, isOpen: Bool) {
        let rest = lower.dropFirst(start)
        let text = rest.joined()
        var best: Int?
        var isOpen = false
        for phrase in phrases {
            if text.hasPrefix(phrase) {
                best = max(best ?? 0, phrase.count)
            } else if !isComplete, phrase.hasPrefix(text) {
                isOpen = true
            }
        }
        return (best, isOpen)
    }

    private func agreement() -> Answer {
        let (count, isOpen) = match(TidyWords.agreements, at: 0)
        guard let count else { return isOpen ? .open : .no }
        guard count < characters.count else { return end }
        // "Sure" is a word of its own, or the text only begins like it.
        if isOpen { return .open }
        switch characters[count] {
        case "!", "！":
            return .yes(byteCount: bytes(skippingSpace(count + 1)))
        case ",", "，", ".", ":", "。", "：", "\n", "\r\n":
            let next = skippingSpace(count + 1)
            guard next < characters.count else { return end }
            if characters[count].isNewline || characters[count] == ":" || characters[count] == "：" {
                return .yes(byteCount: bytes(next))
            }
            // "Of course, he was late." is a sentence of a story.
            return introduction(from: next)
        case " ":
            let next = skippingSpace(count)
            guard next < characters.count else { return end }
            return introduction(from: next)
        default: return .no
        }
    }

    /// "Here is a headline for you:", up to the colon.
    private func introduction(from start: Int) -> Answer {
        let (count, isOpen) = match(TidyWords.introducers, at: start)
        guard let count else { return isOpen ? .open : .no }
        let limit = min(characters.count, start + 120)
        var index = start + count
        if index < characters.count, characters[index].isLetter, characters[index].isASCII { return .no }
        while index < limit {
            switch characters[index] {
            case ":", "：": return .yes(byteCount: bytes(behindMark(index)))
            case "\n", "\r\n": return start > 0 ? .yes(byteCount: bytes(skippingSpace(index))) : .no
            case ".", "!", "?", "。", "！":
                guard index + 1 < characters.count else { return end }
                // "Sure, here is a headline." ends the preamble; "Here is a tea for rainy days." is a text.
                let isAboutText = start > 0 || characters[index + 1].isNewline && namesText(start..<index)
                if isAboutText, characters[index + 1].isWhitespace {
                    let next = skippingSpace(index + 1)
                    return next < characters.count || !isComplete ? .yes(byteCount: bytes(next)) : .no
                }
                if characters[index + 1].isWhitespace { return .no }
            default: break
            }
            index += 1
        }
        return limit == characters.count && !isComplete ? .open : .no
    }

    /// True if some words speak of a kind of text.
    private func namesText(_ range: Range<Int>) -> Bool {
        lower[range.clamped(to: lower.indices)].joined().split { !($0.isLetter || $0 == "-") }.contains {
            TidyWords.labels.contains(String($0))
        }
    }

    private func skippingSpace(_ start: Int) -> Int {
        var index = start
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        return index
    }
}
