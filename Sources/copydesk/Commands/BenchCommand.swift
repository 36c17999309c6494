import ArgumentParser
import Foundation
import Generation
import Models

/// Prompt and generation speed of a model on this machine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast a model reads a prompt and writes.",
        discussion: """
            As llama-bench counts it: a prompt of -p tokens in one go, then -n tokens one after the other; the median of \
            several runs. JSON: {"prompt": {"tokens", "tokensPerSecond"}, "generate": {…}, "variants": {…}}.
            """)

    @OptionGroup var shared: SharedOptions
    @Option(
        name: [.customShort("p"), .long], parsing: .unconditional, help: "Tokens of the prompt.",
        transform: NumberArgument.whole)
    var prompt = 256
    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional, help: "Tokens to generate.",
        transform: NumberArgument.whole)
    var generate = 64
    @Option(
        parsing: .unconditional, help: "Also generate with this many variants in one batch.",
        transform: NumberArgument.whole)
    var variants = 1
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Tokens of the prompt that the variants share.", valueName: "n"),
        transform: NumberArgument.whole)
    var prefix = 128
    @Option(
        parsing: .unconditional, help: "How often to repeat; the median counts.", transform: NumberArgument.whole)
    var repeats = 3
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        struct Speed: Encodable {
            var tokens: Int
            var tokensPerSecond: Double
        }
        struct Variants: Encodable {
            var count: Int
            var prefix: Int
            var tokens: Int
            /// Of all variants together.
            var tokensPerSecond: Double
        }
        var model: String
        var threads: Int
        var prompt: Speed
        var generate: Speed
        var variants: Variants?
    }

    func validate() throws {
        for (name, value, most) in [
            ("-p", prompt, 1_000_000), ("-n", generate, 1_000_000), ("--prefix", prefix, 1_000_000),
            ("--variants", variants, GenerationRequest.variantRange.upperBound), ("--repeats", repeats, 1000),
        ]
        where !(1...most).contains(value) {
            throw ValidationError("\(name) takes a number from 1 to \(most), and \(value) is not one.")
        }
    }

    func run() throws {
        if let problem = Processor.problem { throw Failure(problem) }
        let model = try shared.openLocalModel()
        try checkRoom(model.contextLength())
        let runs = try (0..<repeats).map { _ in
            try model.benchmark(promptTokens: prompt, generatedTokens: generate)
        }
        var report = Report(
            model: model.name, threads: shared.threadCount,
            prompt: .init(tokens: prompt, tokensPerSecond: Double(prompt) / median(runs.map(\.promptSeconds))),
            generate: .init(tokens: generate, tokensPerSecond: Double(generate) / median(runs.map(\.generateSeconds))))
        if variants > 1 {
            let seconds = try (0..<repeats).map { _ in
                try model.benchmark(promptTokens: prefix, generatedTokens: generate, variants: variants)
                    .generateSeconds
            }
            report.variants = .init(
                count: variants, prefix: prefix, tokens: generate * variants,
                tokensPerSecond: Double(generate * variants) / median(seconds))
        }
        if json { return try Console.printJSON(report) }
        func show(_ label: String, _ speed: Double) throws {
            let number = speed.formatted(.number.precision(.fractionLength(1)).grouping(.never))
            try Console.write(
                label + String(repeating: " ", count: max(1, 34 - label.count))
                    + String(repeating: " ", count: max(0, 10 - number.count)) + "\(number) tokens/s\n")
        }
        try show("prompt of \(prompt)", report.prompt.tokensPerSecond)
        try show("generate \(generate)", report.generate.tokensPerSecond)
        if let variants = report.variants {
            try show("\(variants.count) variants after \(variants.prefix)", variants.tokensPerSecond)
        }
    }

    private func checkRoom(_ contextLength: Int) throws {
        var sizes = [("-p \(prompt)", prompt), ("-n \(generate)", generate)]
        if variants > 1 { sizes.append(("--prefix \(prefix) and -n \(generate)", prefix + generate)) }
        guard let (option, _) = sizes.first(where: { $0.1 >= contextLength }) else { return }
        throw Failure(
            "\(option): this model has room for at most \(contextLength - 1) tokens. Give smaller numbers.")
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return max(sorted[sorted.count / 2], 1e-9)
    }
}
