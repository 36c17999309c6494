// A conversation that is being held: its turns, the store that keeps it, the model that answers.
// - A new conversation is made in the store with the first words, so that nobody's history fills with empty ones.
// - What the user said is in the store before the model is asked.

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
    private(set) var conversation: Conversation
    /// The open branch.
    private(set) var turns: [Turn]
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
        turns = conversation.id == 0 ? [] : try store.openTurns(of: conversation.id)
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
        try change { $0.model = ChatOpening.kept(model: name) }
    }

    // MARK: Saying

    /// Keeps words of the user at the end of the open branch.
    /// - Returns: their turn.
    @discardableResult
    func keep(_ words: String) throws -> Turn {
        if isNew {
            let greeting = greeting
            conversation = try store.beginConversation(conversation)
            if let greeting {
                turns = [
                    try store.addTurn(Turn(conversationId: conversation.id, role: .assistant, text: greeting))
                ]
            }
        }
        if let unanswered {
            // Words that nobody answered stay in a branch of their own, so that the model is not asked twice.
            let user = try words == unanswered.text ? unanswered : store.edit(turn: unanswered.id, text: words)
            try reload()
            return user
        }
        let head = try store.conversation(id: conversation.id).headTurnId
        if let last = turns.last, head != last.id {
            Console.printError(
                "copydesk: Another chat has gone on in this conversation meanwhile. This one goes on in a branch of its own"
                    + (isInteractive ? "; /branches lists them." : "."))
        }
        let user = try store.addTurn(
            Turn(
                conversationId: conversation.id, parentTurnId: turns.last?.id,
                parentDraftId: turns.last?.activeDraftId, role: .user, text: words))
        try reload()
        return user
    }

    /// The user's words at the end of the open branch if no text answers them: the answer failed, or nothing was sent.
    private var unanswered: Turn? {
        var way = turns[...]
        if let last = way.last, last.role == .assistant, !last.drafts.isEmpty, last.text.isEmpty,
            last.drafts.allSatisfy({ $0.text.isEmpty && $0.finishReason != nil })
        {
            way = way.dropLast()
        }
        guard let last = way.last, last.role == .user else { return nil }
        return last
    }

    /// Writes an answer and shows it.
    /// - Parameter mayStream: false if standard output is for something else.
    /// - Returns: its generation; `nil` if it was stopped before it began.
    /// - Throws: `ContextError`, `ChatError` and others, before anything is written.
    @discardableResult
    func answer(
        _ target: ChatAnswer.Target, mayStream: Bool = true, stopSignal: StopSignal
    ) async throws -> SavedGeneration? {
        let generator = try openModel()
        var settings = conversation
        if case .rest = target { settings.settings.variantCount = 1 }
        let printer = ChatPrinter(
            settings, mayStream: mayStream, stopSignal: stopSignal, knownLeft: knownLeft, isInteractive: isInteractive,
            name: isInteractive ? speakerPrefix : "")
        var answer = ChatAnswer(conversation, turns: turns, generator: generator, store: store, stopSignal: stopSignal)
        // Another answer to the same words draws from the next seed.
        answer.seed = seed.map { $0 &+ UInt64(answerCount(of: target)) }
        answer.lexicon = shared.installation.settings.lexicon
        defer { try? reload() }
        let outcome = try await answer.run(target) { printer.take($0) }
        try stay(at: outcome.turn?.id)
        try printer.finish()
        knownLeft = outcome.plan.leftOutCount
        guard let record = outcome.record else { return nil }
        let generation = record.generation.withoutCandidates
        if mayStream, !printer.isStreaming { try Console.write(DraftNotes.numbered(generation)) }
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

    // MARK: Changing

    /// Changes what the conversation keeps besides its turns.
    func change(_ change: (inout Conversation) -> Void) throws {
        var changed = conversation
        change(&changed)
        if changed.id != 0 { try store.update(changed) }
        conversation = changed
    }

    func edit(_ turn: Turn, text: String) throws -> Turn {
        defer { try? reload() }
        return try store.edit(turn: turn.id, text: text)
    }

    func choose(_ draft: SavedDraft, of turn: Turn) throws {
        try store.choose(draft: draft.id, of: turn.id)
        try reload()
    }

    func branch(at turn: Turn) throws {
        try store.branch(at: turn.id)
        try reload()
    }

    /// Opens the branch with a turn again if another chat has opened its own meanwhile.
    private func stay(at turn: Int64?) throws {
        guard let turn, !isNew, try !store.openTurns(of: conversation.id).contains(where: { $0.id == turn }) else {
            return
        }
        try store.choose(turn: turn)
    }

    /// The last turns of all branches, the oldest first.
    func branchEnds() throws -> [BranchEnd] {
        guard !isNew else { return [] }
        return BranchEnd.all(of: try store.allTurns(of: conversation.id))
    }

    /// Opens the branch that ends with a turn.
    func open(branch end: BranchEnd) throws {
        try store.choose(turn: end.turn.id)
        try reload()
    }

    /// Goes back before the first words: what is said next begins a branch of its own. Until then the store has the open
    /// branch as it was.
    func branchAtBeginning() { turns = [] }

    func pin(_ turn: Turn) throws {
        try store.pin(turn: turn.id, !turn.isPinned)
        try reload()
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
        turns = []
        knownLeft = 0
        greetingIndex = 0
    }

    /// Reads the conversation again, as the store has it.
    func reload() throws {
        guard !isNew else { return }
        conversation = try store.conversation(id: conversation.id)
        turns = try store.openTurns(of: conversation.id)
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
