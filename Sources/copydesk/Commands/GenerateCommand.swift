import ArgumentParser
import Drafting
import Export
import Generation
import Store

/// Writes drafts from a template or a prompt, and keeps them in the store.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write drafts from a template or a prompt.",
        discussion: """
            copydesk generate article-headline -p topic="the benefits of exercise" -n 3
            copydesk generate --prompt "Once upon a time" --raw -o max_tokens=40
            cat notes.txt | copydesk generate one-sentence-summary -

            Every draft is kept; see: copydesk history. JSON: {"generation": {…}, "drafts": [{"id", "text", …}, …]}.
            With --logprobs (or the option logprobs) each draft also has "logprobs", one entry for each token of its text: \
            {"position", "id", "text", "logprob", "top": [{"id", "text", "logprob"}, …]}. They are natural logarithms of \
            the model's own probabilities, before temperature and limits.

            The options of -o: \(SamplingArguments.names.joined(separator: ", ")).
            """)

    @OptionGroup var shared: SharedOptions
    @OptionGroup var asked: PromptArguments
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Do not keep the drafts in the store.") var noSave = false
    @Option(
        help: ArgumentHelp(
            "With --json: add each token's likelihood, and the n most likely tokens at its place.", valueName: "n"))
    var logprobs: Int?
    @Option(help: ArgumentHelp("Write only text that this GBNF grammar allows.", valueName: "file"))
    var grammar: String?
    @Option(help: ArgumentHelp("Write only JSON that this schema allows.", valueName: "file")) var jsonSchema: String?
    @Flag(help: "Predict one token at a time: the same text, but slower if it repeats the prompt.")
    var noSpeculation = false

    func validate() throws {
        if grammar != nil, jsonSchema != nil { throw ValidationError("Give --grammar or --json-schema, not both.") }
        let given = try SamplingArguments.overrides(asked.options, beside: flagged(reading: { _ in "" }))
        if case .count(1...) = given["logprobs"], !json {
            throw ValidationError("logprobs are shown in JSON only. Add --json.")
        }
    }

    /// The options that have flags of their own.
    /// - Parameter read: gives the text of a file.
    private func flagged(reading read: (String) throws -> String) throws -> SamplingOverrides {
        var flagged = SamplingOverrides()
        func set(_ name: String, _ value: SamplingValue) {
            if let option = SamplingOption.named(name) { flagged.set(option, to: value) }
        }
        if let grammar { set("grammar", .text(try read(grammar))) }
        if let jsonSchema { set("json_schema", .text(try read(jsonSchema))) }
        if let logprobs, let option = SamplingOption.named("logprobs") {
            do {
                flagged.set(option, to: try option.read(String(logprobs)))
            } catch {
                throw ValidationError("\(error) Give it as --logprobs 5.")
            }
        }
        return flagged
    }

    mutating func run() async throws {
        var (order, _) = try asked.order(
            templates: shared.templateLibrary, over: shared.samplingSettings(forModel: shared.model),
            with: flagged(reading: TextFile.read))
        order.request.speculates = !noSpeculation
        let store = noSave ? nil : try openStore()
        defer { try? store?.close() }
        let generators = shared.generators
        defer { generators.finishWriting() }
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal)
        defer { interrupts.cancel() }
        let printer = StreamingPrinter(
            variantCount: order.request.variantCount, isStreaming: !json && order.request.variantCount == 1,
            stopSignal: stopSignal)

        let recording = RecordedGeneration(
            order: order, generator: try shared.namingSettings { try generators.open(shared.model) }, store: store,
            stopSignal: stopSignal)
        let likelihoods = Likelihoods()
        let record = await recording.run { event in
            printer.take(event)
            likelihoods.take(event)
        }
        try printer.finish()

        let generation = record.generation
        if json {
            try Console.write(
                generation.sampling.alternatives == 0
                    ? DraftJSON.generation(generation) : likelihoods.json(of: generation))
        } else if !printer.isStreaming {
            try Console.write(numbered(generation.drafts))
        }
        for draft in generation.drafts where draft.finishReason == .limit && draft.text.isEmpty {
            let which = generation.drafts.count > 1 ? "Draft \(draft.ordinal + 1) is empty. " : ""
            Console.printError("copydesk: \(which)\(generation.limits.nothingFits)")
        }
        if let saveFailure = record.saveFailure {
            throw Failure("The drafts are shown above, but not saved: \(Console.sentence(of: saveFailure))")
        }
        if let failure = printer.generationFailure { throw failure }
        if stopSignal.isRaised { throw Interrupted() }
    }

    private func openStore() throws -> DraftStore {
        do {
            return try shared.openStore()
        } catch let error as StoreError where error.forbidsWriting {
            throw Failure(error.sentenceWithHint + " With --no-save the drafts are printed and not kept.")
        }
    }

    private func numbered(_ drafts: [SavedDraft]) -> String {
        guard drafts.count > 1 else { return drafts.map { $0.text + "\n" }.joined() }
        return drafts.map { draft in
            draft.text.contains("\n") ? "\(draft.ordinal + 1).\n\(draft.text)\n" : "\(draft.ordinal + 1). \(draft.text)"
        }.joined(separator: "\n") + "\n"
    }
}
