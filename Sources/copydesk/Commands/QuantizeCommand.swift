import ArgumentParser
import Foundation
import Generation
import Models

extension QuantizationRecipe: ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }

    public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}

/// Writes a model with fewer bits a weight.
struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Write a model with its weights in fewer bits.",
        discussion: """
            The new file is GGUF and keeps all metadata. q8_0 loses almost nothing; q4_k_m has half its size and is the \
            usual choice. Vectors stay as they are. If the rows of a tensor do not fit a type's blocks, the tensor gets the \
            next type that fits. JSON: {"path", "type", "bytes", "bitsPerWeight", "tensors": {"Q4_K": 12, …}, "seconds"}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(
        help: ArgumentHelp("A model in F32, F16 or BF16: a GGUF file, or a folder with safetensors.", valueName: "in"))
    var input: String
    @Argument(help: ArgumentHelp("The new GGUF file.", valueName: "out")) var output: String
    @Option(help: ArgumentHelp("The type of the new weights.", valueName: "type")) var type: QuantizationRecipe
    @Flag(help: "Also take quantized weights; the losses add up.") var allowRequantize = false
    @Flag(help: "Replace the new file if it exists.") var force = false
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        var path: String
        var type: String
        var bytes: Int
        var bitsPerWeight: Double
        var tensors: [String: Int]
        var seconds: Double
    }

    func validate() throws {
        guard !output.isEmpty else { throw ValidationError("The new file needs a name, for example model.gguf.") }
    }

    func run() throws {
        let source = try shared.modelLibrary.openSource(TextFile.expand(input))
        let quantizer = ModelQuantizer(
            recipe: type, threadCount: shared.threadCount, allowsRequantizing: allowRequantize, replaces: force)
        let start = ContinuousClock.now
        let result = try ModelWriting.run {
            try quantizer.write(source.file, to: TextFile.expand(output), stopSignal: $0, report: $1)
        }
        let report = Report(
            path: output, type: type.rawValue, bytes: result.bytes, bitsPerWeight: result.bitsPerWeight,
            tensors: Dictionary(uniqueKeysWithValues: result.tensors.map { ($0.key.name, $0.value) }),
            seconds: (ContinuousClock.now - start) / .seconds(1))
        if json { return try Console.printJSON(report) }
        let bits = report.bitsPerWeight.formatted(.number.precision(.fractionLength(2)).grouping(.never))
        let tensors = report.tensors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        try Console.write("\(output): \(report.bytes) bytes, \(bits) bits a weight (\(tensors))\n")
    }
}
