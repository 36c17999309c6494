// Conversations for the studio: lists, the open branch, personas that are filled in, changes of the store.

import Export
import Generation
import Store
import Studio
import Synchronization
import Templates

extension EffectRunner {
    func loadConversations(_ request: ConversationsRequest) {
        inBackground(on: reads) { [store] in
            .conversationsListed(
                request,
                try store.conversations(limit: request.limit, query: request.query, inTrash: request.inTrash))
        } failed: {
            .conversationsFailed(request, sentence: $0)
        }
    }

    func openConversation(_ place: ConversationPlace) {
        inBackground(on: reads) { [store, openBranch] in
            do {
                guard let branch = try store.branch(at: place) else {
                    return .conversationNotOpened(
                        place, isGone: true, sentence: "This conversation is no longer in the store.")
                }
                openBranch.keep(branch)
                return .conversationOpened(place, branch)
            } catch let error as StoreError {
                guard case .missingConversation = error else { throw error }
                return .conversationNotOpened(place, isGone: true, sentence: StudioHints.sentence(of: error))
            }
        } failed: {
            .conversationNotOpened(place, isGone: false, sentence: $0)
        }
    }

    /// Fills a persona in for a conversation that the store does not have yet.
    func preparePersona(_ name: String, _ fields: [String: String]) {
        let library = shared.templateLibrary
        let base = shared.samplingSettings(forModel: modelInUse, author: authorInUse).options
        inBackground(on: files) {
            let template = try library.persona(named: name)
            return .personaPrepared(
                name: name,
                Conversation(
                    persona: try template.persona(values: fields), fields: fields, model: "",
                    settings: template.conversationSettings(over: base)))
        } failed: {
            .personaNotPrepared(name: name, sentence: $0)
        }
    }
}

/// The branch that was read last.
final class OpenBranch: Sendable {
    private let branch = Mutex<ConversationBranch?>(nil)

    func keep(_ fresh: ConversationBranch) { branch.withLock { $0 = fresh } }

    /// The turns of a conversation's open branch; `nil` if they have to be read.
    func turns(of conversation: Conversation) -> [Turn]? {
        branch.withLock { known in
            // Any turn that is added, chosen or edited gives the conversation another time or another head.
            guard let known, known.conversation.id == conversation.id,
                known.conversation.updatedAt == conversation.updatedAt,
                known.conversation.headTurnId == conversation.headTurnId
            else { return nil }
            return known.turns
        }
    }
}

extension DraftStore {
    /// A conversation with its open branch.
    /// - Returns: `nil` if it is not there, or in the trash.
    func branch(at place: ConversationPlace) throws -> ConversationBranch? {
        var id: Int64?
        var shown: Int64?
        switch place {
        case .id(let known), .summary(_, let known): id = known
        case .uuid(let uuid): id = try conversationId(named: uuid)
        case .turn(let turn, let known):
            id = known
            // A turn that was found may stand in another branch.
            if try !openTurns(of: known).contains(where: { $0.id == turn }) { try choose(turn: turn) }
        case .through(let turn, let known): (id, shown) = (known, turn)
        }
        guard let id else { return nil }
        let conversation = try conversation(id: id)
        guard conversation.deletedAt == nil else { return nil }
        var (turns, isOpen) = try turns(of: id, through: shown)
        let isRunning = turns.last?.drafts.contains { $0.finishReason == nil } == true
        // If the program that wrote the answer has died, it is interrupted, and nobody else may notice.
        if isRunning, try !interruptDead().isEmpty { (turns, isOpen) = try self.turns(of: id, through: shown) }
        return ConversationBranch(
            conversation: conversation, turns: turns, summaries: try summaries(of: turns),
            openings: try openings(of: turns), isOpen: isOpen)
    }

    private func turns(of id: Int64, through shown: Int64?) throws -> (turns: [Turn], isOpen: Bool) {
        let open = try openTurns(of: id)
        guard let shown, !open.contains(where: { $0.id == shown }), let turns = try turns(of: id, to: shown) else {
            return (open, true)
        }
        return (turns, false)
    }

    private func summaries(of turns: [Turn]) throws -> [Int64: TurnSummary] {
        var summaries: [Int64: TurnSummary] = [:]
        for turn in turns {
            guard let id = turn.summaryDraftId else { continue }
            let versions = try summaryVersions(of: id)
            // One in the trash does not go to the model.
            guard versions.contains(where: { $0.id == id && $0.deletedAt == nil }) else { continue }
            summaries[turn.id] = TurnSummary(versions: versions, activeId: id)
        }
        return summaries
    }

    /// The texts of the turns that may stand in place of a greeting; none if there is only one.
    private func openings(of turns: [Turn]) throws -> [Int64: String] {
        guard let first = turns.first, first.role == .assistant, first.drafts.isEmpty, first.siblingIds.count > 1 else {
            return [:]
        }
        return try texts(ofTurns: first.siblingIds)
    }

    func make(_ change: ConversationChange, of id: Int64) throws {
        switch change {
        case .chooseDraft(let draft, let turn): try choose(draft: draft, of: turn)
        case .chooseTurn(let turn): try choose(turn: turn)
        case .editAnswer(let turn, let text): _ = try edit(turn: turn, text: text)
        case .branch(let turn): try branch(at: turn)
        case .pin(let turn, let isPinned): try pin(turn: turn, isPinned)
        case .trashTurns(let turn): try trashTurns(from: turn)
        case .restoreTurns(let turn): try restoreTurns(from: turn)
        case .addGreeting(let text):
            _ = try addTurn(Turn(conversationId: id, role: .assistant, text: text))
        case .setSummary(let turn, let draft): try setSummary(turn: turn, draft: draft)
        case .retitle(let title):
            var conversation = try conversation(id: id)
            conversation.title = title
            try update(conversation)
        case .update(let conversation): try update(conversation)
        case .trash: _ = try trashConversations([id])
        case .restore: try restoreConversations([id])
        }
    }

    /// Writes a conversation to a file: its open branch, or in JSON all of it.
    func exportConversation(_ id: Int64, _ request: ExportRequest, path: String) throws -> JobResult {
        let format = request.format
        guard ConversationExport.formats.contains(format) else {
            let formats = ConversationExport.formats.map(\.title).joined(separator: ", ")
            throw Failure("A conversation cannot be written as \(format.title). It can be written as \(formats).")
        }
        let turns = ConversationExport.holdsAllTurns(format) ? try allTurns(of: id) : try openTurns(of: id)
        var generations: [SavedGeneration] = []
        if ConversationExport.holdsAllTurns(format) {
            for generation in Set(turns.flatMap(\.drafts).map(\.generationId)).sorted() {
                if let saved = try self.generation(id: generation) { generations.append(saved) }
            }
        }
        let contents = ConversationContents(
            conversation: try conversation(id: id), turns: turns, generations: generations)
        do {
            try ExportFile.write(to: path, force: request.overwrite) { output in
                try ConversationExport.write(
                    count: 1, as: format, options: ExportOptions(request.content), reading: { _ in contents },
                    to: output)
            }
        } catch ExportError.exists where !request.overwrite {
            return .fileExists
        }
        return .exported(path: request.path, draftCount: turns.count)
    }
}
