import Generation

// The routing of messages: each goes to one function of the pane or part that it concerns.

/// Takes one message into the state.
/// - Returns: the effects to carry out, in their order.
public func update(_ state: inout StudioState, _ message: StudioMessage) -> [StudioEffect] {
    state.effects = []
    if case .tick = message {
    } else {
        state.keeping.sessionMayDiffer = true
        state.memory.mayDiffer = state.memory.isLoaded
    }
    state.take(message)
    state.settle()
    let effects = state.effects
    state.effects = []
    return effects
}

extension StudioState {
    mutating func ask(_ effect: StudioEffect) { effects.append(effect) }

    mutating func say(_ text: String, isFailure: Bool = false) {
        // A failure has to be read and acted upon; a glance at a confirmation is enough.
        notice = Notice(text: text, isFailure: isFailure, until: now + (isFailure ? 20 : 5))
    }

    mutating func take(_ message: StudioMessage) {
        switch message {
        case .key(let key): press(key)
        case .resized(let newSize): size = newSize
        case .tick(let time): tick(time)
        case .terminated: finish()
        case .templatesLoaded(let items): takeTemplates(items)
        case .freePromptSampling(let sampling): takeFreePromptSampling(sampling)
        case .sessionRestored(let session, let problems): restore(session, problems: problems)
        case .sessionNotSaved(let sentence): takeSessionFailure(sentence)
        case .sessionSaved:
            keeping.sessionFailure = nil
            sayRecovered(
                notice?.recovered.isEmpty == false ? "your unsent text is kept again" : "Your unsent text is kept again"
            )
        case .choicesRemembered(let choices): takeChoices(choices)
        case .modelsListed(let items, let servers): takeModels(items, servers: servers)
        case .serverAnswered(let name, let answer): takeAnswer(answer, ofServer: name)
        case .offersListed(let offers): takeOffers(offers)
        case .modelsFound(let words, let offers): takeFound(offers, for: words)
        case .searchFailed(let words, let sentence): takeSearchFailure(sentence, for: words)
        case .downloadPlanned(let plan): takePlan(plan)
        case .downloadNotPlanned(let reference, let sentence): takePlanFailure(sentence, for: reference)
        case .runsSeen(let items, let details): takeRuns(items, details: details)
        case .learningsSeen(let items, let offer): takeLearnings(items, offer: offer)
        case .learningBegan: takeLearningBegin()
        case .learningNotBegun(let sentence): refuseLearning(sentence)
        case .comparisonOpened(let pairs): takeComparison(pairs)
        case .pairAnswered(let name, let count, let next): takeAnswer(ofPairIn: name, answeredCount: count, next: next)
        case .pairNotAnswered(let name, let sentence): refuseAnswer(ofPairIn: name, sentence)
        case .learnedTurned(let sentence, let model): takeTurn(sentence, model: model)
        case .learnedNotTurned(let sentence): refuseTurn(sentence)
        case .modelReady(let name, _, let openedAs): takeModel(name, openedAs: openedAs)
        case .modelFailed(let sentence): takeModelFailure(sentence)
        case .job(let number, let message): take(message, ofJob: number)
        case .generation(let job, let message): take(message, ofGeneration: job)
        case .answer(let job, let message): take(message, ofAnswer: job)
        case .conversationsListed(let request, let entries): takeConversations(entries, for: request)
        case .conversationsFailed(let request, let sentence): takeConversationsFailure(sentence, for: request)
        case .conversationOpened(let place, let branch): takeConversation(branch, at: place)
        case .conversationNotOpened(let place, let isGone, let sentence):
            takeConversationFailure(place, isGone: isGone, sentence: sentence)
        case .personaPrepared(let name, let conversation): takePersona(name, conversation)
        case .personaNotPrepared(let name, let sentence): takePersonaFailure(name, sentence: sentence)
        case .contextPlanned(let question, let ruler): takeRuler(ruler, for: question)
        case .written(let operation): confirmWrite(operation)
        case .branchCopied(let operation, let conversation): takeBranch(conversation, operation: operation)
        case .writeFailed(let operation, let sentence): refuseWrite(operation, sentence: sentence)
        case .draftChanged(let operation, let present): keepRefusedEdit(operation, present: present)
        case .historyPage(let page, let entries, let hasMore): takeHistory(page, entries: entries, hasMore: hasMore)
        case .historyFailed(let page, let sentence): takeHistoryFailure(page, sentence: sentence)
        case .historyChanged:
            loadHistoryAnew()
            loadConversations()
            refreshChat()
        case .generationOpened(let saved, let written):
            if !takePrompt(saved), !takeReopened(saved, written: written) { show(saved, written: written) }
        case .generationNotOpened(let id, let isGone, let sentence):
            if draft.chat?.awaitedPrompt == id { draft.chat?.awaitedPrompt = nil }
            if endReopening(of: id) && isGone { return }
            say(sentence, isFailure: true)
            keepEditThatCannotOpen(generation: id, isGone: isGone)
        case .editorOpening(let target, let path, let text): beginEditor(target, path: path, text: text)
        case .editorClosed(let target, let text): takeFromEditor(target, text: text)
        case .editorFailed(_, let text, let sentence): keepFromEditor(text, sentence: sentence)
        case .editorReturned(let target): askAboutEditor(target)
        case .editorFileRead(let path, let text): takeEditorFile(path: path, text: text)
        case .fileLoaded(let path, let text): takeFile(path: path, text: text)
        case .fileFailed(let path, let sentence): takeFileFailure(path: path, sentence: sentence)
        case .copied(let way): sayCopied(way)
        case .notice(let text, let isFailure): say(text, isFailure: isFailure)
        }
    }

    private mutating func tick(_ time: Double) {
        guard time.isFinite else { return }
        clock.now = time
        if let notice, time >= notice.until { endNotice() }
        if keeping.sessionMayDiffer && time - keeping.lastSessionTime >= StudioState.sessionSeconds {
            saveSessionIfChanged()
        }
        askForRuler()
        watchAnswer()
        refreshRuns()
        refreshLearnings()
        if memory.mayDiffer && time - memory.lastTime >= Memory.seconds { rememberIfChanged() }
        if keeping.sessionFailure != nil && time - keeping.lastSessionTime >= 5 { saveSessionIfChanged() }
    }
}
