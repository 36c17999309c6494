// Changes of a conversation that is held, and ways through its tree.

import Export
import Generation
import Store

extension ChatTalk {
    /// Changes what the conversation keeps besides its turns.
    func change(_ change: (inout Conversation) -> Void) throws {
        var changed = conversation
        change(&changed)
        if changed.id != 0 { try store.update(changed) }
        conversation = changed
    }

    /// - Returns: the turn with the new text.
    func edit(_ turn: Turn, text: String) throws -> Turn {
        let edited = try store.edit(turn: turn.id, text: text)
        try reload(endingAt: edited.id, draft: edited.activeDraftId)
        return edited
    }

    /// Takes back an edit that was not sent, and opens what was there.
    func takeBack(_ edited: Turn, of turn: Turn, openedAt end: Int64?) throws {
        guard edited.id != turn.id else { return }
        try store.trashTurns(from: edited.id)
        try store.choose(turn: turn.id)
        try reload(endingAt: end ?? turn.id)
    }

    func pin(_ turn: Turn) throws {
        try store.pin(turn: turn.id, !turn.isPinned)
        guard let index = turns.firstIndex(where: { $0.id == turn.id }) else { return }
        branch.turns[index].isPinned.toggle()
    }

    // MARK: Branches

    func branch(at turn: Turn) throws {
        try store.branch(at: turn.id)
        try reload(endingAt: turn.id, draft: turn.activeDraftId)
    }

    /// Goes back before the first words: what is said next begins a branch of its own. Until then the store has the open
    /// branch as it was.
    func branchAtBeginning() { branch.turns = [] }

    /// The last turns of all branches, the oldest first.
    func branchEnds() throws -> [BranchEnd] {
        guard !isNew else { return [] }
        return BranchEnd.all(of: try store.allTurns(of: conversation.id))
    }

    /// Opens the branch that ends with a turn.
    func open(branch end: BranchEnd) throws {
        try store.choose(turn: end.turn.id)
        try takeOpenBranch()
    }

    private func takeOpenBranch() throws {
        conversation = try store.conversation(id: conversation.id)
        branch = try store.branch(of: conversation.id)
    }

    // MARK: Versions

    /// The versions of a turn: the drafts of an answer, the edits of other words, the greetings of a persona.
    func versions(of turn: Turn) throws -> TurnVersions {
        if turn.drafts.count > 1 || turn.role == .assistant && !turn.drafts.isEmpty {
            let active = turn.drafts.firstIndex { $0.id == turn.activeDraftId } ?? 0
            return TurnVersions(texts: turn.drafts.map(\.text), current: active, kind: .drafts(turn.drafts.map(\.id)))
        }
        var ids: [Int64?] = turn.siblingIds
        let known = try store.words(ofTurns: turn.siblingIds)
        var texts = turn.siblingIds.map { known[$0] ?? "" }
        if turn.role == .assistant, turn.parentTurnId == nil {
            for greeting in conversation.persona.greetings where !texts.contains(greeting) {
                ids.append(nil)
                texts.append(greeting)
            }
        }
        return TurnVersions(texts: texts, current: ids.firstIndex(of: turn.id) ?? 0, kind: .turns(ids))
    }

    /// Opens a version of a turn, and the newest turns that follow it.
    func choose(_ index: Int, of versions: TurnVersions, turn: Turn) throws {
        switch versions.kind {
        case .drafts(let ids): try store.choose(draft: ids[index], of: turn.id)
        case .turns(let ids):
            if let id = ids[index] {
                try store.choose(turn: id)
            } else {
                _ = try store.addTurn(
                    Turn(conversationId: conversation.id, role: .assistant, text: versions.texts[index]))
            }
        }
        try takeOpenBranch()
    }
}

/// The texts that may stand at the place of a turn.
struct TurnVersions {
    enum Kind {
        case drafts([Int64])
        /// `nil` for a greeting that is not a turn yet.
        case turns([Int64?])
    }

    var texts: [String]
    /// The place of the one that is open.
    var current: Int
    var kind: Kind
}
