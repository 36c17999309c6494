import ArgumentParser
import Dispatch
import Drafting
import Export
import Foundation
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

            Every draft is kept; see: copydesk history. JSON: {"generation": {…}, "drafts": [{"id", "text", …}, …]}.
            With --logprobs (or the option logprobs) each draft has "logprobs" too, one entry for each token of its text: \
            {"position", "id", "text", "logprob", "top": [{"id", "text", "logprob"}, …]}, natural logarithms of the \
            model's own probabilities, before temperature and limits.

            The options of -o: \(SamplingArguments.names.joined(separator: ", ")).
            """)

    @OptionGroup var shared: SharedOptions
    @OptionGroup var asked: PromptArguments
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Do not keep the drafts in the store.") var noSave = false
    @Option(
        help: ArgumentHelp(
            "With --json: add each token's likelihood, and the likeliest n instead of it.", valueName: "n"))
    var logprobs: Int?
    @Option(help: ArgumentHelp("Write only what this GBNF grammar allows.", valueName: "file")) var grammar: String?
    @Option(help: ArgumentHelp("Write only JSON that this schema allows.", valueName: "file")) var jsonSchema: String?
    @Flag(help: "Always read one token at a time: the same text, and slower where it repeats the prompt.")
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
        var order = try asked.order(templates: shared.templateLibrary, with: flagged(reading: TextFile.read))
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
            order: order, generator: try generators.open(shared.model), store: store, stopSignal: stopSignal)
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
            throw Failure("The drafts are shown above and not saved: \(Console.sentence(of: saveFailure))")
        }
        if let failure = printer.generationFailure { throw failure }
        if stopSignal.isRaised { throw Interrupted() }
    }

    private func openStore() throws -> DraftStore {
        do {
            return try shared.openStore()
        } catch let error as StoreError where error.isForWantOfWriting {
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

/// Shows what comes: a single draft on standard output as it is written, several as progress on a terminal.
private final class StreamingPrinter: Sendable {
    private struct Progress {
        var finishedCount = 0
        var wroteAny = false
        var endedLine = true
        /// Why standard output takes no more.
        var failure: (any Error)?
        /// Why the generation failed.
        var generationFailure: (any Error)?
    }

    /// Why the generation failed; nil if it did not.
    var generationFailure: (any Error)? { progress.withLock(\.generationFailure) }

    let isStreaming: Bool
    private let variantCount: Int
    private let stopSignal: StopSignal
    private let progress = Mutex(Progress())

    init(variantCount: Int, isStreaming: Bool, stopSignal: StopSignal) {
        self.variantCount = variantCount
        self.stopSignal = stopSignal
        self.isStreaming = isStreaming
    }

    func take(_ event: RecordingEvent) {
        switch event {
        case .generation(.text(let piece, _)) where isStreaming:
            progress.withLock { progress in
                if !progress.wroteAny { Console.clearProgress() }
                progress.wroteAny = true
                progress.endedLine = piece.hasSuffix("\n")
                guard progress.failure == nil else { return }
                do {
                    try Console.write(piece)
                } catch {
                    // Nobody reads on: `copydesk … | head`, or a full disk.
                    progress.failure = error
                    stopSignal.raise()
                }
            }
        case .generation(.promptProgress(let processed, let total)):
            Console.showProgress("reading the prompt: \(processed) of \(total) tokens")
        case .generation(.progress(let timings)) where !isStreaming:
            let finished = progress.withLock(\.finishedCount)
            Console.showProgress(
                "writing: \(finished) of \(variantCount) drafts done, \(Int(timings.tokensPerSecond)) tokens/s")
        case .generation(.draftFinished):
            progress.withLock { $0.finishedCount += 1 }
        case .saveFailed(let error):
            Console.printError("copydesk: not saved yet: \(Console.sentence(of: error))")
        case .failed(let error):
            progress.withLock { $0.generationFailure = error }
        default:
            break
        }
    }

    /// - Throws: what kept the draft from standard output.
    func finish() throws {
        Console.clearProgress()
        let (needsBreak, failure) = progress.withLock { ($0.wroteAny && !$0.endedLine, $0.failure) }
        if let failure { throw failure }
        if needsBreak { try Console.write("\n") }
    }
}

/// Turns Ctrl-C and a polite kill into a wish to stop.
final class InterruptWatch {
    private let sources: [any DispatchSourceSignal]

    /// - Parameter endsAtOnce: whether a second one ends the program at once.
    init(stopSignal: StopSignal, endsAtOnce: Bool = true) {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stopSignal.isRaised, endsAtOnce { exit(ExitStatus.interrupted) }
                stopSignal.raise()
            }
            source.resume()
            return source
        }
    }

    func cancel() { for source in sources { source.cancel() } }
}
