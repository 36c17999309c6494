import Generation

// The title of a conversation: typed, or in a line of the model.
// - The old title stays until the store has the new one, and `u` brings it back.

extension StudioState {
    mutating func renameConversation() {
        guard let chat = draft.chat else { return }
        dialog = TitleDialog(chat.conversation.title)
    }

    mutating func setTitle(_ title: String) {
        guard let conversation = draft.chat?.conversation, conversation.title != title else { return }
        guard conversation.id != 0 else {
            draft.chat?.conversation.title = title
            return say("The title is set")
        }
        retitle(conversation.id, to: title, was: conversation.title)
    }

    private mutating func retitle(_ id: Int64, to title: String, was: String) {
        draft.undoSteps.append(.title(conversation: id, was: was))
        let undo = KeyTable.label(.undo, in: .turns)
        write(
            .conversation(id, .retitle(title)), done: "The title is “\(clipped(title, columns: 40))”; \(undo) undoes it"
        )
        show(title: title, of: id)
    }

    /// Shows a title before the store has it.
    mutating func show(title: String, of id: Int64) {
        if draft.chat?.conversation.id == id { draft.chat?.conversation.title = title }
        for index in templates.conversations.indices where templates.conversations[index].id == id {
            templates.conversations[index].conversation.title = title
        }
    }

    // MARK: The model

    var canAskForTitle: Bool {
        guard let chat = draft.chat, chat.isInStore, draft.running == nil, !modelName.isEmpty else { return false }
        return titleJob(of: chat.conversation.id) == nil
    }

    private func titleJob(of id: Int64) -> Job? {
        jobs.all.first { job in
            if case .title(let request) = job.work { request.conversation.id == id } else { false }
        }
    }

    /// Asks the model for a title.
    mutating func askForTitle() {
        guard let chat = draft.chat else { return }
        guard chat.isInStore else { return say("Nothing was said yet. The first words are the title until then.") }
        guard draft.running == nil else {
            return say(StudioState.stillWriting)
        }
        guard canAskForTitle else { return }
        notice = nil
        start(.title(TitleRequest(conversation: chat.conversation)))
    }

    /// Takes the last message of a job that asked for a title.
    mutating func endTitle(_ request: TitleRequest, _ message: JobMessage) {
        let id = request.conversation.id
        let shown = draft.chat.flatMap { $0.conversation.id == id ? $0.conversation.title : nil }
        let was = shown ?? request.conversation.title
        let type = KeyTable.label(.renameConversation, in: .turns)
        switch message {
        case .finished(.titled(let title)) where title == was: say("The model gives it the title that it has")
        case .finished(.titled(let title)): retitle(id, to: title, was: was)
        case .failed(let sentence):
            say("\(sentence) The old title stays; \(type) sets one by hand.", isFailure: true)
        default: say("The old title stays")
        }
    }
}
