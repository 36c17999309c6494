import ArgumentParser
import Generation
import Models
import Templates

/// Shows the input and output of a model step by step, for the curious and for checks.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Look inside a model: tokens, next candidates, logits, the exact prompt.",
        subcommands: [Tokens.self, Next.self, Logits.self, Prompt.self])

    struct Tokens: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tokens",
            abstract: "Show the tokens of a text from standard input.",
            discussion: "No beginning-of-text token is added. JSON: {\"tokens\": [{\"id\", \"text\"}, …]}.")

        @OptionGroup var shared: SharedOptions
        @Flag(help: "Read the names of special tokens, such as <|im_end|>, as these tokens.") var special = false
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            struct Token: Encodable {
                var id: TokenID
                var text: String
            }
            var tokens: [Token]
        }

        func run() throws {
            let text = try Console.readInputBytes()
            let tokens = try shared.openLocalModel().tokens(of: text, parseSpecial: special).map {
                Report.Token(id: $0.id, text: String(decoding: $0.bytes, as: UTF8.self))
            }
            if json { return try Console.printJSON(Report(tokens: tokens)) }
            for token in tokens { try Console.write("\(padded(token.id))  \(quoted(token.text))\n") }
        }
    }

    struct Next: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "next",
            abstract: "Show the most likely next tokens after a text from standard input.",
            discussion: "JSON: {\"candidates\": [{\"id\", \"text\", \"logprob\"}, …]}, natural logarithms.")

        @OptionGroup var shared: SharedOptions
        @Option(parsing: .unconditional, help: "The number of candidates to show.", transform: NumberArgument.whole)
        var top = 10
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            struct Candidate: Encodable {
                var id: TokenID
                var text: String
                var logprob: Float
            }
            var candidates: [Candidate]
        }

        func validate() throws {
            guard top >= 1 else { throw ValidationError("--top takes a number of at least 1, and \(top) is not one.") }
        }

        func run() throws {
            let text = try Console.readExactInput()
            let candidates = try shared.openLocalModel().nextCandidates(after: text, top: top).map {
                Report.Candidate(id: $0.id, text: String(decoding: $0.bytes, as: UTF8.self), logprob: $0.logProbability)
            }
            if json { return try Console.printJSON(Report(candidates: candidates)) }
            for candidate in candidates {
                let logprob = candidate.logprob.formatted(.number.precision(.fractionLength(4)))
                try Console.write("\(padded(candidate.id))  \(logprob)  \(quoted(candidate.text))\n")
            }
        }
    }

    struct Logits: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "logits",
            abstract: "Show the logits after a sequence of token ids.",
            discussion: "One number for each vocabulary entry, at the last position. JSON: {\"logits\": […]}.")

        @OptionGroup var shared: SharedOptions
        @Option(help: ArgumentHelp("Token ids, separated by commas.", valueName: "1,2,3")) var ids: String
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable { var logits: [Float] }

        func run() throws {
            let tokens = try ids.split(separator: ",", omittingEmptySubsequences: false).map { part in
                guard let id = TokenID(part.trimming(while: \.isWhitespace)) else {
                    throw ValidationError("--ids takes token ids separated by commas, and '\(part)' is not an id.")
                }
                return id
            }
            guard !tokens.isEmpty else { throw ValidationError("--ids takes at least one token id.") }
            let logits = try shared.openLocalModel().logits(after: tokens)
            if json { return try Console.printJSON(Report(logits: logits)) }
            for (id, logit) in logits.enumerated() { try Console.write("\(padded(TokenID(id)))  \(logit)\n") }
        }
    }

    struct Prompt: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prompt",
            abstract: "Show the exact text that would go to the model, and where its options come from.",
            discussion: """
                The text alone goes to standard output; each option that the command line, the template, config.yaml \
                or the model's file sets goes to standard error. JSON: {"prompt", "options": [{"name", "value", \
                "origin"}, …]}, with the origins commandLine, template, modelSettings, settings and author.
                """)

        @OptionGroup var shared: SharedOptions
        @OptionGroup var asked: PromptArguments
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            struct Option: Encodable {
                var name: String
                var value: SamplingValue
                var origin: OptionOrigin
            }
            var prompt: String
            var options: [Option]
        }

        func run() throws {
            let model = try shared.openLocalModel()
            let (order, sampling) = try asked.order(
                templates: shared.paths.templates,
                over: shared.samplingSettings(forModel: shared.model, author: model.authorSampling),
                brand: shared.installation.settings.brand)
            let prompt = try model.promptText(for: order.request)
            let options = sampling.settled.map { Report.Option(name: $0.name, value: $0.value, origin: $0.origin) }
            if json { return try Console.printJSON(Report(prompt: prompt, options: options)) }
            try Console.write(prompt)
            if Console.outputIsTerminal { try Console.print("") }
            for option in options {
                Console.printError(
                    "\(option.name): \(SamplingOption.yamlText(of: option.value)) (\(option.origin.title))")
            }
        }
    }
}

private func padded(_ id: TokenID) -> String {
    let text = String(id)
    return String(repeating: " ", count: max(0, 7 - text.count)) + text
}

private func quoted(_ text: String) -> String { "\u{201C}" + text.replacing("\n", with: "⏎") + "\u{201D}" }
