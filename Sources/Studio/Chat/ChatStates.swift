import Generation

// The words beside the name of a turn, and the words in place of a text that is not there.
// - What ended early says so at its place, with the key that helps.

extension StudioState {
    /// What has become of a turn's text; "" if it is as it should be.
    func turnState(ofTurn index: Int, card: Int) -> (text: String, style: Style) {
        guard let chat = draft.chat, chat.turns.indices.contains(index) else { return ("", .quiet) }
        let turn = chat.turns[index].turn
        let firstWritten = draft.firstWritten(ofTurn: index)
        if let generation = draft.writtenGeneration(ofTurn: index), card >= firstWritten {
            return writingState(of: generation, card: card - firstWritten)
        }
        guard turn.role == .assistant else {
            let isLast = index == chat.turns.count - 1
            guard isLast, turn.id != 0 else { return ("", .quiet) }
            return chat.sending == nil
                ? ("not answered · \(draft.turnKey(.answerAgain)) answers", Style(.warning))
                : ("sending…", Style(.accent))
        }
        guard turn.drafts.indices.contains(card) else { return ("", .quiet) }
        let saved = turn.drafts[card]
        if pendingWrites.contains(where: { $0.write.changes(.star, ofDraft: saved.id) }) {
            return ("saving…", Style(.accent))
        }
        guard let reason = saved.finishReason else { return ("being written elsewhere…", Style(.accent)) }
        guard !saved.text.isEmpty else { return ("", .quiet) }
        let failure = chat.failures[turn.id] ?? saved.details.server?.failure
        return endState(reason, failure: failure, contextRoom: saved.details.contextRoom, tokens: saved.tokenCount)
    }

    private func writingState(of generation: OpenGeneration, card: Int) -> (text: String, style: Style) {
        guard generation.variants.indices.contains(card) else { return ("", .quiet) }
        let isStopping = jobs.isCancelled(generation.key)
        if generation.notSaved != nil { return ("not saved", Style(.failure)) }
        if let wait = draft.waitText(ofJob: generation.key, now: now), !isStopping { return (wait, Style(.warning)) }
        let variant = generation.variants[card]
        switch variant.phase {
        case .waiting:
            let isSummarizing = draft.answer?.isSummarizing == true && draft.answer?.job == generation.key
            return (
                isStopping ? "stopping…" : isSummarizing ? "summing up older turns…" : "reading…", .quiet
            )
        case .writing: return (isStopping ? "stopping…" : "writing…", Style(.accent))
        case .ended(let reason):
            guard !variant.text.isEmpty else { return ("", .quiet) }
            return endState(
                reason, failure: generation.failure, contextRoom: generation.contextRoom,
                tokens: variant.tokenCount)
        }
    }

    private func endState(
        _ reason: FinishReason, failure: String?, contextRoom: Int?, tokens: Int
    ) -> (text: String, style: Style) {
        let more = "\(draft.turnKey(.continueAnswer)) continues"
        let again = "\(draft.turnKey(.answerAgain)) answers again"
        switch reason {
        case .stop: return ("", .quiet)
        case .limit:
            let limits = draft.chat?.conversation.settings.limits.shortText ?? ""
            let kept = limits.isEmpty ? "kept to the limit" : "kept to \(limits)"
            return ("\(kept) · \(draft.turnKey(.parameters)) changes it", .quiet)
        case .length:
            let cut = tokens > 0 ? "cut at \(tokens) tokens" : "cut at the most tokens"
            return (contextRoom == nil ? "\(cut) · \(more)" : "the context is full", Style(.warning))
        case .stopped: return ("stopped · \(more)", Style(.warning))
        case .interrupted: return ("interrupted · \(more)", Style(.warning))
        case .cutOff: return ("cut off by the server · \(more)", Style(.warning))
        case .failed:
            let why = failure.map { "failed: \(onOneLine($0))" } ?? "failed"
            return ("\(more), \(again) · \(why)", Style(.failure))
        }
    }
}

extension LengthLimits {
    /// `1 line`, `40 words and 2 sentences`; "" if there is no limit.
    fileprivate var shortText: String {
        [(lines, "line"), (sentences, "sentence"), (words, "word"), (characters, "character")].compactMap {
            limit, unit in
            limit.map { "\($0) \(unit)\($0 == 1 ? "" : "s")" }
        }.joined(separator: " and ")
    }
}

extension DraftPane {
    /// The keys of an action on turns; from the composer, the one that leaves it comes first.
    func turnKey(_ action: Action) -> String {
        let key = KeyTable.label(action, in: .turns)
        return context == .composer ? "\(KeyTable.label(.leaveComposer, in: .composer)) \(key)" : key
    }

    /// The words in place of a text that is not there; `nil` if there is a text, or it may still come.
    func chatNote(ofTurn index: Int, card: Int) -> String? {
        guard let chat, chat.turns.indices.contains(index), chat.turns[index].turn.role == .assistant else {
            return nil
        }
        let cards = chatCards(ofTurn: index)
        guard cards.indices.contains(card), cards[card].text.isEmpty, cards[card].isEnded else { return nil }
        if cards[card].thoughts != nil { return nil }
        let drafts = chat.turns[index].turn.drafts
        let isSaved = card < firstWritten(ofTurn: index)
        if isSaved, drafts.indices.contains(card), drafts[card].finishReason == nil {
            return "Another program is writing this answer."
        }
        let again = "\(turnKey(.answerAgain)) answers again."
        let turn = chat.turns[index].turn
        if let failure = (isSaved ? nil : writtenGeneration(ofTurn: index)?.failure) ?? chat.failures[turn.id] {
            // If the turns do not fit, another try would fail alike, and the sentence says what helps.
            return chat.ruler?.obstacle == nil ? "\(failure) \(again)" : failure
        }
        switch cards[card].phase {
        case .ended(.stopped): return "Stopped before the first word. \(again)"
        case .ended(.failed): return "This answer failed. \(again)"
        case .ended(.interrupted), .ended(.cutOff): return "This answer was interrupted before the first word. \(again)"
        default: return "There is no text. \(again)"
        }
    }
}
