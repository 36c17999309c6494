import Generation
import Text

// Words go out, answers come in.
// - Words leave the composer when they are sent, and stay in the session until the store has them. If nothing came of
//   them, they are in the composer again.
// - The conversation's own model writes; if another one is in use, it is opened first.

extension StudioState {
    // MARK: Orders

    static var stillWriting: String { "Still writing. \(KeyTable.label(.leaveComposer, in: .composer)) stops it." }

    /// Sends the words of the composer, or the turn under edit.
    mutating func sendWords() {
        guard let chat = draft.chat else { return }
        if let edit = chat.edit { return send(edit) }
        let words = chat.composer.text
        guard !chat.composer.isBlank else {
            return say("Write something first; \(KeyTable.label(.leaveComposer, in: .composer)) goes to the turns.")
        }
        order(.words(words, after: chat.isInStore ? chat.lastTurn?.turn.id : nil))
    }

    private mutating func send(_ edit: TurnEdit) {
        let text = edit.editor.text
        guard !edit.editor.isBlank else {
            return say("An empty turn cannot be kept. Write something, or leave the edit.")
        }
        guard edit.editor.isChanged else {
            draft.chat?.edit = nil
            return say("Nothing was changed")
        }
        if edit.role == .user { return order(.edited(text, turn: edit.turn)) }
        if let summary = edit.summary { return keepSummary(summary, text: text) }
        draft.chat?.edit = nil
        if draft.chat?.isInStore == false {
            // A greeting that was never sent: it is simply another one.
            draft.chat?.turns[0].change { $0.text = text }
            draft.chat?.conversation.persona.greetings = [text]
            draft.chat?.greetingIndex = 0
            return
        }
        change(.editAnswer(turn: edit.turn, text: text), done: "Your answer stands beside the model's")
    }

    mutating func answerAgain() {
        guard let chat = draft.chat, let turn = chat.selectedTurn?.turn, turn.id != 0 else { return }
        guard !chat.isGreeting(chat.selected) else {
            let next = KeyTable.label(.nextSwipe, in: .turns)
            return say(chat.greetingPlace == nil ? "A greeting answers nothing" : "\(next) shows another greeting")
        }
        if turn.role == .user {
            // Words in the middle have an answer already: another one is written beside it.
            let next = (draft.chat?.selected ?? 0) + 1
            if let answer = draft.chat?.turns.dropFirst(next).first?.turn { return order(.again(turn: answer.id)) }
        }
        order(.again(turn: turn.id))
    }

    mutating func continueAnswer() {
        guard let chat = draft.chat, let draftId = chat.activeDraft(ofTurn: chat.selected)?.id,
            let turn = chat.selectedTurn?.turn
        else { return }
        order(.more(turn: turn.id, draft: draftId))
    }

    /// Orders an answer; if the conversation's model is not the one in use, opens it first.
    private mutating func order(_ target: AnswerRequest.Target) {
        guard let chat = draft.chat else { return }
        guard draft.running == nil else {
            return say(StudioState.stillWriting)
        }
        guard pendingWrites.isEmpty || saveFailure != nil else {
            return say("Saving your last change. Try again at once.")
        }
        let model = chat.conversation.model
        if model.isEmpty { draft.chat?.conversation.model = modelOpenedAs ?? modelName }
        guard model.isEmpty || model == modelName || model == modelOpenedAs else {
            draft.chat?.waiting = target
            say("Opening \(model), which writes this conversation…")
            openingModel = model
            return ask(.useModel(name: model))
        }
        begin(target)
    }

    private mutating func begin(_ target: AnswerRequest.Target) {
        guard let chat = draft.chat else { return }
        let request = AnswerRequest(
            conversation: chat.conversation, greeting: chat.chosenGreeting, target: target,
            followedDraft: chat.isInStore ? chat.activeDraft(ofTurn: chat.turns.count - 1)?.id : nil, seed: chat.seed)
        let job = jobs.newNumber()
        draft.generations.append(
            OpenGeneration(key: job, request: studioRequest(for: request), modelName: modelName, createdAt: now))
        draft.running = RunningGeneration(job: job)
        draft.answer = RunningAnswer(
            job: job, conversationId: chat.conversation.id, turn: 0, request: request)
        showOrder(target)
        notice = nil
        waitingNotices = []
        saveSessionIfChanged()
        start(.answer(request), as: job)
    }

    /// The request as the generation on the screen has it.
    private func studioRequest(for request: AnswerRequest) -> StudioRequest {
        let settings = request.conversation.settings
        var words = ""
        switch request.target {
        case .words(let text, _), .edited(let text, _): words = text
        case .again, .more: break
        }
        var isContinuing = false
        if case .more = request.target { isContinuing = true }
        var sampling = settings.sampling
        sampling.bestOf = 0
        return StudioRequest(
            source: .freePrompt(text: words, raw: false), title: request.conversation.title,
            variantCount: isContinuing ? 1 : settings.variantCount.clamped(to: GenerationRequest.variantRange),
            sampling: sampling, limits: settings.limits, seed: request.seed)
    }

    /// Shows the turns of an order before the store has them.
    private mutating func showOrder(_ target: AnswerRequest.Target) {
        guard let chat = draft.chat else { return }
        switch target {
        case .words(let words, _):
            draft.chat?.sending = words
            draft.chat?.composer = TextEditor(isMultiline: true)
            draft.chat?.turns += [
                ShownTurn(Turn(role: .user, text: words)), ShownTurn(Turn(role: .assistant, text: "")),
            ]
        case .edited(let words, let turn):
            guard let index = chat.index(ofTurn: turn) else { return }
            draft.chat?.sending = words
            draft.chat?.edit = nil
            draft.chat?.turns.removeLast(chat.turns.count - index)
            draft.chat?.turns += [
                ShownTurn(Turn(role: .user, text: words)), ShownTurn(Turn(role: .assistant, text: "")),
            ]
        case .again(let turn), .more(let turn, _):
            guard let index = chat.index(ofTurn: turn) else { return }
            if chat.turns[index].turn.role == .user {
                draft.chat?.turns.append(ShownTurn(Turn(role: .assistant, text: "")))
            } else {
                // What follows stays in the branch that it belongs to.
                draft.chat?.turns.removeLast(chat.turns.count - index - 1)
                draft.answer?.turn = turn
            }
        }
        let last = (draft.chat?.turns.count ?? 1) - 1
        draft.chat?.selected = max(0, last)
        draft.chat?.following = .answer
    }

    // MARK: Answers of the job

    mutating func take(_ message: AnswerMessage, ofAnswer job: Int) {
        guard draft.answer?.job == job else { return }
        let before = draft.answer?.conversationId
        switch message {
        case .begun(let conversation, let added, let answer):
            draft.answer?.conversationId = conversation.id
            draft.answer?.turn = answer
            guard let chat = draft.chat, chat.conversation.id == before, chat.isInStore || chat.sending != nil else {
                // The conversation was left meanwhile, and the store has its words now.
                forgetSent(ofJob: job, conversation: conversation)
                return loadConversations()
            }
            if !chat.isInStore { keeping.unsent[chat.key] = nil }
            draft.chat?.conversation = conversation
            draft.chat?.sending = nil
            if case .words(let words, _)? = draft.answer?.request.target, chat.sending == nil,
                chat.composer.text == words
            {
                // It was left and opened again before the store had its words.
                draft.chat?.composer = TextEditor(isMultiline: true)
            }
            draft.chat?.add(added)
            if templates.selectedConversation == nil, focus == .draft {
                templates.selectedConversation = conversation.id
            }
            saveSessionIfChanged()
            loadConversations()
        case .planned(let ruler):
            draft.answer?.isSummarizing = false
            if draft.chat?.conversation.id == before { draft.chat?.ruler = ruler }
        case .summarizing: draft.answer?.isSummarizing = true
        }
    }

    private mutating func forgetSent(ofJob job: Int, conversation: Conversation) {
        guard let request = draft.answer?.request else { return }
        let key =
            request.conversation.id == 0
            ? ChatKey.persona(name: conversation.persona.name ?? "").text
            : ChatKey.conversation(uuid: conversation.uuid).text
        guard case .words(let words, _) = request.target, keeping.unsent[key]?[Form.promptField] == words else {
            return
        }
        keeping.unsent[key] = nil
    }

    /// Takes the end of an answer: its turns are read from the store, and if it never began, the words come back.
    mutating func endAnswer(_ job: Int, _ message: JobMessage) {
        endGeneration(job, message)
        guard var answer = draft.answer, answer.job == job else { return }
        if notice?.text == StudioState.stillWriting { notice = nil }
        answer.isEnded = true
        answer.isSummarizing = false
        draft.answer = answer
        let failure: String? = if case .failed(let sentence) = message { sentence } else { nil }
        if let failure, answer.turn != 0 { draft.chat?.failures[answer.turn] = failure }
        if answer.turn != 0, failure == nil { draft.chat?.failures[answer.turn] = nil }
        let isShown = draft.chat?.conversation.id == answer.conversationId
        if isShown { takeBack() }
        chooseWhatIsRead(of: answer)
        // A failure without any text stands in place of the text, so the status line need not cover the composer with it.
        let isBare = draft.generation(job)?.variants.allSatisfy(\.text.isEmpty) ?? false
        if isShown, isBare, let failure, notice?.text == failure, answer.turn != 0 { notice = nil }
        if draft.generation(job)?.notSaved == nil, answer.turn == 0 || !isShown { draft.answer = nil }
        if isShown, answer.conversationId != 0 {
            ask(
                .openConversation(
                    answer.turn == 0
                        ? .id(answer.conversationId) : .through(answer.turn, conversation: answer.conversationId)))
        }
        loadConversations()
    }

    /// If the reader looks at another answer than the first one that was written, makes it the one that counts.
    private mutating func chooseWhatIsRead(of answer: RunningAnswer) {
        guard let chat = draft.chat, chat.conversation.id == answer.conversationId, answer.turn != 0,
            let card = answer.looksAt, let index = chat.index(ofTurn: answer.turn),
            card != draft.firstWritten(ofTurn: index), let id = draft.draftId(ofTurn: index, card: card)
        else { return }
        change(.chooseDraft(id, turn: answer.turn), done: "Answer \(card + 1)")
    }

    /// Puts words that the store never got back into the composer.
    private mutating func takeBack() {
        guard let words = draft.chat?.sending else { return }
        draft.chat?.sending = nil
        // The words and the place of their answer, which only the screen has.
        let count = min(2, draft.chat?.turns.count ?? 0)
        draft.chat?.turns.removeLast(count)
        let typed = draft.chat?.composer.text ?? ""
        draft.chat?.composer.setText(typed.isEmpty ? words : words + "\n\n" + typed)
    }

    // MARK: The model

    /// Goes on with an order that waited for the conversation's model.
    mutating func takeChatModel() {
        guard let target = draft.chat?.waiting else { return }
        draft.chat?.waiting = nil
        begin(target)
    }

    /// Says that the conversation's model cannot be opened. The words stay in the composer.
    mutating func takeChatModelFailure(_ sentence: String) -> Bool {
        guard let chat = draft.chat, chat.waiting != nil else { return false }
        draft.chat?.waiting = nil
        say(
            "\(chat.conversation.model), which writes this conversation, cannot be opened. "
                + "\(label(.models)) chooses another one for it. \(sentence)", isFailure: true)
        return true
    }

    /// Gives the conversation that is shown the model in use.
    mutating func giveChatModel(_ name: String) {
        guard var conversation = draft.chat?.conversation, conversation.model != name else { return }
        conversation.model = name
        setConversation(conversation, done: "\(name) writes this conversation now")
    }
}
