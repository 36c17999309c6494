// Trains a byte-level tokenizer on files and writes tokenizer.json.
// - Vocabulary and merges are those of Hugging Face's tokenizers 0.23: `Tokenizer(BPE())` with the pre-tokenizer
//   `ByteLevel(add_prefix_space=False)`, and `BpeTrainer` with `ByteLevel.alphabet()` as its initial alphabet.
// - A text file counts as `train(files)` reads it: each line with its end is a text of its own. A text of JSON Lines is
//   one text with all its lines, as `train_from_iterator` takes it.
// - Nothing is learned of the names of special tokens: the text is cut there first. `BpeTrainer` leaves that to its
//   callers.
// - The result is the same with any number of threads.

import Files
import Generation
import Glibc

/// Trains tokenizers.
public struct TokenizerTraining: Sendable {
    /// The number of tokens to end with: special tokens, 256 bytes, and merges.
    public var vocabularySize: Int
    /// A pair that occurs less often is not merged. 0 means 1.
    public var minFrequency: Int
    /// Names of tokens that no text makes, in the order of their ids.
    public var specials: [String]
    public var threadCount: Int
    /// How many different words are counted at most; if there are more, the rarest are forgotten.
    public var mostWords = 10_000_000
    /// True if an existing file may be replaced.
    public var replaces = false

    /// The sizes of what is read at once, for tests.
    var blockBytes = 1 << 20
    var roundBytes = 1 << 26

    /// The largest vocabulary.
    public static let mostTokens = 1 << 24

    public init(vocabularySize: Int, minFrequency: Int = 0, specials: [String] = [], threadCount: Int) {
        self.vocabularySize = vocabularySize
        self.minFrequency = minFrequency
        self.specials = specials
        self.threadCount = threadCount
    }

    /// How far a training is.
    public enum Progress: Sendable, Equatable {
        /// Bytes of the files that were read.
        case reading(bytes: Int)
        /// Tokens that there are.
        case merging(tokens: Int)
    }

    /// What came out.
    public struct Result: Sendable {
        public var vocabulary: TrainedVocabulary
        /// Bytes of all files.
        public var bytes: Int
        /// Words of all texts, each as often as it occurs.
        public var words: Int
        public var differentWords: Int
        /// Pieces that are not UTF-8; each was read as U+FFFD.
        public var brokenPieces: Int
        /// Different words that were forgotten because there were more than `mostWords`. The merges may then differ from
        /// those over all words.
        public var forgottenWords: Int
    }

    /// Trains and writes.
    /// - Parameters:
    ///   - files: text, or JSON Lines if the name ends in .jsonl or .ndjson.
    ///   - path: the new tokenizer.json.
    ///   - progress: called from any thread, by one at a time.
    /// - Throws: `VocabularyError`; `FileError`; `CancellationError` if the stop signal was raised. If it throws, nothing
    ///   is written, and an existing file stays.
    public func write(
        _ files: [String], to path: String, stopSignal: StopSignal = StopSignal(),
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> Result {
        try check(files)
        // A file that cannot be written is no surprise for the end of a long run.
        if !replaces, Self.exists(path) { throw VocabularyError.exists(path: path) }
        let file = try ReplacementFile(path: path)
        let result = try train(files, stopSignal: stopSignal, progress: progress)
        try file.write(result.vocabulary.json)
        if stopSignal.isRaised { throw CancellationError() }
        do throws(FileError) {
            try file.commit(replaces: replaces)
        } catch {
            throw error.code == EEXIST ? VocabularyError.exists(path: path) : error
        }
        return result
    }

    /// Trains without writing.
    /// - Throws: as `write`.
    public func train(
        _ files: [String], stopSignal: StopSignal = StopSignal(),
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> Result {
        try check(files)
        let symbols = SymbolTable(specials: specials)
        let specialTexts = SpecialTexts(specials)
        let counter = WordCounter(threadCount: threadCount, mostWords: mostWords, roundBytes: roundBytes)
        var blocks = TextBlocks(files, specials: specialTexts, stopSignal: stopSignal)
        blocks.blockBytes = blockBytes
        let counted = try counter.count(blocks, specials: specialTexts, stopSignal: stopSignal) {
            progress(.reading(bytes: $0))
        }
        guard counted.words.count > 0 else { throw VocabularyError.nothingToLearn }
        progress(.merging(tokens: symbols.count))
        var merging = PairMerging(counted.words, symbols: symbols)
        try merging.run(until: vocabularySize, minFrequency: minFrequency, stopSignal: stopSignal) {
            progress(.merging(tokens: $0))
        }
        return Result(
            vocabulary: TrainedVocabulary(merging, specialCount: Set(specials.map { Array($0.utf8) }).count),
            bytes: counted.tally.bytes, words: counted.tally.words, differentWords: counted.words.count,
            brokenPieces: counted.tally.brokenPieces, forgottenWords: counted.tally.forgottenWords)
    }

    private static func exists(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0
    }

    private func check(_ files: [String]) throws(VocabularyError) {
        guard !files.isEmpty else { throw .noFiles }
        guard !specials.contains("") else { throw .emptySpecial }
        guard vocabularySize <= Self.mostTokens else { throw .tooLarge(size: vocabularySize, most: Self.mostTokens) }
        let least = SymbolTable(specials: specials).count
        guard vocabularySize >= least else {
            throw .tooSmall(size: vocabularySize, least: least, specialCount: least - 256)
        }
    }
}
