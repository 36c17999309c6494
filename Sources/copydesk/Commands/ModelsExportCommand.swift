import ArgumentParser
import Foundation
import Generation
import Models

extension HuggingFaceWriter.Weights: ExpressibleByArgument {}

/// Writes a model as a folder for other programs.
struct ModelsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model as a folder that transformers loads.",
        discussion: """
            The folder has config.json, model.safetensors, tokenizer.json, tokenizer_config.json with the chat template, and \
            generation_config.json. Without --type the weights keep their type, and quantized ones become bf16. \
            Afterwards the logits of folder and model are compared, and their greatest difference is shown; that of a \
            quantized model is larger, because it is computed with rounded inputs. JSON: {"path", "type", "bytes", \
            "logitDifference", "notes": [], "seconds"}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: ArgumentHelp("A model: a name, a GGUF file or a folder.", valueName: "file|name")) var model: String
    @Option(
        name: [.customShort("O"), .long],
        help: ArgumentHelp("The new folder; the one above it must be there.", valueName: "folder"))
    var output: String
    @Option(help: ArgumentHelp("The type of the weights.", valueName: "type")) var type: HuggingFaceWriter.Weights?
    @Flag(help: "Replace the folder if it exists and holds a model.") var force = false
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        var path: String
        var type: String
        var bytes: Int
        /// Missing if a logit is not a number.
        var logitDifference: Float?
        var notes: [String]
        var seconds: Double
    }

    func validate() throws {
        guard !output.isEmpty else { throw ValidationError("The new folder needs a name, for example -O my-model.") }
    }

    func run() throws {
        let library = shared.modelLibrary
        let source = try library.openSource(TextFile.expand(model)).file
        let weights = type ?? .usual(of: source)
        let writer = HuggingFaceWriter(weights: weights, threadCount: shared.threadCount, replaces: force)
        let start = ContinuousClock.now
        let path = TextFile.expand(output)
        let result = try ModelWriting.run {
            try writer.write(source, to: path, stopSignal: $0, report: $1)
        }
        let difference = try LogitComparison.greatestDifference(
            between: source, and: library.openSource(path).file, threadCount: shared.threadCount)
        let report = Report(
            path: output, type: weights.rawValue, bytes: result.bytes,
            logitDifference: difference.isFinite ? difference : nil, notes: result.notes,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        for note in result.notes { Console.printError("copydesk: \(note)") }
        if json { return try Console.printJSON(report) }
        let shown = report.logitDifference.map { $0.formatted(.number.precision(.significantDigits(1...2))) }
        try Console.write(
            "\(output): \(report.bytes) bytes, \(report.type); logits differ by \(shown ?? "no number") at most\n")
    }
}
