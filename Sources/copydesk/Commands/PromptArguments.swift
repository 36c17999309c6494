import ArgumentParser
import Drafting
import Foundation
import Generation
import Templates

/// The arguments that name a prompt: a template with its fields, or the user's own words.
///
/// `generate` and `inspect prompt` share them, so `inspect` shows the exact prompt that `generate` would send.
struct PromptArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A template by name, as in `templates list`; or - for a prompt, or the text below --prompt, from standard "
                + "input."))
    var template: String?

    @Argument(help: ArgumentHelp("- reads the template's text from standard input.", valueName: "-"))
    var input: String?

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "A text file below the prompt, with its name; for a template, its text. Give it once for each file.",
            valueName: "file"))
    var files: [String] = []

    @Option(
        name: [.customShort("p"), .customLong("param")],
        help: ArgumentHelp(
            "A field of the template. field=@FILE takes a file's text, field=@- standard input, and @@ is a literal @. "
                + ArgumentText.privacyHelp,
            valueName: "field=value"))
    var parameters: [KeyValue] = []

    @Option(
        name: [.customShort("o"), .customLong("option")],
        help: ArgumentHelp(
            "A sampling option, as temperature=0.8 or max_tokens=200. Give a list option once for each of its parts; "
                + "the list replaces the template's.",
            valueName: "name=value"))
    var options: [KeyValue] = []

    @Option(help: "A prompt in your own words instead of a template.") var prompt: String?
    @Option(
        help: ArgumentHelp("A prompt from a text file, or with - from standard input.", valueName: "file"))
    var promptFile: String?
    @Option(name: [.customShort("s"), .long], help: "A system prompt.") var system: String?
    @Flag(help: "Send the prompt as it stands, without the model's chat template; the model continues it.") var raw =
        false
    @Flag(help: "Take the template's example for every field that is not given.")
    var examples = false
    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: "The number of variants to write (default: the template's).", transform: NumberArgument.whole)
    var variants: Int?
    @Option(
        parsing: .unconditional, help: "The same seed gives the same drafts (default: a fresh one).",
        transform: NumberArgument.seed)
    var seed: UInt64?

    /// The first argument that is part of a prompt; `nil` if there is none.
    var firstPromptArgument: String? {
        if let template { return "'\(template)'" }
        if prompt != nil { return "--prompt" }
        if promptFile != nil { return "--prompt-file" }
        if !files.isEmpty { return "-f" }
        if !parameters.isEmpty { return "-p" }
        return system != nil ? "--system" : raw ? "--raw" : examples ? "--examples" : nil
    }

    func validate() throws {
        if let variants {
            let kind = SamplingOption.Kind.count(GenerationRequest.variantRange)
            guard kind.value(of: String(variants)) != nil else {
                let error = SamplingOptionError(name: "variants", kind: kind, foundText: String(variants))
                throw ValidationError("\(error) Give it as -n 5.")
            }
        }
        _ = try SamplingArguments.overrides(options)  // an invalid option is an error before anything is read
        if prompt != nil, template != nil, template != "-" {
            throw ValidationError("Give a template or --prompt, not both.")
        }
        if promptFile != nil, prompt != nil { throw ValidationError("Give --prompt or --prompt-file, not both.") }
        if promptFile != nil, let template, template != "-" {
            throw ValidationError("Give a template or --prompt-file, not both.")
        }
        let dash = template == "-" || input == "-" ? ["-"] : []
        try ArgumentText.checkStandardInput(
            readers: dash + (promptFile == "-" ? ["--prompt-file -"] : [])
                + parameters.standardInputReaders(option: "-p"))
        if files.contains("-") {
            throw ValidationError("Standard input is - without -f. Put it behind the template or --prompt.")
        }
        if let input, input != "-" {
            throw ValidationError(
                "After the template comes only - (its text from standard input), and '\(input)' is not that.")
        }
    }

    /// Makes an order of the arguments, the templates and standard input.
    /// - Parameters:
    ///   - templates: the folder of the writer's own templates.
    ///   - base: the options of the settings, over which those of the template and of the command line are laid.
    ///   - brand: fills the fields that are not given.
    ///   - flagged: options that have flags of their own, beside `-o`.
    /// - Returns: the order, and the places that its options come from.
    func order(
        templates: String, over base: SettledSampling, brand: BrandProfile,
        with flagged: SamplingOverrides = .init()
    ) throws -> (order: DraftOrder, sampling: SettledSampling) {
        let seed = seed ?? DraftOrder.freshSeed()
        let given = try SamplingArguments.overrides(options, beside: flagged)
        var sampling = base
        var order: DraftOrder
        if let template, template != "-" {
            let template = try TemplateLibrary.template(named: template, userFolder: templates)
            sampling[.template] = template.sampling
            order = try templateOrder(template, brand: brand, seed: seed)
        } else {
            order = try freeOrder(seed: seed)
        }
        sampling[.commandLine] = given
        order.request.sampling = sampling.options
        if let variants { order.request.variantCount = variants }
        order.request.seedMustReplay = self.seed != nil
        return (order, sampling)
    }

    /// Standard input if `-` asks for it, and the files of `-f` with their names.
    private func attachedTexts() throws -> [AttachedText] {
        var texts: [AttachedText] = []
        if template == "-" || input == "-" {
            texts.append(AttachedText(text: try Console.readInput().trimmingSuffix(while: \.isNewline)))
        }
        for (path, name) in zip(files, AttachedText.names(ofPaths: files)) {
            texts.append(AttachedText(name: name, text: try TextFile.read(path).trimmingSuffix(while: \.isNewline)))
        }
        return texts
    }

    private func templateOrder(
        _ template: PromptTemplate, brand: BrandProfile, seed: UInt64
    ) throws -> DraftOrder {
        var values = try parameters.dictionary(option: "-p")
        for (name, value) in values { values[name] = try ArgumentText.field(name, value) }
        if input == "-" || !files.isEmpty {
            let source = input == "-" ? "standard input" : "a file"
            guard let field = template.inputField else {
                throw Failure(
                    "The template '\(template.name)' has no field for a text from \(source). "
                        + "Its fields are: \(template.fields.map(\.name).joined(separator: ", ")).")
            }
            guard values[field.name] == nil else {
                throw ValidationError(
                    "The field '\(field.name)' is given by -p and by \(input == "-" ? "-" : "-f"). Give it once.")
            }
            values[field.name] = AttachedText.joined(try attachedTexts())
        }
        // The examples of a template show the template, not the brand.
        if !examples { values.merge(ownFields(of: template, brand, beside: values)) { given, _ in given } }
        if examples {
            for field in template.fields where (values[field.name] ?? "").isEmpty {
                values[field.name] = field.example
            }
        }
        let filled: FilledPrompt
        do {
            filled = try template.fill(values: values)
        } catch {
            guard case .field(let field, let problem) = error else { throw error }
            guard problem == .missing else {
                throw Failure("\(error) Give it as -p \(field.name)=\(ShellWord.of(field.example)).")
            }
            throw Failure(
                "\(error) Give it with -p \(field.name)=…, or take the template's examples with --examples. "
                    + "The fields of \(template.name) are: \(template.fieldList).")
        }
        var order = DraftOrder(filled: filled, template: template, seed: seed)
        if let system { order.replaceSystemPrompt(with: try Console.text(of: system, named: "The system prompt")) }
        if raw { order.continueRaw() }
        return order
    }

    /// The values of the brand for the fields that are not given; standard error says which they are.
    private func ownFields(
        of template: PromptTemplate, _ brand: BrandProfile, beside given: [String: String]
    ) -> [String: String] {
        let values = brand.values(for: template.fields, beside: given)
        let names = template.fields.map(\.name).filter { values[$0] != nil }
        if !names.isEmpty { Console.printError("copydesk: From your brand: \(names.joined(separator: ", ")).") }
        for (field, problem) in brand.refused(by: template.fields) where given[field.name] == nil {
            Console.printError(
                "copydesk: The \(field.name) of your brand is not used here. \(problem.sentence(label: field.label))")
        }
        return values
    }

    private func freeOrder(seed: UInt64) throws -> DraftOrder {
        guard parameters.isEmpty else {
            throw ValidationError("-p fills a template's fields, and no template is given.")
        }
        let instruction =
            try promptFile.map(ArgumentText.file) ?? prompt.map { try Console.text(of: $0, named: "The prompt") }
        let text = AttachedText.joined(instruction, try attachedTexts())
        guard raw ? !text.isEmpty : !text.allSatisfy(\.isWhitespace) else {
            throw ValidationError(
                "Nothing to write: name a template (see: copydesk templates list), give --prompt TEXT or "
                    + "--prompt-file FILE, or - for a prompt from standard input.")
        }
        let system = try system.map { try Console.text(of: $0, named: "The system prompt") }
        return DraftOrder(prompt: text, system: system, raw: raw, seed: seed)
    }
}
