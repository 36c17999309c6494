// Finds the words of a lexicon in a text that is written already, for warnings before anything is generated.
// - A word is a run of letters and digits, so Kettle stands in "Kettle's"; case does not count.
// - Inflections are the decoder's affair: a warning names only what certainly stands there.

extension Lexicon {
    /// The first banned word or phrase that stands in a text; `nil` if none does.
    public func bannedWord(in text: String) -> String? {
        let words = Self.words(of: text)
        return banned.first { Self.stands($0, in: words) }
    }

    /// True if a word or phrase stands in a text.
    public static func contains(_ phrase: String, in text: String) -> Bool { stands(phrase, in: words(of: text)) }

    /// The words that must occur and cannot, because they contain a banned one.
    public var contradictions: [(word: String, banned: String)] {
        must.compactMap { required in bannedWord(in: required.word).map { (required.word, $0) } }
    }

    /// True for `synerg*`, which stands for every word with that beginning.
    public static func isPattern(_ word: String) -> Bool { word.hasSuffix("*") }

    /// Why a banned word cannot be one; `nil` if it can.
    public static func problem(ofBanned word: String) -> String? {
        let stars = word.count { $0 == "*" }
        guard stars > 0 else { return nil }
        let beginning = word.dropLast(isPattern(word) ? 1 : 0)
        guard isPattern(word), stars == 1, beginning.count(where: { $0.isLetter || $0.isNumber }) >= 2,
            beginning.last?.isWhitespace == false
        else {
            return "A * stands at the end of a word with at least two letters before it, as in synerg*, and "
                + "\(OptionLine.quoted(word)) is not written so."
        }
        return nil
    }

    private static func stands(_ phrase: String, in words: [String]) -> Bool {
        let isPattern = isPattern(phrase)
        let wanted = Self.words(of: phrase)
        guard let last = wanted.last, words.count >= wanted.count else { return false }
        return (0...words.count - wanted.count).contains { start in
            let found = words[start..<start + wanted.count]
            guard found.dropLast().elementsEqual(wanted.dropLast()), let end = found.last else { return false }
            return isPattern ? end.hasPrefix(last) : end == last
        }
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
