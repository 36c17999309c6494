// Counts the words of files, on several threads.
// - Each thread takes blocks and has a table of its own; the sum depends neither on the number of threads nor on which
//   of them took which block.
// - Memory is bounded: after each round of blocks, always at the same bytes of the files, the rarest words leave if
//   there are too many.

import Dispatch
import Generation
import Inference
import Synchronization

/// The words of some files.
struct CountedWords: Sendable {
    var words = WordTable()
    var tally = WordTally()
}

/// What was counted beside the words.
struct WordTally: Sendable, Equatable {
    var bytes = 0
    /// All words, each as often as it occurs.
    var words = 0
    /// Pieces that are not UTF-8; each became U+FFFD.
    var brokenPieces = 0
    /// Different words that left because there were too many.
    var forgottenWords = 0

    static func += (tally: inout WordTally, other: WordTally) {
        tally.bytes += other.bytes
        tally.words += other.words
        tally.brokenPieces += other.brokenPieces
        tally.forgottenWords += other.forgottenWords
    }
}

struct WordCounter: Sendable {
    var threadCount: Int
    /// How many different words are kept after a round.
    var mostWords: Int
    /// The bytes of a round. The words of one round are kept beside the others until it ends.
    var roundBytes: Int

    /// - Parameter progress: called with the bytes read so far, by one thread at a time.
    /// - Throws: `VocabularyError`, the one of the first block that has one; `CancellationError`.
    func count(
        _ blocks: TextBlocks, specials: SpecialTexts, stopSignal: StopSignal,
        progress: @escaping @Sendable (Int) -> Void
    ) throws -> CountedWords {
        let source = BlockSource(blocks, progress: progress)
        var result = CountedWords()
        let workers = Mutex([CountedWords](repeating: CountedWords(), count: max(threadCount, 1)))
        repeat {
            source.beginRound(bytes: roundBytes)
            DispatchQueue.concurrentPerform(iterations: max(threadCount, 1)) { index in
                var counted = workers.withLock { Self.take(&$0[index]) }
                while !stopSignal.isRaised, let block = source.next() {
                    do throws(VocabularyError) {
                        try Self.count(block, specials, into: &counted)
                    } catch {
                        source.fail(error, in: block.number)
                    }
                }
                workers.withLock { $0[index] = counted }
            }
            if stopSignal.isRaised { throw CancellationError() }
            if let error = source.error { throw error }
            workers.withLock { gather(&$0, into: &result, isLast: source.isAtEnd) }
        } while !source.isAtEnd
        return result
    }

    /// Puts the workers' words together if they may be too many, and at the end.
    private func gather(_ workers: inout [CountedWords], into result: inout CountedWords, isLast: Bool) {
        let upperBound = workers.reduce(result.words.count) { $0 + $1.words.count }
        let byteBound = workers.reduce(result.words.byteCount) { $0 + $1.words.byteCount }
        guard isLast || upperBound > mostWords || byteBound > mostBytes else { return }
        for index in workers.indices {
            let counted = Self.take(&workers[index])
            if result.words.count == 0 { result.words = counted.words } else { result.words.add(counted.words) }
            result.tally += counted.tally
        }
        guard result.words.count > mostWords || result.words.byteCount > mostBytes else { return }
        let before = result.words.count
        result.words = result.words.words(above: rarestCount(in: result.words))
        result.tally.forgottenWords += before - result.words.count
    }

    private var mostBytes: Int { mostWords.multipliedReportingOverflow(by: 64).overflow ? .max : mostWords * 64 }

    /// The least count so that the words with more than it are at most half of what may be kept.
    private func rarestCount(in words: WordTable) -> Int {
        let order = words.counts.indices.sorted { words.counts[$0] > words.counts[$1] }
        var byteCount = 0
        for (place, index) in order.enumerated() {
            byteCount += words.word(index).count
            if place >= mostWords / 2 || byteCount > mostBytes / 2 { return words.counts[index] }
        }
        return 0
    }

    private static func take(_ counted: inout CountedWords) -> CountedWords {
        let taken = counted
        counted = CountedWords()
        return taken
    }

    private static func count(
        _ block: TextBlock, _ specials: SpecialTexts, into counted: inout CountedWords
    ) throws(VocabularyError) {
        var bytes = block.bytes
        counted.tally.bytes += bytes.count
        counted.tally.brokenPieces += UTF8Repair.repair(&bytes)
        switch block.form {
        case .text: count(bytes, byLines: true, specials, into: &counted)
        case .rows:
            var line = block.line
            for row in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
                do throws(RowTexts.Problem) {
                    for text in try RowTexts.texts(Array(row)) {
                        count(text, byLines: false, specials, into: &counted)
                    }
                } catch {
                    throw .badRow(path: block.path, line: line, problem: error.text)
                }
                line += 1
            }
        }
    }

    private static func count(
        _ text: [UInt8], byLines: Bool, _ specials: SpecialTexts, into counted: inout CountedWords
    ) {
        specials.forEachPart(of: text) { part in
            ByteLevelWords.forEach(in: text, part, byLines: byLines) { word in
                counted.words.add(text, word)
                counted.tally.words += 1
            }
        }
    }
}

/// Hands blocks to threads.
private final class BlockSource: Sendable {
    private struct State {
        var blocks: TextBlocks
        var roundEnd = 0
        var isAtEnd = false
        /// The error of the first block that has one.
        var error: (block: Int, error: VocabularyError)?
    }

    private let state: Mutex<State>
    private let progress: @Sendable (Int) -> Void

    init(_ blocks: TextBlocks, progress: @escaping @Sendable (Int) -> Void) {
        state = Mutex(State(blocks: blocks))
        self.progress = progress
    }

    func beginRound(bytes: Int) { state.withLock { $0.roundEnd = $0.blocks.readBytes + bytes } }

    /// The next block of this round.
    func next() -> TextBlock? {
        state.withLock { state in
            guard state.error == nil, !state.isAtEnd, state.blocks.readBytes < state.roundEnd else { return nil }
            do throws(VocabularyError) {
                let block = try state.blocks.next()
                state.isAtEnd = block == nil
                progress(state.blocks.readBytes)
                return block
            } catch {
                state.error = (.max, error)
                return nil
            }
        }
    }

    func fail(_ error: VocabularyError, in block: Int) {
        state.withLock { state in
            if let known = state.error, known.block <= block { return }
            state.error = (block, error)
        }
    }

    var error: VocabularyError? { state.withLock { $0.error?.error } }
    var isAtEnd: Bool { state.withLock { $0.isAtEnd } }
}
