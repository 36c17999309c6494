// What a writer is told of the lexicon: before drafts are written, and when they lack a word.
// - Before: a banned word stands in the writer's own texts, so drafts cannot repeat these as they are.
// - After: a required word stands in fewer drafts than the lexicon asks for, because there was no room for it.
// - A word stands in a text as the decoder finds it there: `tea` in `Tea's`, not in `steam`.

import Generation
import Text

extension DraftOrder {
    /// A sentence for each of the writer's texts that contains a banned word.
    public var lexiconConflicts: [String] {
        let lexicon = request.conditions.lexicon
        var sentences: [String] = []
        for (name, text) in fields.sorted(by: { $0.key < $1.key }) {
            guard let word = lexicon.banned.first(where: { $0.stands(in: text) }) else { continue }
            let place = templateName == nil ? "The prompt" : "The field '\(name)'"
            sentences.append(
                "\(place) contains a word that your lexicon bans (\(OptionLine.quoted(word))), so no draft repeats it.")
        }
        for phrase in request.sampling.mustInclude {
            guard let word = lexicon.banned.first(where: { $0.stands(in: phrase) }) else { continue }
            sentences.append(
                "must_include asks for \(OptionLine.quoted(phrase)), and your lexicon bans \(OptionLine.quoted(word)). "
                    + "Remove one of the two.")
        }
        return sentences
    }
}

extension SavedGeneration {
    /// A sentence for each required word that too few of the finished drafts contain, with the cause.
    public func lexiconShortfalls(_ lexicon: Lexicon) -> [String] {
        let ended = drafts.filter { !$0.isCandidate && [.stop, .length, .limit].contains($0.finishReason) }
        let count = ended.count
        guard count > 0 else { return [] }
        return lexicon.must.compactMap { required in
            let wanted = min(required.variantCount ?? count, count)
            let lacking = ended.filter { !required.word.stands(in: $0.text) }
            let found = count - lacking.count
            guard found < wanted else { return nil }
            let word = OptionLine.quoted(required.word)
            let fact = count == 1 ? "The draft lacks \(word)" : "\(found) of \(count) drafts contain \(word)"
            let asked = count == 1 ? "" : wanted == count ? " in all" : " in \(wanted)"
            let sentence = "\(fact), and your lexicon asks for it\(asked)"
            guard !lacking.contains(where: { $0.finishReason == .stop }) else { return sentence + "." }
            return sentence + ": there was no room for it before the end. "
                + "Raise the limit or the most tokens, or ask for fewer words."
        }
    }
}

extension String {
    /// True if this word, phrase or pattern stands in a text.
    fileprivate func stands(in text: String) -> Bool {
        if Lexicon.isPattern(self) { return Lexicon.contains(self, in: text) }
        let bytes = Array(text.utf8)
        return PhraseFinder([self], folding: true, wholeWords: true)
            .firstMatch(in: bytes[...], newCount: bytes.count) != nil
    }
}
