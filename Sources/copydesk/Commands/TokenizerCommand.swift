import ArgumentParser
import Foundation
import Generation
import Synchronization
import Training

/// Makes tokenizers.
struct TokenizerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Train a tokenizer on text.",
        discussion: "copydesk tokenizer train corpus.txt --vocab 5000 --special '<|end|>' -O tokenizer.json",
        subcommands: [Train.self])

    /// Trains a tokenizer.
    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train",
            abstract: "Train a byte-level tokenizer (BPE) and write its tokenizer.json.",
            discussion: """
                copydesk tokenizer train book.txt rows.jsonl --vocab 5000 --special '<|end|>' -O tokenizer.json

                Vocabulary and merges are those that the BpeTrainer of Hugging Face's tokenizers learns of the same texts. \
                Files are text, or JSON Lines (.jsonl, .ndjson) with text, with prompt and response, or with messages. The \
                files may be larger than memory. - is standard input, as text.

                JSON: {"path", "vocabulary", "specials", "merges", "bytes", "words", "differentWords", "brokenPieces", \
                "forgottenWords", "seconds"}.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("The files to learn from.", valueName: "file")) var files: [String]
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Tokens of the vocabulary: special tokens, 256 bytes, and merges (at least 256).", valueName: "n"),
            transform: NumberArgument.whole)
        var vocab: Int
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Merge no pair that occurs less often (default: 1).", valueName: "n"),
            transform: NumberArgument.whole)
        var minFrequency: Int?
        @Option(
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp(
                "A special token; may be given several times. They get the first ids, and nothing is learned of their names.",
                valueName: "token"))
        var special: [String] = []
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Count at most so many different words; beyond that the rarest are forgotten (default: 10000000).",
                valueName: "n"),
            transform: NumberArgument.whole)
        var maxWords: Int?
        @Option(
            name: [.customShort("O"), .long], help: ArgumentHelp("The new file, tokenizer.json.", valueName: "file"))
        var output: String
        @Flag(help: "Replace the new file if it exists.") var force = false
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            var path: String
            var vocabulary: Int
            var specials: Int
            var merges: Int
            var bytes: Int
            var words: Int
            var differentWords: Int
            var brokenPieces: Int
            var forgottenWords: Int
            var seconds: Double
        }

        func validate() throws {
            if let minFrequency, minFrequency < 0 {
                throw ValidationError(
                    "--min-frequency takes a number of at least 0, and \(minFrequency) is not one.")
            }
            if let maxWords, maxWords < 1000 {
                throw ValidationError("--max-words takes a number of at least 1000, and \(maxWords) is not one.")
            }
            guard !output.isEmpty else {
                throw ValidationError("The new file needs a name, for example tokenizer.json.")
            }
        }

        func run() throws {
            var training = TokenizerTraining(
                vocabularySize: vocab, minFrequency: minFrequency ?? 0, specials: special,
                threadCount: shared.threadCount)
            if let maxWords { training.mostWords = maxWords }
            training.replaces = force
            signal(SIGXFSZ, SIG_IGN)  // if a limit on file sizes is reached, the write fails and we report it
            let stopSignal = StopSignal()
            let interrupts = InterruptWatch(stopSignal: stopSignal, endsAtOnce: false)
            defer { interrupts.cancel() }
            let start = ContinuousClock.now
            let result = try train(training, stopSignal)
            let report = Report(
                path: output, vocabulary: result.vocabulary.tokens.count, specials: result.vocabulary.specialCount,
                merges: result.vocabulary.merges.count, bytes: result.bytes, words: result.words,
                differentWords: result.differentWords, brokenPieces: result.brokenPieces,
                forgottenWords: result.forgottenWords, seconds: (ContinuousClock.now - start) / .seconds(1))
            tellProblems(report)
            if json { return try Console.printJSON(report) }
            try Console.write(
                "\(output): \(report.vocabulary) tokens (\(report.specials) special, \(report.merges) merges), learned from "
                    + "\(report.words) words, \(report.differentWords) of them different, in \(report.bytes) bytes\n")
        }

        private func train(_ training: TokenizerTraining, _ stopSignal: StopSignal) throws
            -> TokenizerTraining.Result
        {
            let paths = files.map { $0 == "-" ? "/dev/stdin" : TextFile.expand($0) }
            let progress = TokenizerProgress(files: paths, tokens: vocab)
            defer { Console.clearProgress() }
            do {
                return try training.write(paths, to: TextFile.expand(output), stopSignal: stopSignal) {
                    progress.show($0)
                }
            } catch VocabularyError.exists {
                // The name as it was given.
                throw Failure("\(VocabularyError.exists(path: output)) --force replaces it.")
            } catch let error as VocabularyError {
                throw Failure(error.description + (Self.hint(for: error).map { " \($0)" } ?? ""))
            } catch is CancellationError {
                throw Interrupted()
            }
        }

        private static func hint(for error: VocabularyError) -> String? {
            switch error {
            case .tooSmall, .tooLarge: "--vocab sets the number."
            case .emptySpecial: "--special names it."
            default: nil
            }
        }

        /// Says what the numbers alone would hide.
        private func tellProblems(_ report: Report) {
            if report.brokenPieces > 0 {
                Console.printError(
                    "copydesk: \(report.brokenPieces) piece\(report.brokenPieces == 1 ? "" : "s") of the text "
                        + "\(report.brokenPieces == 1 ? "is" : "are") not UTF-8 and counted as U+FFFD.")
            }
            if report.forgottenWords > 0 {
                Console.printError(
                    "copydesk: There were more different words than are kept, so \(report.forgottenWords) of the rarest were "
                        + "forgotten, and the merges may differ from those over all words. --max-words keeps more.")
            }
            if report.vocabulary < vocab {
                let frequency = minFrequency ?? 0
                Console.printError(
                    "copydesk: The vocabulary has \(report.vocabulary) tokens and not \(vocab), because no pair is left to "
                        + "merge\(frequency > 1 ? " that occurs \(frequency) times" : ""). More text gives more tokens."
                )
            }
        }
    }
}

/// How far the training of a tokenizer is, on a terminal.
private final class TokenizerProgress: Sendable {
    private let totalBytes: Int?
    private let tokens: Int
    private let shown = Mutex("")

    /// - Parameter files: if one of them is no plain file, nobody knows how much there is to read.
    init(files: [String], tokens: Int) {
        self.tokens = tokens
        var total: Int? = 0
        for file in files {
            var facts = stat()
            guard stat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, let known = total else {
                total = nil
                break
            }
            total = known.addingReportingOverflow(Int(facts.st_size)).partialValue
        }
        totalBytes = total.flatMap { $0 > 0 ? $0 : nil }
    }

    func show(_ progress: TokenizerTraining.Progress) {
        let line =
            switch progress {
            case .reading(let bytes):
                if let totalBytes {
                    "counting words: \(Int(100 * min(Double(bytes) / Double(totalBytes), 1)))%"
                } else {
                    "counting words: \(SizeText.bytes(bytes))"
                }
            case .merging(let count): "merging: \(count) of \(tokens) tokens"
            }
        let isNew = shown.withLock { last in
            defer { last = line }
            return last != line
        }
        if isNew { Console.showProgress(line) }
    }
}
