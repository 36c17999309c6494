// Finds rules that no draft can keep together, before one is written.

import Generation
import Text

/// Two rules that contradict each other, or one that no draft can keep.
public enum RuleConflict: Error, Equatable, CustomStringConvertible {
    case banned(required: String, banned: String)
    case stopped(required: String, stop: String)
    /// A required phrase is longer than the limit on the whole text.
    case tooLong(required: String, count: Int, limit: Int, unit: Unit)
    case tooLongTogether(count: Int, limit: Int, unit: Unit)

    public enum Unit: String, Sendable, Equatable {
        case characters, words, sentences, lines
    }

    public var description: String {
        switch self {
        case .banned(let required, let banned):
            "The draft must include \(Self.quoted(required)) and must not contain \(Self.quoted(banned)), which is part "
                + "of it. Remove one of the two."
        case .stopped(let required, let stop):
            "The draft must include \(Self.quoted(required)), and it ends before \(Self.quoted(stop)), which is part of "
                + "it. Remove one of the two."
        case .tooLong(let required, let count, let limit, let unit):
            "The draft must include \(Self.quoted(required)), which has \(count) \(unit.rawValue), and the limit is "
                + "\(limit). Shorten the phrase, or raise the limit."
        case .tooLongTogether(let count, let limit, let unit):
            "The phrases that the draft must include have \(count) \(unit.rawValue) together, and the limit is \(limit). "
                + "Require fewer, or raise the limit."
        }
    }

    /// Checks that a draft can keep all rules.
    /// - Throws: the first `RuleConflict`.
    public static func check(
        _ sampling: SamplingOptions, _ limits: LengthLimits, _ lexicon: Lexicon
    ) throws(RuleConflict) {
        var sampling = sampling
        sampling.mustInclude += lexicon.must.map(\.word)
        for word in sampling.mustInclude where LexiconRule.bans(word, lexicon.banned) {
            throw .banned(
                required: word, banned: lexicon.banned.first { LexiconRule.bans(word, [$0]) } ?? word)
        }
        try check(sampling, limits)
    }

    /// Checks that a draft can keep all rules.
    /// - Throws: the first `RuleConflict`.
    public static func check(_ sampling: SamplingOptions, _ limits: LengthLimits) throws(RuleConflict) {
        let required = sampling.mustInclude.map { String(TextLength.trimmed($0)) }.filter { !$0.isEmpty }
        for phrase in required {
            if let banned = sampling.bannedPhrases.first(where: { phrase.holds($0, folding: true) }) {
                throw .banned(required: phrase, banned: banned)
            }
            if let stop = sampling.stop.first(where: { phrase.holds($0, folding: false) }) {
                throw .stopped(required: phrase, stop: stop)
            }
        }
        if limits.hard { try check(required, limits) }
    }

    private static func check(_ required: [String], _ limits: LengthLimits) throws(RuleConflict) {
        var characters = 0
        var words = 0
        var sentences = 0
        for phrase in required {
            let length = TextLength(of: phrase, countsWideAsTwo: limits.countsWideAsTwo)
            let counts: [(Int, Int?, Unit)] = [
                (length.characters, limits.characters, .characters), (length.words, limits.words, .words),
                (length.sentences, limits.sentences, .sentences), (length.lines, limits.lines, .lines),
            ]
            for (count, limit, unit) in counts {
                if let limit, count > limit { throw .tooLong(required: phrase, count: count, limit: limit, unit: unit) }
            }
            characters += length.characters
            words += length.words
            if phrase.unicodeScalars.last.map(Sentences.isTerminator) ?? false { sentences += 1 }
        }
        if let limit = limits.sentences, required.count > 1, sentences > limit {
            throw .tooLongTogether(count: sentences, limit: limit, unit: .sentences)
        }
        // Phrases that overlap need less room than their sum.
        guard required.count > 1, !mayOverlap(required) else { return }
        // Separate words have at least a space between them.
        let areWords = required.allSatisfy { phrase in
            [phrase.unicodeScalars.first, phrase.unicodeScalars.last].allSatisfy {
                $0.map { ScalarClass($0) == .word } ?? false
            }
        }
        if areWords { characters += required.count - 1 }
        if let limit = limits.characters, characters > limit {
            throw .tooLongTogether(count: characters, limit: limit, unit: .characters)
        }
        if let limit = limits.words, words > limit { throw .tooLongTogether(count: words, limit: limit, unit: .words) }
    }

    private static func mayOverlap(_ phrases: [String]) -> Bool {
        let folded = phrases.map { CanonicalText($0, folding: true).scalars }
        return folded.indices.contains { first in
            folded.indices.contains { second in
                guard first != second, let begin = folded[second].first else { return false }
                return folded[first].contains(begin)
                    && folded[first].indices.contains { start in
                        zip(folded[first][start...], folded[second]).allSatisfy(==)
                    }
            }
        }
    }

    /// Puts a text on one line and shortens it to 60 characters.
    private static func quoted(_ text: String) -> String {
        let line = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\\n")
        return "“\(line.count > 60 ? line.prefix(59) + "…" : line[...])”"
    }
}

extension String {
    func holds(_ part: String, folding: Bool) -> Bool {
        let bytes = Array(utf8)
        return PhraseFinder([part], folding: folding).firstMatch(in: bytes[...], newCount: bytes.count) != nil
    }
}
