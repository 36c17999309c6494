// Faults of drafts that a program can see: marks around the text, a broken limit, a cut, a loop, a copy.
// - A draft without a fault may still be bad: sense, taste and truth are for a reader.
// - The faults come in the order of `DraftFault`, each at most once.

import Generation
import Text

/// A reason that a draft is not usable as it stands.
public enum DraftFault: String, Sendable, Hashable, Codable, CaseIterable {
    /// There is nothing.
    case empty
    /// The whole text stands in quotation marks, or one that opens is never closed.
    case quoted
    /// It begins with a label or a preamble: `Headline:`, `Sure, here is …:`.
    case label
    /// It is longer than a limit, hard or soft.
    case over
    /// The limit of tokens or the model's context cut it.
    case cut
    /// Prose that ends inside a sentence, or a line that ends on a word that needs another one.
    case unfinished
    /// A sentence or a line stands in it three times, or a run of six words four times.
    case loop
    /// It has not the lines that its medium wants.
    case format
    /// It is the text of a field, word for word.
    case copy
    /// It equals an earlier variant but for case and marks.
    case twin
    /// Eight words in a row come from an example of the template.
    case example
    /// It holds the thoughts of a reasoning model.
    case thinking
    /// A name of the fields does not occur in it.
    case unnamed
}

/// Finds the faults in the variants of one request, one after another.
public struct DraftFaults: Sendable {
    private let limits: LengthLimits
    private let conditions: DraftConditions
    private let exampleRuns: Set<[String]>
    private var earlier: Set<[String]> = []

    private static let exampleRunLength = 8

    public init(limits: LengthLimits, conditions: DraftConditions) {
        self.limits = limits
        self.conditions = conditions
        exampleRuns = Set(
            conditions.examples.flatMap { FaultWords.runs(of: Self.exampleRunLength, in: FaultWords.of($0)) })
    }

    /// The faults of the next variant.
    /// - Parameter reason: the end of the draft, as the generator told it.
    public mutating func next(_ text: String, reason: FinishReason?) -> [DraftFault] {
        let text = String(TextLength.trimmed(text))
        let words = FaultWords.of(text)
        guard !text.isEmpty else { return [.empty] }
        let isTwin = !words.isEmpty && !earlier.insert(words).inserted
        let isCopy = conditions.inputs.contains { FaultWords.of($0) == words }
        let repeatsExample = FaultWords.runs(of: Self.exampleRunLength, in: words).contains(where: exampleRuns.contains)
        let isUnnamed = conditions.names.contains { !text.lowercased().contains($0.lowercased()) }
        let found: [(DraftFault, Bool)] = [
            (.quoted, FaultMarks.isQuoted(text)), (.label, FaultMarks.hasLabel(text)), (.over, isOver(text)),
            (.cut, reason == .length), (.unfinished, isUnfinished(text, words)), (.loop, Self.loops(text, words)),
            (.format, hasWrongLines(text)), (.copy, isCopy), (.twin, isTwin), (.example, repeatsExample),
            (.thinking, text.contains("<think>") || text.contains("</think>")), (.unnamed, isUnnamed),
        ]
        return found.filter(\.1).map(\.0)
    }

    /// True if drafts are sentences, and not a line, a list or parts.
    private var isProse: Bool {
        conditions.parts.isEmpty && (limits.sentences != nil || limits.lines == nil)
    }

    private func isOver(_ text: String) -> Bool {
        guard conditions.parts.isEmpty else {
            let parts = DraftPart.split(text, names: conditions.parts.map(\.name))
            return zip(parts, conditions.parts).contains { Self.exceeds($0.text, $1.limits) }
        }
        return Self.exceeds(text, limits)
    }

    private static func exceeds(_ text: String, _ limits: LengthLimits) -> Bool {
        let length = TextLength(of: text, countsWideAsTwo: limits.countsWideAsTwo)
        let pairs = [
            (length.characters, limits.characters), (length.words, limits.words), (length.sentences, limits.sentences),
            (length.lines, limits.lines),
        ]
        return pairs.contains { size, most in most.map { size > $0 } ?? false }
    }

    private func isUnfinished(_ text: String, _ words: [String]) -> Bool {
        guard !isProse else { return !FaultMarks.endsSentence(text) }
        return words.count > 1 && words.last.map(FaultWords.dangling.contains) == true
    }

    private static func loops(_ text: String, _ words: [String]) -> Bool {
        let sentences = text.split(separator: "\n").flatMap { FaultMarks.sentences(in: $0) }
            .filter { $0.split(whereSeparator: \.isWhitespace).count > 3 }
        return FaultWords.mostFrequent(sentences) >= 3
            || FaultWords.mostFrequent(FaultWords.runs(of: 6, in: words)) >= 4
    }

    private func hasWrongLines(_ text: String) -> Bool {
        let count = text.split(separator: "\n").count { $0.contains { !$0.isWhitespace } }
        if !conditions.parts.isEmpty { return count != conditions.parts.count }
        return limits.lines == 1 && count != 1
    }
}
