// Keeps a form's own examples out of a draft.
// - A run of seven words of an example (fourteen characters of Han or kana) is not written again: its last word is rolled
//   back. So is the last word of a draft that would be a shorter line of an example.
// - Runs that the writer's own texts hold stay allowed.

import Generation
import Text

/// Rolls back words that would copy an example.
struct ExampleRule: DraftRule {
    /// Runs of one length, each as a hash, and the same runs without their last word.
    private struct Runs: Sendable {
        let length: Int
        let beginnings: Set<UInt64>
        let runs: Set<UInt64>

        init(
            length: Int, in texts: [[WordTrail.Word]], except others: [[WordTrail.Word]],
            holding isKept: ([WordTrail.Word]) -> Bool
        ) {
            self.length = length
            func all(_ texts: [[WordTrail.Word]]) -> [ArraySlice<WordTrail.Word>] {
                texts.flatMap { words in
                    words.count < length ? [] : (0...(words.count - length)).map { words[$0..<($0 + length)] }
                }
            }
            let allowed = Set(all(others).map(WordTrail.runHash))
            let kept = all(texts).filter { isKept(Array($0)) && !allowed.contains(WordTrail.runHash($0)) }
            runs = Set(kept.map(WordTrail.runHash))
            beginnings = Set(kept.map { WordTrail.runHash($0.dropLast()) })
        }
    }

    private let runs: [Runs]
    /// Lines of examples with fewer words than a run, by their number of words.
    private let shortLines: [Int: Set<UInt64>]
    private var trail = WordTrail()

    /// How many words in a row are a copy.
    static let runLength = 7
    private static let characterRunLength = 14
    /// Shorter lines are too common to be a copy.
    private static let shortestLine = 3

    /// `nil` if there are no examples.
    /// - Parameter others: the writer's own texts, which a draft may quote.
    init?(_ examples: [String], except others: [String]) {
        guard !examples.isEmpty else { return nil }
        let lines = examples.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
        let texts = examples.map { WordTrail($0).words }
        let own = others.map { WordTrail($0).words }
        let words = Runs(length: Self.runLength, in: texts, except: own) { !$0.contains(where: \.isCharacter) }
        let characters = Runs(length: Self.characterRunLength, in: texts, except: own) {
            $0.contains(where: \.isCharacter)
        }
        runs = [words, characters].filter { !$0.runs.isEmpty }
        let ownHashes = Set(own.map { WordTrail.runHash($0) })
        var shortLines: [Int: Set<UInt64>] = [:]
        // Behind a label stands an example's text: "Headline: Books Balanced by Friday".
        for line in lines + lines.compactMap(Self.behindLabel) {
            let words = WordTrail(line).words
            let hash = WordTrail.runHash(words)
            if (Self.shortestLine..<Self.runLength).contains(words.count), !ownHashes.contains(hash) {
                shortLines[words.count, default: []].insert(hash)
            }
        }
        self.shortLines = shortLines
        if runs.isEmpty, shortLines.isEmpty { return nil }
    }

    private static func behindLabel(_ line: String) -> String? {
        line.firstIndex(of: ":").map { String(line[line.index(after: $0)...]) }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        let known = trail.update(with: text.body)
        let words = trail.words
        // A token may hold the ends of several words.
        for count in max(known, 1)..<max(words.count + 1, known + 1) where count <= words.count {
            let isCopy =
                runs.contains { run in
                    count >= run.length && run.runs.contains(WordTrail.runHash(words[(count - run.length)..<count]))
                } || shortLines[count].map { $0.contains(WordTrail.runHash(words[..<count])) } ?? false
            if isCopy { return .rollsBack(to: words[count - 1].start) }
        }
        return .continues
    }

    mutating func rollBack(to text: DraftText) { trail.update(with: text.body) }

    /// The word that may become the last one of a copy.
    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        guard let last = trail.words.last, trail.isOpen(in: body) else { return nil }
        let before = trail.words.dropLast()
        let isRun = runs.contains { run in
            before.count >= run.length - 1
                && run.beginnings.contains(WordTrail.runHash(before.suffix(run.length - 1)))
        }
        return isRun || shortLines[trail.words.count] != nil ? last.start : nil
    }
}
