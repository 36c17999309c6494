import Generation

// A conversation that other programs go on with meanwhile: the command line, another studio.
// - The branch and the answer on the screen stay those that this studio shows; a line says that there is a newer branch,
//   and a key shows it.
// - An answer that another program writes is shown as far as it is saved.

extension ChatPane {
    /// True if another program is writing the last answer.
    var isWrittenElsewhere: Bool { lastTurn?.turn.drafts.contains { $0.finishReason == nil } ?? false }

    /// The place of the branch that is shown.
    fileprivate var place: ConversationPlace {
        guard let last = turns.last(where: { $0.turn.id != 0 })?.turn.id else { return .id(conversation.id) }
        return .through(last, conversation: conversation.id)
    }
}

extension StudioState {
    private static let lookSeconds = 0.5

    /// True if it is looked often how far another program's answer has come.
    var watchesAnswer: Bool { draft.answer == nil && draft.chat?.isWrittenElsewhere == true }

    mutating func watchAnswer() {
        let time = now
        guard watchesAnswer, let last = draft.chat?.lastLook, abs(time - last) >= StudioState.lookSeconds else {
            return
        }
        draft.chat?.lastLook = time
        refreshChat()
    }

    /// Asks for the turns again that the store has by now. While an answer is written, its end asks.
    /// - Parameter toOpenBranch: true if this studio has opened the branch that is open now.
    mutating func refreshChat(toOpenBranch: Bool = false) {
        guard let chat = draft.chat, chat.isInStore, !isAnswering else { return }
        let place = toOpenBranch ? .id(chat.conversation.id) : chat.place
        if !effects.contains(.openConversation(place)) { ask(.openConversation(place)) }
    }

    /// Takes the turns of the store.
    /// - Parameter hasWritten: true if this studio has written an answer of the branch since.
    mutating func takeBranch(_ branch: ConversationBranch, at place: ConversationPlace, hasWritten: Bool) {
        guard let chat = draft.chat else { return }
        var branch = branch
        var isElsewhere = !branch.isOpen
        if case .through = place, !hasWritten, let last = branch.turns.indices.last,
            let shown = chat.turns.last?.turn, shown.id == branch.turns[last].id,
            let active = shown.activeDraftId, active != branch.turns[last].activeDraftId,
            branch.turns[last].drafts.contains(where: { $0.id == active })
        {
            // Another program has chosen or written another answer.
            branch.turns[last].activeDraftId = active
            isElsewhere = true
        }
        draft.chat?.take(branch)
        draft.chat?.isOpenElsewhere = isElsewhere
        if isElsewhere, !chat.isOpenElsewhere { say("\(StudioState.wentOn); \(showsIt)") }
    }

    private static let wentOn = "The conversation went on elsewhere"

    private var showsIt: String { "\(draft.turnKey(.showOpenBranch)) shows it" }

    /// The words in the status line while another branch is the open one.
    var elsewhereText: String? {
        draft.chat?.isOpenElsewhere == true ? "\(StudioState.wentOn): \(showsIt)" : nil
    }

    /// Shows the branch that another program has gone on with.
    mutating func showOpenBranch() {
        guard let chat = draft.chat, chat.isOpenElsewhere, !isAnswering else { return }
        draft.chat?.following = .end
        draft.chat?.selected = max(0, chat.turns.count - 1)
        refreshChat(toOpenBranch: true)
    }
}
