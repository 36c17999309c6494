import ArgumentParser
import Foundation
import Models

/// Measures how well a model predicts a text.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how well a model predicts a text: its perplexity.",
        discussion: """
            Counted as llama-perplexity counts it: the text is cut into chunks of -c tokens, and the second half of each is \
            scored. Less is better. Compare models only on the same text, with the same -c, and if they have the same \
            vocabulary. \
            JSON: {"perplexity", "standardError", "meanLoss", "tokens", "scoredTokens", "chunks", "context", "seconds", \
            "model"}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: ArgumentHelp("A text in UTF-8; - for standard input.", valueName: "file"))
    var file: String
    @Option(
        name: [.customShort("c"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens of a chunk (default: 512, or the model's context if that is shorter).", valueName: "n"),
        transform: NumberArgument.whole)
    var context: Int?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Evaluate only the first n chunks.", valueName: "n"),
        transform: NumberArgument.whole)
    var chunks: Int?
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        var model: String
        var perplexity: Double
        var standardError: Double?
        /// Mean negative log-likelihood of a token, in natural logarithms.
        var meanLoss: Double
        var tokens: Int
        var scoredTokens: Int
        var chunks: Int
        var context: Int
        var seconds: Double
    }

    func validate() throws {
        if let context, context < LocalModel.leastContextLength {
            throw ValidationError(
                "-c takes a number of at least \(LocalModel.leastContextLength), and \(context) is not one.")
        }
        if let chunks, chunks < 1 {
            throw ValidationError("--chunks takes a number of at least 1, and \(chunks) is not one.")
        }
    }

    func run() throws {
        let text = try readText()
        let model = try shared.openLocalModel()
        let start = ContinuousClock.now
        let result = try naming(file) {
            defer { Console.clearProgress() }
            return try model.perplexity(of: text, contextLength: context, chunkLimit: chunks) { progress in
                let left = (ContinuousClock.now - start) / progress.chunk * (progress.chunkCount - progress.chunk)
                Console.showProgress(
                    "chunk \(progress.chunk) of \(progress.chunkCount), perplexity \(rounded(progress.count.perplexity)), "
                        + "\(left.components.seconds) s left")
            }
        }
        let report = Report(
            model: model.name, perplexity: result.count.perplexity, standardError: result.count.standardError,
            meanLoss: result.count.mean, tokens: result.tokenCount, scoredTokens: result.count.tokenCount,
            chunks: result.chunkCount, context: result.contextLength,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        if json { return try Console.printJSON(report) }
        let error = report.standardError.map { " ± \(rounded($0))" } ?? ""
        try Console.write("perplexity \(rounded(report.perplexity))\(error)\n")
        Console.printError(
            "\(report.scoredTokens) of \(report.tokens) tokens scored, in \(report.chunks) \(report.chunks == 1 ? "chunk" : "chunks") of \(report.context)."
        )
    }

    /// Puts the name of the text before the sentence of an `EvaluationError`.
    private func naming<Result>(_ file: String, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as EvaluationError {
            throw Failure("\(file == "-" ? "standard input" : file): \(Console.sentence(of: error))")
        }
    }

    /// The text's bytes, without the line break at its end, as llama-perplexity reads a file.
    private func readText() throws -> [UInt8] {
        var bytes: [UInt8]
        if file == "-" {
            bytes = Array(try Console.readExactInput().utf8)
        } else {
            let data = try TextFile.read(file, atMost: 1 << 30, "one gigabyte")
            guard String(validating: data, as: UTF8.self) != nil else {
                throw Failure("\(file) is not UTF-8 text. Convert it first, for example with iconv.")
            }
            bytes = Array(data)
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return bytes
    }

    private func rounded(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(4)).grouping(.never))
    }
}
