import ArgumentParser
import Drafting
import Export
import Generation
import Store
import Synchronization

/// Writes drafts from a template or a prompt, and keeps them in the store.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write drafts from a template or a prompt.",
        discussion: """
            copydesk generate article-headline -p topic="the benefits of exercise" -n 3
            copydesk generate --prompt "Once upon a time" --raw -o max_tokens=40
            cat notes.txt | copydesk generate one-sentence-summary -
            cat notes.txt | copydesk generate --prompt "Summarise for a customer" -
            copydesk generate --prompt "What changed?" -f old.md -f new.md
            copydesk generate one-sentence-summary -p text=@notes.txt
            copydesk generate --prompt-file brief.txt

            Standard input and files stand below the prompt, each file with its name; for a template they are its text.
            Every draft is kept; see: copydesk history. Drafts are printed when they are final. Of a template with parts, each \
            part stands behind its name; "(= 1)" marks a draft that equals draft 1 and could not be made different. \
            A draft that a server cut off, or that is too short, goes on with: copydesk generate --continue ID
            With -o best_of=16 -n 5, sixteen candidates are written and the five best are printed; --why says why, and \
            history show ID --candidates shows the others.
            JSON: {"candidates": 0, "generation": {…}, "drafts": [{"id", "text", "parts", "reasoning", "tidied", "cutOff", \
            "server": {"endpoint", "askedModel", "answeredModel", …}, …}, …]}; "server" is null for a model of this machine.
            With --logprobs (or the option logprobs) each draft also has "logprobs", one entry for each token of its text: \
            {"position", "id", "text", "logprob", "top": [{"id", "text", "logprob"}, …]}. They are natural logarithms of \
            the model's own probabilities, before temperature and limits.

            The options of -o: \(SamplingArguments.names.joined(separator: ", ")).
            """)

    @OptionGroup var shared: SharedOptions
    @OptionGroup var asked: PromptArguments
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Do not keep the drafts in the store.") var noSave = false
    @Flag(help: "With best_of: print to standard error why each candidate was chosen or left out.") var why = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --json: add each token's likelihood, and the n most likely tokens at its place.", valueName: "n"),
        transform: NumberArgument.whole)
    var logprobs: Int?
    @Option(help: ArgumentHelp("Write only text that this GBNF grammar allows.", valueName: "file"))
    var grammar: String?
    @Option(help: ArgumentHelp("Write only JSON that this schema allows.", valueName: "file")) var jsonSchema: String?
    @Option(
        help: ArgumentHelp(
            "How long to wait for a server: \(TimeoutArguments.help)", valueName: "name=seconds"))
    var timeout: [KeyValue] = []
    @Option(
        name: .customLong("continue"),
        help: ArgumentHelp("Go on from the end of this draft; the new one begins with its text.", valueName: "id"))
    var continuedDraft: Int64?
    @Flag(help: "Predict one token at a time: the same text, but slower if it repeats the prompt.")
    var noSpeculation = false

    func validate() throws {
        if grammar != nil, jsonSchema != nil { throw ValidationError("Give --grammar or --json-schema, not both.") }
        var timeouts = EndpointSettings.Timeouts()
        try TimeoutArguments.apply(timeout, to: &timeouts)
        if continuedDraft != nil, let other = asked.firstPromptArgument {
            throw ValidationError("--continue takes the prompt of the draft, so \(other) cannot be given with it.")
        }
        let given = try SamplingArguments.overrides(asked.options, beside: flagged(reading: { _ in "" }))
        if continuedDraft != nil, given["grammar"] ?? given["json_schema"] != nil {
            throw ValidationError(
                "--continue takes no grammar and no schema, because they only work from the beginning of a text.")
        }
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
        let generators = shared.generators { [timeout] in try? TimeoutArguments.apply(timeout, to: &$0) }
        let earlier = try continuedDraft.map(earlierDraft)
        let modelName = shared.givenModel == nil ? earlier?.generation.model.name ?? shared.model : shared.model
        let model = try naming(earlier) { try shared.writingModel(modelName, of: generators) }
        var order = try order(for: modelName, author: model.authorSampling, after: earlier)
        order.request.speculates = !noSpeculation
        order.request.conditions.lexicon = shared.installation.settings.lexicon
        for sentence in order.lexiconConflicts { Console.printError("copydesk: \(sentence)") }
        defer { generators.finishWriting() }
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal)
        defer { interrupts.cancel() }
        let printer = StreamingPrinter(request: order.request, mayStream: !json, stopSignal: stopSignal)

        let store = Mutex<DraftStore?>(nil)
        defer { try? store.withLock { $0 }?.close() }
        let generator = try generator(of: model, after: earlier)
        if let earlier { tellIfOther(generator.identity, than: earlier) }
        let recording =
            noSave
            ? RecordedGeneration(order: order, generator: generator, store: nil, stopSignal: stopSignal)
            : RecordedGeneration(
                order: order, generator: generator,
                openingStore: { [path = shared.databasePath] in
                    let opened = try Self.openStore(path)
                    store.withLock { $0 = opened }
                    return opened
                }, stopSignal: stopSignal)
        let likelihoods = Likelihoods()
        let record = await recording.run { event in
            printer.take(event)
            likelihoods.take(event)
        }
        try printer.finish()

        let generation = record.generation.withoutCandidates
        if json {
            try Console.write(
                generation.sampling.alternatives == 0
                    ? DraftJSON.generation(generation) : likelihoods.json(of: generation))
        } else if !printer.isStreaming {
            try Console.write(DraftNotes.numbered(generation))
        }
        for sentence in DraftNotes.sentences(about: generation) { Console.printError("copydesk: " + sentence) }
        if why { Console.printError(ChoiceText.report(of: record.generation).trimmingSuffix(while: \.isNewline)) }
        for sentence in generation.lexiconShortfalls(order.request.conditions.lexicon) {
            Console.printError("copydesk: \(sentence)")
        }
        if let saveFailure = record.saveFailure {
            throw Failure("The drafts are shown above, but not saved: \(Console.sentence(of: saveFailure))")
        }
        if let failure = printer.generationFailure { throw failure }
        if stopSignal.isRaised { throw Interrupted() }
        if generation.hasNothing {
            throw Failure("Nothing was written. Try again, or choose another model with -m NAME.")
        }
    }

    /// The draft to go on from, with its generation.
    private func earlierDraft(_ id: Int64) throws -> (draft: SavedDraft, generation: SavedGeneration) {
        let store = try shared.openStoreForReading(mustExist: true)
        defer { try? store.close() }
        return try store.found(draft: id)
    }

    private func order(
        for model: String?, author: SamplingOverrides, after earlier: (draft: SavedDraft, generation: SavedGeneration)?
    ) throws -> DraftOrder {
        guard let earlier else {
            return try asked.order(
                templates: shared.paths.templates, over: shared.samplingSettings(forModel: model, author: author),
                brand: shared.installation.settings.brand, with: flagged(reading: TextFile.read)
            ).order
        }
        var order = try DraftOrder(
            continuing: earlier.draft, of: earlier.generation, templates: shared.templateLibrary,
            seed: asked.seed ?? DraftOrder.freshSeed())
        order.request.sampling = try SamplingArguments.overrides(asked.options, beside: flagged(reading: TextFile.read))
            .applied(to: order.request.sampling)
        if let variants = asked.variants { order.request.variantCount = variants }
        order.request.seedMustReplay = asked.seed != nil
        return order
    }

    private func generator(
        of model: WritingModel, after earlier: (draft: SavedDraft, generation: SavedGeneration)?
    ) throws -> any TextGenerator {
        let generator = try naming(earlier) { try model.generator() }
        return earlier.map { ContinuedGenerator(generator, after: $0.draft.text) } ?? generator
    }

    /// Says if the model, or one of its adapters, is no longer the one that wrote the draft, though it has the same name.
    private func tellIfOther(
        _ model: ModelIdentity, than earlier: (draft: SavedDraft, generation: SavedGeneration)
    ) {
        let written = earlier.generation.model
        guard written.name == model.name, !written.hash.isEmpty, !model.hash.isEmpty, written.hash != model.hash else {
            return
        }
        Console.printError(
            "copydesk: The files of \(model.name) are not those that wrote draft \(earlier.draft.id), so it may go on in "
                + "another way.")
    }

    /// Opens a model; if that fails, the error says who named it.
    private func naming<Value>(
        _ earlier: (draft: SavedDraft, generation: SavedGeneration)?, _ open: () throws -> Value
    ) throws -> Value {
        guard let earlier, shared.givenModel == nil else { return try shared.namingSettings(open) }
        do {
            return try open()
        } catch {
            throw Failure(
                "\(Console.sentence(of: error)) Draft \(earlier.draft.id) was written with "
                    + "\(earlier.generation.model.name). -m names another one.")
        }
    }

    static func openStore(_ path: String) throws -> DraftStore {
        do {
            return try DraftStore.open(path: path, listener: IndexNotice(showsProgress: false).listener)
        } catch let error as StoreError where error.forbidsWriting {
            throw Failure(error.sentenceWithHint + " With --no-save the drafts are printed and not kept.")
        }
    }
}

extension SavedGeneration {
    /// True if servers failed and left no text at all.
    fileprivate var hasNothing: Bool {
        !drafts.isEmpty
            && drafts.allSatisfy {
                ($0.finishReason == .failed || $0.finishReason == .cutOff) && $0.text.allSatisfy(\.isWhitespace)
            }
    }
}
