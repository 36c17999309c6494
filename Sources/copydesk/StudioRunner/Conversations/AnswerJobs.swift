// Writes the answers of conversations for the studio, and counts what their context holds.
// - The words are in the store before the answer begins; the studio keeps them until it is told so.

import Chat
import Drafting
import Generation
import Store
import Studio
import Synchronization

extension EffectRunner {
    func answer(_ request: AnswerRequest, _ job: Int) {
        let lexicon = shared.installation.settings.lexicon
        jobs.start(job, isAwaited: true) { [generators, store, records, writes, sender] control in
            try control.begin()
            let generator = try await generators.generator()
            try await Self.checkRoom(for: request, generator, store)
            let place = try await writes.run { try store.begin(request) }
            // Others who follow the newest words wait until this answer is written.
            let answering = store.answeringLock(.shared, of: place.conversation.id)
            defer { withExtendedLifetime(answering) {} }
            if place.isBranch {
                sender(
                    .notice(
                        "The conversation went on elsewhere; your words begin a branch beside it.", isFailure: false))
            }
            control.send(.begun(place.conversation, added: place.added, answer: place.answer))
            var answer = ChatAnswer(
                place.conversation, turns: place.turns, generator: generator, store: store,
                stopSignal: control.stopSignal)
            answer.seed = request.seed
            answer.lexicon = lexicon
            let failure = Mutex<(any Error)?>(nil)
            let outcome = try await answer.run(place.target) { event in
                switch event {
                case .summarizing: control.send(.summarizing)
                case .planned(let plan): control.send(.planned(RulerNumbers(plan)))
                case .recording(let event):
                    if case .failed(let error) = event { failure.withLock { $0 = error } }
                    control.tell(event)
                case .summary, .answering: break
                }
            }
            guard let record = outcome.record else { throw CancellationError() }
            // Someone else may have opened an older branch meanwhile; the screen stays at this one.
            try? await writes.run { try store.open(turn: place.answer, of: place.conversation.id) }
            records.keep(record, ofJob: job)
            let shortfalls = record.generation.lexiconShortfalls(lexicon)
            if !shortfalls.isEmpty { sender(.notice(shortfalls.joined(separator: " "), isFailure: false)) }
            if let error = failure.withLock({ $0 }) { throw error }
            control.send(.timed(record.generation.timings))
            if record.generation.status == .stopped { throw CancellationError() }
            return .generated
        }
    }

    /// Refuses new words that do not fit before they are kept, so that tries do not pile up in the conversation.
    /// - Throws: `ContextError`; the studio still has the words.
    private nonisolated static func checkRoom(
        for request: AnswerRequest, _ generator: any TextGenerator, _ store: DraftStore
    ) async throws {
        guard case .words(let words, let after) = request.target else { return }
        var turns: [Turn] = []
        if request.conversation.id == 0 {
            turns = request.greeting.map { [Turn(role: .assistant, text: $0)] } ?? []
        } else if after != nil {
            turns = try store.branch(of: request.conversation.id, endingAt: after, draft: request.followedDraft).turns
        }
        let answer = ChatAnswer(
            request.conversation, turns: turns, generator: generator,
            store: request.conversation.id == 0 ? nil : store, stopSignal: StopSignal())
        _ = try await answer.plan(for: words)
    }

    /// Counts the tokens that the next answer would be written with.
    func planContext(_ question: ContextQuestion) {
        newestQuestion.withLock { $0 = question }
        let sender = sender
        Task.detached(priority: .utility) { [self] in
            guard newestQuestion.withLock({ $0 == question }), let generator = try? await generators.generator() else {
                return
            }
            let numbers = try? await numbers(for: question, generator)
            sender(.contextPlanned(question, numbers))
        }
    }

    private nonisolated func numbers(
        for question: ContextQuestion, _ generator: any TextGenerator
    ) async throws -> RulerNumbers {
        let conversation = question.conversation
        var turns: [Turn] = []
        if conversation.id != 0 {
            turns = try await reads.run { [store, openBranch] in
                try openBranch.turns(of: conversation) ?? store.openTurns(of: conversation.id)
            }
        } else if let greeting = conversation.persona.greetings.first {
            turns = [Turn(role: .assistant, text: greeting)]
        }
        let answer = ChatAnswer(
            conversation, turns: turns, generator: generator, store: conversation.id == 0 ? nil : store,
            stopSignal: StopSignal())
        do {
            let plan = try await answer.plan(for: question.words)
            guard !plan.leftTurnIds.isEmpty || !plan.turnsToSummarize.isEmpty else { return RulerNumbers(plan) }
            // Words that are not answered yet are those of the next answer.
            let answered = turns.last?.role == .user ? turns.dropLast() : turns[...]
            let last = answered.lastIndex { $0.role == .user }.map { Array(turns[...$0]) } ?? []
            let before = try? await ContextPlanner(conversation, generator: generator).plan(last, summary: plan.summary)
            return RulerNumbers(plan, before: before)
        } catch let error as ContextError {
            return RulerNumbers(error)
        }
    }
}

extension RulerNumbers {
    /// - Parameter before: the plan of the last answer; `nil` if nothing is told of turns that leave.
    init(_ plan: ContextPlan, before: ContextPlan? = nil) {
        let ruler = plan.ruler
        let outsideBefore = before.map { Set($0.leftTurnIds) } ?? Set(plan.leftTurnIds)
        let summed = Set(plan.turnsToSummarize.map(\.id))
        let leaving = plan.leftTurnIds.filter { !outsideBefore.contains($0) || summed.contains($0) }
        self.init(
            system: (ruler?.systemTokens ?? 0) + (ruler?.exampleTokens ?? 0), pinned: ruler?.pinnedTokens ?? 0,
            summary: ruler?.summaryTokens ?? 0, turns: ruler?.turnTokens ?? 0, answer: ruler?.answerTokens ?? 0,
            length: ruler?.contextLength, isExact: ruler?.isExact ?? false,
            outside: plan.leftTurnIds.filter { !leaving.contains($0) }, leavingCount: leaving.count)
    }

    /// What does not fit.
    init(_ error: ContextError) {
        let size =
            switch error {
            case .refused(let size), .tooLong(let size, _): size
            }
        let about = size.isExact ? "" : "about "
        let help =
            switch error {
            case .refused: KeyHints.contextRuleBriefly
            case .tooLong: "shorten the words"
            }
        self.init(
            system: 0, turns: size.promptTokens, answer: size.answerTokens, length: size.contextLength,
            isExact: size.isExact,
            obstacle:
                "\(about)\(size.promptTokens) + \(size.answerTokens) tokens, of \(size.contextLength): too long · \(help)"
        )
    }
}

/// Where an answer stands, with its words in the store.
private struct AnswerPlace: Sendable {
    var conversation: Conversation
    /// The open branch.
    var turns: [Turn]
    /// The turns that were added to it.
    var added: [Turn] = []
    /// The turn of the answer.
    var answer: Int64
    var target: ChatAnswer.Target
    /// True if others have gone on from the place of the words since the screen was drawn.
    var isBranch = false
}

extension DraftStore {
    /// Keeps what an order for an answer brings: a new conversation, words, the turn of the answer.
    fileprivate func begin(_ request: AnswerRequest) throws -> AnswerPlace {
        var id = request.conversation.id
        var added: [Turn] = []
        let answer: Int64
        let target: ChatAnswer.Target
        var isBranch = false
        switch request.target {
        case .words(let words, let after):
            var parent = after.map { Turn(id: $0, role: .assistant, text: "", activeDraftId: request.followedDraft) }
            if id == 0 {
                id = try beginConversation(request.conversation).id
                parent = nil
                if let greeting = request.greeting {
                    let turn = try addTurn(Turn(conversationId: id, role: .assistant, text: greeting))
                    added.append(turn)
                    parent = turn
                }
            }
            if let after, request.conversation.id != 0 {
                let open = try branch(of: id).turns
                isBranch = open.last?.id != after && open.contains { $0.id == after }
            }
            let exchange = try addExchange(words, after: parent, in: id)
            added += [exchange.user, exchange.answer]
            answer = exchange.answer.id
            target = .answer(to: exchange.user.id)
        case .edited(let words, let turn):
            let edited = try edit(turn: turn, text: words)
            let reply = try addAnswer(to: edited.id)
            added = [edited, reply]
            answer = reply.id
            target = .answer(to: edited.id)
        case .again(let turn):
            let open = try turns(of: id, opening: turn)
            if open.first(where: { $0.id == turn })?.role == .user {
                let reply = try addAnswer(to: turn)
                if !open.contains(where: { $0.id == reply.id }) { added = [reply] }
                answer = reply.id
                target = .answer(to: turn)
            } else {
                answer = turn
                target = .another(turn)
            }
        case .more(let turn, let draft):
            _ = try turns(of: id, opening: turn)
            answer = turn
            target = .rest(of: draft, in: turn)
        }
        var turns = try openTurns(of: id)
        // Someone else may have opened another branch just now.
        if !turns.contains(where: { $0.id == answer }) { turns = try branch(of: id, endingAt: answer).turns }
        return AnswerPlace(
            conversation: try conversation(id: id), turns: turns, added: added, answer: answer, target: target,
            isBranch: isBranch)
    }

    /// Opens the branch of a turn unless it is open, or another one has newer words.
    fileprivate func open(turn: Int64, of conversationId: Int64) throws {
        let turns = try branch(of: conversationId).turns
        if !turns.contains(where: { $0.id == turn }), (turns.last?.id ?? 0) < turn { try choose(turn: turn) }
    }

    /// The open branch; if it does not have the turn, because another program has opened another one, that of the turn.
    private func turns(of id: Int64, opening turn: Int64) throws -> [Turn] {
        let open = try openTurns(of: id)
        if open.contains(where: { $0.id == turn }) { return open }
        try choose(turn: turn)
        return try openTurns(of: id)
    }
}
