import ArgumentParser
import Foundation
import Generation
import Models

/// Writes a model with adapters merged into its weights.
struct ModelsMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Write a model with an adapter merged into its weights.",
        discussion: """
            copydesk models merge qwen2.5-0.5b --adapter out/final -O merged.gguf
            copydesk models merge qwen2.5-0.5b-q4 --adapter style:0.5 -O merged.gguf --type f16

            Each weight becomes W + scale · B A, and is rounded once to the type of the new file: that of the model, or \
            --type. A quantized model needs --type, because its weights would be quantized a second time. Afterwards the \
            greatest change of a logit against the model with the adapter on top is told. JSON: {"path", "type", "bytes", \
            "matrices", "logitDifference", "logitChange", "seconds"}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: ArgumentHelp("A model: a GGUF file, a folder, or a name.", valueName: "model")) var input: String
    @Option(
        name: [.customShort("O"), .customLong("output")], help: ArgumentHelp("The new GGUF file.", valueName: "file"))
    var output: String
    @Option(help: ArgumentHelp("The type of the new weights (default: that of the model).", valueName: "type"))
    var type: QuantizationRecipe?
    @Flag(help: "Replace the new file if it exists.") var force = false
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        var path: String
        var type: String?
        var bytes: Int
        var matrices: Int
        var logitDifference: Float
        var logitChange: Float
        var seconds: Double
    }

    func validate() throws {
        guard !output.isEmpty else { throw ValidationError("The new file needs a name, for example merged.gguf.") }
    }

    func run() throws {
        let source = try shared.modelLibrary.open(shared.withAdapters(TextFile.expand(input)))
        let merger = ModelMerger(recipe: type, threadCount: shared.threadCount, replaces: force)
        let start = ContinuousClock.now
        let result = try ModelWriting.run {
            try merger.write(source.file, to: TextFile.expand(output), stopSignal: $0, report: $1)
        }
        let report = Report(
            path: output, type: type?.rawValue, bytes: result.written.bytes, matrices: result.changedMatrices,
            logitDifference: result.logitDifference, logitChange: result.logitChange,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        if json { return try Console.printJSON(report) }
        let changed = result.changedMatrices
        try Console.write(
            "\(output): \(report.bytes) bytes, \(changed) changed \(changed == 1 ? "matrix" : "matrices")\n")
        Console.printError(
            "Logits differ by \(report.logitDifference) at most from those of the model with the adapter on top; the adapter "
                + "changes them by up to \(report.logitChange).")
    }
}

extension MergeError: HintedError {
    var hint: String? {
        switch self {
        case .nothingToMerge: "--adapter FOLDER names it."
        case .quantized: "--type f16 chooses it."
        case .tiedOutput: nil
        }
    }
}
