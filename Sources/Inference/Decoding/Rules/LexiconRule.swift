// Words of a writer's own: those that a draft never contains, in no inflection.
// - A word is banned as a whole word; `synerg*` bans every word that begins so. Case does not matter.
// - Phrases, and words of scripts without spaces, are found by `BannedPhrases`.

import Generation
import Text

/// Rolls back banned words.
struct LexiconRule: DraftRule {
    private let forms: Set<String>
    /// All beginnings of forms, to know when a word may become one.
    private let beginnings: Set<String>
    private let prefixes: [String]
    private var trail = WordTrail()

    /// `nil` if no single word is banned.
    init?(_ banned: [String]) {
        let words = banned.map { String(TextLength.trimmed($0)) }.filter { Self.isWord($0) }
        prefixes = words.filter { $0.hasSuffix("*") }.map { $0.dropLast().lowercased() }.filter { !$0.isEmpty }
        forms = words.filter { !$0.hasSuffix("*") }.reduce(into: []) { $0.formUnion(Inflections.of($1)) }
        var beginnings: Set<String> = []
        for form in forms.union(prefixes) {
            for count in 1..<max(form.count, 1) { beginnings.insert(String(form.prefix(count))) }
        }
        self.beginnings = beginnings
        if forms.isEmpty, prefixes.isEmpty { return nil }
    }

    /// The banned texts that are no single words, with the forms of their last words.
    static func phrases(of banned: [String]) -> [String] {
        banned.map { String(TextLength.trimmed($0)) }.filter { !$0.isEmpty && !isWord($0) }.flatMap {
            phrase -> [String] in
            if phrase.hasSuffix("*") { return [String(phrase.dropLast())] }
            guard let space = phrase.lastIndex(of: " ") else { return [phrase] }
            let head = phrase[...space]
            return Inflections.of(String(phrase[phrase.index(after: space)...])).sorted().map { head + $0 }
        }
    }

    /// True if a text holds one of these banned words or phrases.
    static func bans(_ text: String, _ banned: [String]) -> Bool {
        let bytes = Array(text.utf8)
        let finder = PhraseFinder(phrases(of: banned), folding: true)
        if finder.firstMatch(in: bytes[...], newCount: bytes.count) != nil { return true }
        guard let rule = LexiconRule(banned) else { return false }
        return WordTrail(text).words.contains { rule.isBanned(Self.text(of: $0, in: bytes[...])) }
    }

    private static func isWord(_ text: String) -> Bool {
        let word = text.hasSuffix("*") ? text.dropLast() : text[...]
        let words = WordTrail(String(word)).words
        return words.count == 1 && words[0].end - words[0].start == word.utf8.count && !words[0].isCharacter
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        let body = text.body
        let known = trail.update(with: body)
        for word in trail.words[known...] where isBanned(Self.text(of: word, in: body)) {
            return .rollsBack(to: word.start)
        }
        return .continues
    }

    mutating func rollBack(to text: DraftText) { trail.update(with: text.body) }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        guard let last = trail.words.last, trail.isOpen(in: body) else { return nil }
        return beginnings.contains(Self.text(of: last, in: body)) ? last.start : nil
    }

    private func isBanned(_ word: String) -> Bool { forms.contains(word) || prefixes.contains { word.hasPrefix($0) } }

    private static func text(of word: WordTrail.Word, in body: ArraySlice<UInt8>) -> String {
        String(decoding: body[word.start..<word.end], as: UTF8.self).lowercased()
    }
}
