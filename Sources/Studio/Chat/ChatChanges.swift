import Generation

// Changes of a conversation: other drafts and siblings, edits, pins, stars, the trash, model, settings.
// - Each goes through `write`; what it does to the branch is read again when the store has it.
// - A draft at the end of the branch is chosen on the screen at once, because nothing follows it.

extension StudioState {
    /// Asks for a change of the conversation that is shown.
    mutating func change(_ change: ConversationChange, done: String) {
        guard let chat = draft.chat, chat.isInStore else { return }
        write(.conversation(chat.conversation.id, change), done: done)
    }

    /// Gives the conversation that is shown another model or settings.
    mutating func setConversation(_ conversation: Conversation, done: String) {
        draft.chat?.conversation = conversation
        if conversation.id == 0 { say(done) } else { change(.update(conversation), done: done) }
    }

    /// A change of a conversation is in the store.
    mutating func confirm(_ changed: ConversationChange, of id: Int64) {
        if draft.chat?.conversation.id == id, changed != .trash {
            refreshChat(toOpenBranch: changed.opensBranch)
        }
        loadConversations()
    }

    /// True while an answer of the conversation that is shown is written.
    var isAnswering: Bool {
        guard let chat = draft.chat, let answer = draft.answer else { return false }
        return !answer.isEnded && answer.conversationId == chat.conversation.id
    }

    /// True if an action on turns can be carried out now.
    func canInChat(_ action: Action) -> Bool {
        guard let chat = draft.chat, let turn = chat.selectedTurn?.turn else { return false }
        if chat.selectedSummary != nil { return canOnSummary(action) }
        let isWritten =
            draft.writtenGeneration(ofTurn: chat.selected) != nil
            || chat.activeDraft(ofTurn: chat.selected)?.finishReason == nil && !turn.drafts.isEmpty
        switch action {
        case .answerAgain: return draft.running == nil && turn.id != 0 && !chat.isGreeting(chat.selected)
        case .continueAnswer:
            let text = chat.activeDraft(ofTurn: chat.selected)?.text ?? ""
            return draft.running == nil && !isWritten && !text.isEmpty
        case .editTurn: return !isWritten && (turn.id != 0 || turn.role == .assistant)
        case .branchHere, .branchToNew, .pinTurn: return turn.id != 0 && !isWritten
        case .trashTurn: return turn.id != 0 && draft.running == nil
        case .showPrompt, .star: return !isWritten && chat.activeDraft(ofTurn: chat.selected) != nil
        case .toggleThoughts:
            let cards = draft.chatCards(ofTurn: chat.selected)
            let active = draft.chatActive(ofTurn: chat.selected)
            return cards.indices.contains(active) && cards[active].thoughts != nil
        case .editLastWords:
            return draft.running == nil && chat.turns.contains { $0.turn.role == .user && $0.turn.id != 0 }
        default: return true
        }
    }

    // MARK: Drafts and siblings

    mutating func swipe(by step: Int) {
        guard let chat = draft.chat, let turn = chat.selectedTurn?.turn else { return }
        let index = chat.selected
        if let generation = draft.writtenGeneration(ofTurn: index) {
            // While they are written, only the eye moves; the end chooses what it rests on.
            let last = max(0, draft.chatCards(ofTurn: index).count - 1)
            let card = (draft.chatActive(ofTurn: index) + step).clamped(to: 0...last)
            draft.answer?.looksAt = card
            let first = draft.firstWritten(ofTurn: index)
            if card >= first { draft.change(generation.key) { $0.selected = card - first } }
            return
        }
        guard !isAnswering else {
            return say(StudioState.stillWriting)
        }
        guard let swipe = chat.swipe(ofTurn: index) else {
            return say(
                turn.role == .user
                    ? "These words are the only ones here; \(KeyTable.label(.editTurn, in: .turns)) writes others beside them"
                    : "This is the only answer; \(KeyTable.label(.answerAgain, in: .turns)) writes another one")
        }
        let next = swipe.place + step
        guard (0..<swipe.count).contains(next) else { return }
        if turn.drafts.count > 1 {
            let id = turn.drafts[next].id
            let isLast = index == chat.turns.count - 1
            if isLast { draft.chat?.turns[index].change { $0.activeDraftId = id } }
            change(.chooseDraft(id, turn: turn.id), done: "Answer \(next + 1) of \(swipe.count)")
        } else if index == 0, chat.greetingPlace != nil {
            swipeGreeting(by: step)
        } else if !chat.isInStore {
            draft.chat?.greetingIndex = next
            draft.chat?.turns[index].height = nil
        } else {
            change(.chooseTurn(turn.siblingIds[next]), done: "\(next + 1) of \(swipe.count)")
        }
    }

    // MARK: Editing

    /// Opens the selected turn in the composer's place.
    mutating func editTurn() {
        guard let chat = draft.chat, chat.edit == nil, let turn = chat.selectedTurn?.turn,
            draft.writtenGeneration(ofTurn: chat.selected) == nil
        else { return }
        focus = .draft
        draft.chat?.edit = TurnEdit(
            turn: turn.id, role: turn.role, editor: TextEditor(chat.text(ofTurn: chat.selected), isMultiline: true))
    }

    /// Opens the newest words of the user for an edit.
    mutating func editLastWords() {
        guard let index = draft.chat?.turns.lastIndex(where: { $0.turn.role == .user }) else { return }
        draft.showTurn(index, in: surroundings(of: .draft))
        editTurn()
    }

    /// Leaves the edit, or the composer for the turns.
    mutating func leaveComposer() {
        guard let chat = draft.chat else { return }
        guard let edit = chat.edit else {
            if isAnswering { return stop() }
            if chat.turns.isEmpty { focus = .templates } else { draft.chat?.part = .turns }
            return
        }
        guard edit.editor.isChanged else {
            draft.chat?.edit = nil
            return
        }
        confirm(
            "Leave the edit",
            edit.summary == nil ? "The edit of this turn is not sent." : "The edit of this summary is not saved.",
            .init(key: "s", title: edit.role == .user ? "Send" : "Keep", answer: .perform(.send)),
            .init(key: "d", title: "Discard", answer: .discardTurnEdit),
            .init(key: "c", title: "Cancel"))
    }

    mutating func editWordsExternally() {
        guard let chat = draft.chat, !isWaitingForEditor() else { return }
        let text = chat.edit?.editor.text ?? chat.composer.text
        ask(.openEditor(.words(key: chat.key, isEdit: chat.edit != nil), text: text))
    }

    /// Puts a text from an editor into the composer, or where it waits for its conversation.
    mutating func placeWords(_ text: String, key: String, isEdit: Bool) {
        guard let chat = draft.chat, chat.key == key, (chat.edit != nil) == isEdit else {
            if isEdit { return keeping.keep(.loose(text)) }
            return keeping.keep(KeptText(.form(key: key, values: [Form.promptField: text], isRaw: false)))
        }
        if isEdit { draft.chat?.edit?.editor.setText(text) } else { draft.chat?.composer.setText(text) }
    }

    // MARK: Marks

    mutating func pinTurn() {
        guard let chat = draft.chat, let turn = chat.selectedTurn?.turn, turn.id != 0 else { return }
        let isPinned = !turn.isPinned
        draft.chat?.turns[chat.selected].change { $0.isPinned = isPinned }
        change(
            .pin(turn: turn.id, isPinned),
            done: isPinned ? "Pinned: it stays in the context" : "No longer pinned")
    }

    mutating func starAnswer() {
        guard let chat = draft.chat, let saved = chat.activeDraft(ofTurn: chat.selected) else { return }
        draft.undoSteps.append(
            .starAnswer(draft: saved.id, was: saved.starred, conversation: chat.conversation.id))
        setAnswerStar(!saved.starred, draftId: saved.id)
    }

    mutating func setAnswerStar(_ starred: Bool, draftId: Int64) {
        if let index = draft.chat?.turns.lastIndex(where: { $0.turn.drafts.contains { $0.id == draftId } }) {
            draft.chat?.turns[index].change { turn in
                for place in turn.drafts.indices where turn.drafts[place].id == draftId {
                    turn.drafts[place].starred = starred
                }
            }
        }
        write(
            .star(draftId: draftId, starred),
            done: starred ? "The answer is starred" : "The answer is no longer starred")
    }

    // MARK: Trash

    mutating func trashTurn() {
        guard let chat = draft.chat, let turn = chat.selectedTurn?.turn, turn.id != 0, draft.running == nil else {
            return
        }
        let count = chat.turns.count - chat.selected
        draft.undoSteps.append(.trashTurns(from: turn.id, conversation: chat.conversation.id))
        let undo = KeyTable.label(.undo, in: .turns)
        change(
            .trashTurns(from: turn.id),
            done: count == 1
                ? "The turn is in the trash; \(undo) undoes it"
                : "The turn and the \(count - 1) after it are in the trash; \(undo) undoes it")
    }

    mutating func trashConversation() {
        guard let entry = conversationToTrash else { return }
        trashConversation(entry.id, title: entry.title)
    }

    mutating func trashConversation(_ id: Int64, title: String) {
        if draft.answer?.conversationId == id, draft.running != nil {
            return say("Its answer is being written. Stop it first.", isFailure: true)
        }
        let title = title.isEmpty ? "The conversation" : clipped(title, columns: 40)
        draft.undoSteps.append(.trashConversation(id: id, title: title))
        write(
            .conversation(id, .trash),
            done: "\(title) is in the trash; \(KeyTable.label(.undo, in: .turns)) undoes it")
        templates.remove(id)
        if draft.chat?.conversation.id == id {
            stashChat()
            if focus == .draft { focus = .templates }
        }
    }

    /// The conversation that is selected in the list, else the one that is shown.
    var conversationToTrash: Conversation? {
        if focus == .templates { return templates.inTrash ? nil : templates.selectedEntry?.conversation }
        return draft.chat.flatMap { $0.isInStore ? $0.conversation : nil }
    }

    // MARK: Rule, parameters

    mutating func openContextRules() {
        guard let chat = draft.chat else { return }
        let rows = ContextRule.allCases.map { rule in
            ListDialog.Row(title: rule.title, detail: rule.detail, choice: .setContextRule(rule))
        }
        dialog = ListDialog(
            .choices, title: "If the turns do not fit into the context", rows: rows,
            selected: ContextRule.allCases.firstIndex(of: chat.conversation.settings.contextRule))
    }

    mutating func setContextRule(_ rule: ContextRule) {
        guard var conversation = draft.chat?.conversation, conversation.settings.contextRule != rule else { return }
        conversation.settings.contextRule = rule
        setConversation(conversation, done: "If they do not fit: \(rule.title.lowercased())")
    }

    mutating func setChatParameters(_ parameters: FormParameters) {
        guard var conversation = draft.chat?.conversation else { return }
        draft.chat?.seed = parameters.seed
        conversation.settings.sampling = parameters.sampling
        conversation.settings.variantCount = parameters.variantCount
        guard conversation != draft.chat?.conversation else { return }
        setConversation(conversation, done: "The next answers are written with these parameters")
    }

    // MARK: Reading

    mutating func copyTurn() {
        guard let chat = draft.chat, chat.turns.indices.contains(chat.selected) else { return }
        let cards = draft.chatCards(ofTurn: chat.selected)
        let active = draft.chatActive(ofTurn: chat.selected)
        let text = cards.indices.contains(active) ? cards[active].text : chat.text(ofTurn: chat.selected)
        guard !text.isEmpty else { return say("This turn has no text to copy") }
        ask(.copy(text))
        sayCopying("The turn is copied, \(text.count) characters")
    }

    mutating func toggleTurnThoughts() {
        guard let chat = draft.chat else { return }
        let active = draft.chatActive(ofTurn: chat.selected)
        let first = draft.firstWritten(ofTurn: chat.selected)
        if let generation = draft.writtenGeneration(ofTurn: chat.selected), active >= first {
            return draft.change(generation.key) { $0.variants[active - first].showsThoughts.toggle() }
        }
        draft.chat?.turns[chat.selected].changeCard(active) { $0.showsThoughts.toggle() }
    }

    /// Shows the exact prompt of the selected answer, which is read from the store.
    mutating func showPrompt() {
        guard let chat = draft.chat, let saved = chat.activeDraft(ofTurn: chat.selected) else { return }
        askForPrompt(of: saved)
    }

    mutating func askForPrompt(of saved: SavedDraft) {
        draft.chat?.awaitedPrompt = saved.generationId
        ask(.openGeneration(id: saved.generationId))
    }

    /// - Returns: false if the generation was not asked for because of its prompt.
    mutating func takePrompt(_ saved: SavedGeneration) -> Bool {
        guard draft.chat?.awaitedPrompt == saved.id else { return false }
        draft.chat?.awaitedPrompt = nil
        let lines = [
            "Model: \(onOneLine(saved.model.name))", "Seed: \(saved.seed)",
            "Tokens written: \(saved.drafts.map(\.tokenCount).reduce(0) { $0.addingReportingOverflow($1).partialValue })",
            "", saved.relation == .edit ? "You wrote this text yourself." : saved.prompt,
        ]
        let what = saved.turnId == nil ? "summary" : "answer"
        dialog = MessageDialog(title: "The exact prompt of this \(what)", text: lines.joined(separator: "\n"))
        return true
    }
}

extension ContextRule {
    var title: String {
        switch self {
        case .leaveOut: "Leave out the oldest"
        case .summarize: "Sum up the oldest"
        case .refuse: "Send nothing"
        }
    }

    fileprivate var detail: String {
        switch self {
        case .leaveOut: "pinned turns stay"
        case .summarize: "the summary can be edited"
        case .refuse: "and say how much is too much"
        }
    }
}
