import ArgumentParser
import Chat
import Export
import Foundation
import Generation
import Models
import Store

/// Holds a conversation, whose answers are drafts of the store.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Hold a conversation; every answer is a draft.",
        discussion: """
            copydesk chat
            copydesk chat --persona editor
            copydesk chat --persona support-agent -p product="Aurora lamp" -p policy="Returns within 30 days."
            copydesk chat -c "And in French?"
            echo "What is a ruler?" | copydesk chat --json

            On a terminal it asks for your words until Ctrl-D; /help lists what else you can do there. With a prompt, or \
            with text from a pipe, it gives one answer. - behind the prompt adds standard input to it.
            -c goes on with the last conversation, --cid with any: its id, or the beginning of its uuid. A conversation \
            keeps its persona, model and options; -m, -s, -n, -o and --context change them from then on.
            If the turns do not fit into the model's context any more, the oldest ones are left out, summed up, or nothing \
            is sent, as --context says; each time it says so.
            JSON: {"conversation": {"id", "uuid", "title", "persona", "model"}, "turns": [{"id", "role", "text", \
            "drafts": [{"id", "text", …}, …]}, …]}, with the open branch; a turn that is no answer has no drafts. Everything \
            that is kept of it: copydesk export --conversation ID --format json
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: "What you say; - stands for standard input.") var words: [String] = []
    @Option(help: ArgumentHelp("Whom to talk to: a template of the family chat.", valueName: "name"))
    var persona: String?
    @Flag(name: [.customShort("c"), .customLong("continue")], help: "Go on with the last conversation.")
    var continues = false
    @Option(help: ArgumentHelp("Go on with this conversation: its id, or the beginning of its uuid.", valueName: "id"))
    var cid: String?
    @Option(
        name: [.customShort("p"), .customLong("param")],
        help: ArgumentHelp("A field of the persona.", valueName: "field=value"))
    var parameters: [KeyValue] = []
    @Option(name: [.customShort("s"), .long], help: "A system text instead of the persona's.") var system: String?
    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: "The number of drafts of each answer (default: 1).", transform: NumberArgument.whole)
    var variants: Int?
    @Option(
        name: [.customShort("o"), .customLong("option")],
        help: ArgumentHelp("A sampling option, as temperature=0.8 or max_tokens=200.", valueName: "name=value"))
    var options: [KeyValue] = []
    @Option(
        parsing: .unconditional, help: "The same seed gives the same answers (default: a fresh one).",
        transform: NumberArgument.seed)
    var seed: UInt64?
    @Option(
        help: ArgumentHelp(
            "What is done if the turns do not fit any more: \(ContextRule.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "rule"))
    var context: String?
    @Option(
        help: ArgumentHelp(
            "How long to wait for a server: \(TimeoutArguments.help)", valueName: "name=seconds"))
    var timeout: [KeyValue] = []
    @Option(
        parsing: .unconditional, help: "Begin with greeting N of a persona that has several.",
        transform: NumberArgument.whole)
    var greeting: Int?
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Do not keep the conversation in the store.") var noSave = false

    func validate() throws {
        var timeouts = EndpointSettings.Timeouts()
        try TimeoutArguments.apply(timeout, to: &timeouts)
        _ = try SamplingArguments.overrides(options)
        _ = try parameters.dictionary(option: "-p")
        if let variants {
            let kind = SamplingOption.Kind.count(GenerationRequest.variantRange)
            guard kind.value(of: String(variants)) != nil else {
                let error = SamplingOptionError(name: "variants", kind: kind, foundText: String(variants))
                throw ValidationError("\(error) Give it as -n 3.")
            }
        }
        if let context { _ = try ContextRule.named(context) }
        if let cid, !cid.contains(where: { !$0.isWhitespace }) {
            throw ValidationError(
                "--cid takes the id of a conversation, and it is empty. The ids: copydesk history list --conversations")
        }
        if continues, cid != nil { throw ValidationError("Give -c or --cid, not both.") }
        if continues || cid != nil {
            if persona != nil || !parameters.isEmpty {
                throw ValidationError(
                    "A conversation keeps its persona, so \(persona != nil ? "--persona" : "-p") cannot be given with "
                        + "\(continues ? "-c" : "--cid"). Begin a new conversation without it.")
            }
            if greeting != nil {
                throw ValidationError("--greeting is for a new conversation. Leave it out.")
            }
            if noSave {
                throw ValidationError(
                    "--no-save is for a new conversation. Leave it or \(continues ? "-c" : "--cid") out.")
            }
        }
        if words.filter({ $0 == "-" }).count > 1 { throw ValidationError("- stands for standard input. Give it once.") }
    }

    mutating func run() async throws {
        let generators = shared.generators { [timeout] in try? TimeoutArguments.apply(timeout, to: &$0) }
        defer { generators.finishWriting() }
        let prompt = try prompt()
        if prompt == nil, json {
            throw ValidationError(
                "--json prints one answer, and there is no prompt. Give it behind the options, or by a pipe.")
        }
        let store = try openStore()
        defer {
            try? store.close()
            ChatScratch.remove()
        }
        var opening = try opening()
        if prompt == nil, persona != nil { try await opening.askForFields() }
        let talk = try ChatTalk(
            conversation(opening, in: store, generators), shared: shared, store: store, generators: generators,
            seed: seed)
        try choose(greeting: greeting, talk)
        guard let prompt else { return try await ChatLoop(talk, opening: opening).run() }
        if talk.isNew, !json { for line in opening.filledFields() { Console.printError("copydesk: " + line) } }
        try await answer(prompt, talk)
    }

    private func choose(greeting: Int?, _ talk: ChatTalk) throws {
        guard let greeting else { return }
        let count = talk.conversation.persona.greetings.count
        guard (1...max(count, 1)).contains(greeting), count > 0 else {
            throw ValidationError(
                count == 0
                    ? "This persona has no greeting, so --greeting has nothing to choose from. Leave it out."
                    : "This persona has \(counted(count, "greeting")), and --greeting \(greeting) is none of them. Give a "
                        + "number from 1 to \(count).")
        }
        talk.greetingIndex = greeting - 1
    }

    /// The words to say; `nil` if they are asked for at the terminal.
    private func prompt() throws -> String? {
        let readsInput = words.contains("-") || words.isEmpty && !Console.inputIsTerminal
        let given = words.filter { $0 != "-" }.joined(separator: " ")
        guard readsInput || !words.isEmpty else {
            guard Console.errorIsTerminal else {
                throw ValidationError("Nobody can be asked here. Give what you say behind the options, or by a pipe.")
            }
            return nil
        }
        let parts = try [
            Console.text(of: given, named: "The prompt"),
            readsInput ? Console.readInput().trimmingSuffix(while: \.isNewline) : "",
        ]
        let text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("Nothing to say: the prompt is empty. Give it behind the options, or by a pipe.")
        }
        return text
    }

    private func openStore() throws -> DraftStore {
        if noSave { return try ChatScratch.open() }
        do {
            return try shared.openStore()
        } catch let error as StoreError where error.forbidsWriting {
            throw Failure(error.sentenceWithHint + " With --no-save the conversation is held and not kept.")
        }
    }

    private func opening() throws -> ChatOpening {
        ChatOpening(
            shared: shared, persona: persona,
            parameters: try parameters.dictionary(option: "-p").mapValues {
                try Console.text(of: $0, named: "A field of the persona")
            },
            system: try system.map { try Console.text(of: $0, named: "The system text") }, variants: variants,
            options: try SamplingArguments.overrides(options), context: try context.map(ContextRule.named))
    }

    private func conversation(
        _ opening: ChatOpening, in store: DraftStore, _ generators: Generators
    ) throws -> Conversation {
        if let cid {
            guard let id = try store.conversationId(named: cid) else {
                throw Failure(
                    "There is no conversation '\(cid)'. Find its number with: copydesk history list --conversations")
            }
            if try store.conversation(id: id).deletedAt != nil {
                throw Failure(
                    "Conversation \(id) is in the trash. Take it out first: copydesk history restore --conversation \(id)"
                )
            }
            return try opening.conversation(id: id, in: store, generators)
        }
        if continues {
            guard let newest = try store.newestConversation() else {
                throw Failure("There is no conversation to go on with. Begin one without -c.")
            }
            return try opening.conversation(id: newest.id, in: store, generators)
        }
        return try opening.newConversation(of: generators)
    }

    /// Says one thing and shows one answer.
    private func answer(_ prompt: String, _ talk: ChatTalk) async throws {
        // A model that is gone is told before anything is kept.
        _ = try talk.openModel()
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal)
        defer { interrupts.cancel() }
        // Words for a conversation of the store follow whatever is newest when they are sent.
        guard try await talk.waitForTurn(stopSignal) else { throw Interrupted() }
        let user = try talk.keep(prompt)
        let generation: SavedGeneration?
        do {
            generation = try await talk.answer(.answer(to: user.id), mayStream: !json, stopSignal: stopSignal)
        } catch {
            if error is BrokenPipe || noSave { throw error }
            if !talk.wasSent, try talk.withdraw(user) {
                throw Failure(
                    "\(Console.sentence(of: error)) Conversation \(talk.conversation.id) is as it was before.")
            }
            if talk.wasSent, talk.unanswered == nil { throw error }
            throw Failure(
                "\(Console.sentence(of: error)) What you said is kept in conversation \(talk.conversation.id): "
                    + "the same words with --cid \(talk.conversation.id) ask again, and others replace them.")
        }
        if json { try Console.write(ConversationJSON.shortText(of: talk.conversation, turns: talk.turns)) }
        if stopSignal.isRaised { throw Interrupted() }
        guard generation?.drafts.contains(where: { !$0.text.isEmpty }) == true else {
            throw Failure("The model said nothing. Try again, or choose another model with -m NAME.")
        }
    }
}

extension ContextRule {
    /// - Throws: a `ValidationError` with the rules that there are.
    static func named(_ text: String) throws -> ContextRule {
        if let rule = ContextRule(rawValue: text) { return rule }
        let names = allCases.map(\.rawValue)
        let nearest = NearestName.to(text, among: names).map { " Did you mean '\($0)'?" } ?? ""
        throw ValidationError("There is no rule '\(text)'.\(nearest) The rules are: \(names.joined(separator: ", ")).")
    }
}
