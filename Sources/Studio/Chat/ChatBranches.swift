import Generation

// Branches of a conversation: within it, into a new conversation, and by another greeting.
// - A conversation that begins as a branch has copies of the turns, so each of the two goes on by itself.

extension StudioState {
    mutating func branchHere() {
        guard let chat = draft.chat, let turn = chat.selectedTurn?.turn, turn.id != 0 else { return }
        guard chat.selected < chat.turns.count - 1 else {
            draft.chat?.part = .composer
            return say("Nothing follows this turn: the next words go on here")
        }
        let after = chat.turns.count - chat.selected - 1
        draft.chat?.part = .composer
        change(
            .branch(at: turn.id),
            done:
                "The next words begin a branch; the \(after) \(after == 1 ? "turn" : "turns") after it stay in the other"
        )
    }

    // MARK: A new conversation

    mutating func branchIntoNewConversation() {
        guard canInChat(.branchToNew), let chat = draft.chat, let turn = chat.selectedTurn?.turn else { return }
        let title = StudioState.branchTitle(of: chat.title, turn: chat.selected + 1)
        write(
            .copyBranch(at: turn.id, of: chat.conversation.id, title: title),
            done: "A new conversation begins here; the other one stays as it is")
    }

    /// `From turn 3: The inn at night`; of a branch of a branch, only the last turn is told. The turn comes first, because
    /// a long title is cut at its end.
    static func branchTitle(of title: String, turn: Int) -> String {
        let (mark, colon) = ("From turn ", ": ")
        var origin = title[...]
        if title.hasPrefix(mark) {
            let rest = title.dropFirst(mark.count)
            let behind = rest.drop { $0.isNumber }
            if behind.count < rest.count, behind.hasPrefix(colon) { origin = behind.dropFirst(colon.count) }
        }
        return "\(mark)\(turn)\(colon)\(origin)"
    }

    /// The store has the new conversation: it opens, unless the writer has gone elsewhere.
    mutating func takeBranch(_ conversation: Conversation, operation: Int) {
        let pending = pendingWrites.first { $0.operation == operation && $0.isSent }
        confirmWrite(operation)
        guard case .copyBranch(_, let origin, _)? = pending?.write else { return }
        draft.undoSteps.append(.newBranch(conversation: conversation.id, from: origin))
        loadConversations()
        guard draft.chat?.conversation.id == origin, draft.chat?.edit == nil else { return }
        openConversation(.id(conversation.id))
    }

    /// Takes a conversation that began as a branch away again, and goes back to the one it came from.
    mutating func undoBranch(_ conversation: Int64, from origin: Int64) {
        write(.conversation(conversation, .trash), done: "The new conversation is in the trash")
        guard draft.chat?.conversation.id == conversation else { return }
        openConversation(.id(origin))
    }

    // MARK: Greetings

    /// Shows the greeting before or after the one that the conversation begins with, with what followed it; one that was
    /// never used begins a branch.
    mutating func swipeGreeting(by step: Int) {
        guard let chat = draft.chat, let place = chat.greetingPlace else { return }
        let greetings = chat.storedGreetings
        let next = place + step
        guard greetings.indices.contains(next) else { return }
        let done = "Greeting \(next + 1) of \(greetings.count)"
        switch greetings[next] {
        case .turn(let id): change(.chooseTurn(id), done: done)
        case .text(let text): change(.addGreeting(text), done: "\(done) begins a branch")
        }
    }
}

/// A greeting that a conversation of the store may begin with.
enum StoredGreeting: Sendable, Hashable {
    /// The first turn of a branch.
    case turn(Int64)
    /// One that the persona has and no branch begins with.
    case text(String)
}

extension ChatPane {
    /// The greetings of the persona in their order, then those that were edited; empty if the conversation does not begin
    /// with a greeting.
    var storedGreetings: [StoredGreeting] {
        guard isInStore, let first = turns.first?.turn, first.role == .assistant, first.drafts.isEmpty else {
            return []
        }
        var left = openings
        left[first.id] = first.text
        var greetings = conversation.persona.greetings.map { text -> StoredGreeting in
            // Byte by byte: strings compare by canonical equivalence.
            let ids = left.filter { $0.value.utf8.elementsEqual(text.utf8) }.keys
            guard let id = ids.contains(first.id) ? first.id : ids.min() else { return .text(text) }
            for id in ids { left[id] = nil }
            return .turn(id)
        }
        greetings += left.keys.sorted().map(StoredGreeting.turn)
        return greetings
    }

    /// The place of the greeting that is shown among them; `nil` if there is no other one.
    var greetingPlace: Int? {
        let greetings = storedGreetings
        guard greetings.count > 1, let id = turns.first?.turn.id else { return nil }
        return greetings.firstIndex(of: .turn(id))
    }
}
