// A conversation that is being held: its turns, the store that keeps it, the model that answers.
// - `turns` is what the user has seen, and what is said follows it. Another chat may go on in the same conversation, and
//   open another branch in the store: this one stays in its own.

import Chat
import Drafting
import Export
import Foundation
import Generation
import Models
import Store

final class ChatTalk {
    let shared: SharedOptions
    let store: DraftStore
    let generators: Generators
    var conversation: Conversation
    /// The branch that is held.
    var branch = ReadBranch()
    var turns: [Turn] { branch.turns }
    /// Says to others that an answer is being written here.
    var answering: AnsweringLock?
    /// True if the last answer was asked for; what fails before that leaves nothing behind.
    private(set) var wasSent = false
    /// The seed of answers; `nil` for fresh ones.
    private let seed: UInt64?
    private var generator: (any TextGenerator)?
    /// Turns that were left out of the context at the last answer.
    private var knownLeft = 0
    var isInteractive = false

    /// - Parameter conversation: its id is 0 if it is new.
    init(
        _ conversation: Conversation, shared: SharedOptions, store: DraftStore, generators: Generators, seed: UInt64?
    ) throws {
        self.conversation = conversation
        self.shared = shared
        self.store = store
        self.generators = generators
        self.seed = seed
        if conversation.id != 0 { branch = try store.branch(of: conversation.id) }
    }

    /// What stands before the words of the one who answers; "" if the persona gives it no name.
    var speakerPrefix: String {
        let name = conversation.persona.speakers.assistant
        return name == Persona.Speakers().assistant ? "" : "\(name): "
    }

    /// Which of the persona's greetings begins a new conversation.
    var greetingIndex = 0
    /// What the persona says first in a conversation that is new.
    var greeting: String? {
        let greetings = conversation.persona.greetings
        return isNew && greetings.indices.contains(greetingIndex) ? greetings[greetingIndex] : nil
    }
    var isNew: Bool { conversation.id == 0 }

    // MARK: The model

    /// For people: of a file without its folder.
    var modelName: String { shared.modelLibrary.name(of: conversation.model) }

    /// The model that answers; it is read now if it was not before.
    /// - Throws: a sentence that names what chooses another model.
    func openModel() throws -> any TextGenerator {
        if let generator { return generator }
        do {
            let opened = try shared.namingSettings {
                try shared.writingModel(conversation.model, of: generators).generator()
            }
            generator = opened
            return opened
        } catch {
            let sentence = Console.sentence(of: error)
            guard shared.givenModel == nil, !sentence.contains("-m NAME") || isInteractive else { throw error }
            throw Failure(
                "\(sentence) This conversation is held with '\(conversation.model)'. "
                    + (isInteractive ? "/model NAME goes on with another one." : "-m NAME goes on with another one."))
        }
    }

    /// Answers with another model from now on.
    /// - Throws: if it cannot be opened; then the model stays.
    func use(model name: String) throws {
        let opened = try shared.writingModel(name, of: generators).generator()
        generator = opened
        try change { $0.model = ChatOpening(shared: shared).kept(model: name) }
    }

    // MARK: Answers

    /// Writes an answer and shows it.
    /// - Parameter mayStream: false if standard output is for something else.
    /// - Returns: its generation; `nil` if it was stopped before it began.
    /// - Throws: `ContextError`, `ChatError` and others, before anything is written.
    @discardableResult
    func answer(
        _ target: ChatAnswer.Target, mayStream: Bool = true, stopSignal: StopSignal
    ) async throws -> SavedGeneration? {
        defer { answering = nil }
        wasSent = false
        let generator = try openModel()
        if answering == nil { answering = store.answeringLock(.shared, of: conversation.id) }
        var settings = conversation
        if case .rest = target { settings.settings.variantCount = 1 }
        let printer = ChatPrinter(
            settings, mayStream: mayStream, stopSignal: stopSignal, knownLeft: knownLeft, isInteractive: isInteractive,
            name: isInteractive ? speakerPrefix : "")
        var answer = ChatAnswer(conversation, turns: turns, generator: generator, store: store, stopSignal: stopSignal)
        // Another answer to the same words draws from the next seed.
        answer.seed = seed.map { $0 &+ UInt64(answerCount(of: target)) }
        answer.lexicon = shared.installation.settings.lexicon
        let outcome: ChatOutcome
        do {
            outcome = try await answer.run(target) { printer.take($0) }
            wasSent = true
        } catch {
            try? reload()
            throw error
        }
        let draft = outcome.record?.generation.drafts.first { !$0.isCandidate }
        try reload(endingAt: outcome.turn?.id, draft: draft?.id)
        try printer.finish()
        knownLeft = outcome.plan.leftOutCount
        guard let record = outcome.record else { return nil }
        let generation = record.generation.withoutCandidates
        if mayStream, !printer.isStreaming { try Console.writeWrapped(DraftNotes.numbered(generation)) }
        for sentence in DraftNotes.sentences(about: generation, at: door) {
            Console.printError("copydesk: " + sentence)
        }
        if let failure = record.saveFailure {
            throw Failure("The answer is shown above, but not saved: \(Console.sentence(of: failure))")
        }
        if let failure = printer.generationFailure { throw failure }
        return generation
    }

    private var door: DraftNotes.Door { isInteractive ? .chat : .answer(conversation: conversation.id) }

    private func answerCount(of target: ChatAnswer.Target) -> Int {
        let id =
            switch target {
            case .answer(let id), .another(let id), .rest(_, let id): id
            }
        guard let index = turns.firstIndex(where: { $0.id == id }) else { return 0 }
        let answer = turns[index].role == .assistant ? index : index + 1
        return turns.indices.contains(answer) ? Set(turns[answer].drafts.map(\.generationId)).count : 0
    }

    /// The context of the next answer.
    func plan() async throws -> ContextPlan {
        try await ChatAnswer(
            conversation, turns: turns, generator: openModel(), store: store, stopSignal: StopSignal()
        ).plan(for: "")
    }

    func askTitle(stopSignal: StopSignal) async throws -> String? {
        try await ChatTitle.ask(conversation, turns: turns, generator: openModel(), stopSignal: stopSignal)
    }

    /// Begins another conversation.
    func begin(_ other: Conversation) {
        conversation = other
        branch = ReadBranch()
        knownLeft = 0
        greetingIndex = 0
    }

    /// Reads the conversation again, as the store has it by now.
    /// - Parameters:
    ///   - end: the last turn of the branch that is held; `nil` for the one that it has now.
    ///   - draft: the draft that is shown of it; `nil` for the one that is shown now, if the end stays.
    func reload(endingAt end: Int64? = nil, draft: Int64? = nil) throws {
        guard !isNew else { return }
        let last = turns.last
        let draft = draft ?? (end == nil || end == last?.id ? last?.activeDraftId : nil)
        conversation = try store.conversation(id: conversation.id)
        guard let end = end ?? last?.id else { return }
        branch = try store.branch(of: conversation.id, endingAt: end, draft: draft, known: turns)
    }

    /// The conversation as exports and JSON take it.
    /// - Parameter allTurns: true for all branches.
    func contents(allTurns: Bool = false) throws -> ConversationContents {
        let turns = allTurns && !isNew ? try store.allTurns(of: conversation.id) : turns
        let drafts = turns.flatMap(\.drafts)
        let generations = try Set(drafts.map(\.generationId)).compactMap { try store.generation(id: $0) }
        return ConversationContents(
            conversation: conversation, turns: turns, generations: generations,
            tags: try store.tags(of: drafts.map(\.id)))
    }
}
