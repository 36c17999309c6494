import Generation

// Opening conversations: from the list, with a persona, from history, from the last start; and leaving them.
// - Words that were typed and not sent are kept by the key of the conversation, as the texts of forms are.

extension ChatPane {
    /// The key of the unsent words. Its first part, the name of a template, is empty: a version that knows no
    /// conversations shows them as a free prompt.
    var key: String {
        isInStore ? ChatKey.conversation(uuid: conversation.uuid).text : ChatKey.persona(name: personaName).text
    }

    /// The typed words by the names that the session has for them; empty if there are none.
    var unsentValues: [String: String] {
        var values: [String: String] = [:]
        let words = [sending, composer.text].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n\n")
        if !words.isEmpty { values[Form.promptField] = words }
        if let edit, edit.editor.isChanged {
            values[ChatKey.editField] = edit.editor.text
            values[ChatKey.turnField] = "\(edit.turn)"
            if let summary = edit.summary { values[ChatKey.summaryField] = "\(summary.id)" }
        }
        guard !values.isEmpty, !isInStore else { return values }
        for (name, text) in conversation.fields { values[ChatKey.personaField + name] = text }
        return values
    }
}

/// The key of the unsent words of a conversation.
enum ChatKey: Sendable, Hashable {
    case conversation(uuid: String)
    /// One that has not begun, by the short name of its persona.
    case persona(name: String)

    static let editField = "edit"
    static let turnField = "turn"
    /// The draft of a summary under edit.
    static let summaryField = "summary"
    /// Before the names of the persona's fields.
    static let personaField = "field "

    var text: String {
        switch self {
        case .conversation(let uuid): "\u{1F}conversation \(uuid)"
        case .persona(let name): "\u{1F}persona \(name)"
        }
    }

    /// The texts among kept values that a person typed.
    static func words(_ values: [String: String]) -> [String: String] {
        values.filter { $0.key == Form.promptField || $0.key == editField }
    }

    init?(_ text: String) {
        if text.hasPrefix("\u{1F}conversation ") {
            self = .conversation(uuid: String(text.dropFirst("\u{1F}conversation ".count)))
        } else if text.hasPrefix("\u{1F}persona ") {
            self = .persona(name: String(text.dropFirst("\u{1F}persona ".count)))
        } else {
            return nil
        }
    }
}

extension StudioState {
    // MARK: The list

    private static let listedConversations = 30

    /// Asks for the newest conversations, or for those with the words of the filter.
    mutating func loadConversations() {
        guard templates.hasPersonas else { return }
        let query = templates.filter.text
        let request = ConversationsRequest(
            query: query, limit: StudioState.listedConversations, inTrash: templates.inTrash)
        templates.awaitedConversations = request
        if !effects.contains(.loadConversations(request)) { ask(.loadConversations(request)) }
    }

    mutating func takeConversations(_ entries: [ConversationEntry], for request: ConversationsRequest) {
        guard templates.awaitedConversations == request else { return }
        templates.awaitedConversations = nil
        templates.conversations = entries
    }

    mutating func takeConversationsFailure(_ sentence: String, for request: ConversationsRequest) {
        guard templates.awaitedConversations == request else { return }
        templates.awaitedConversations = nil
        say(sentence, isFailure: true)
    }

    // MARK: Opening

    mutating func openConversation(_ place: ConversationPlace) {
        if let chat = draft.chat, chat.isInStore, place == .id(chat.conversation.id) {
            focus = .draft
            return
        }
        draft.awaitedConversation = place
        ask(.openConversation(place))
    }

    /// Begins a conversation with a persona: at once, or if it has fields, by its form.
    mutating func openPersona(_ item: TemplateItem) {
        guard item.fields.isEmpty else { return leaveEdit(then: .openForm(template: item.name)) }
        preparePersona(item.name, fields: [:])
    }

    mutating func preparePersona(_ name: String, fields: [String: String]) {
        draft.awaitedPersona = name
        ask(.preparePersona(name: name, fields: fields))
    }

    mutating func takePersona(_ name: String, _ conversation: Conversation) {
        guard draft.awaitedPersona == name else { return }
        draft.awaitedPersona = nil
        if draft.changedEdit != nil { return }
        let formValues = draft.form.flatMap { $0.template?.name == name ? $0.values : nil }
        if formValues != nil {
            // The form has done its work: its values are in the conversation.
            draft.form?.isUnsent = false
        }
        var chat = ChatPane(conversation)
        chat.personaName = name
        chat.conversation.model = modelOpenedAs ?? modelName
        if let item = templates.item(named: name), memory.choices.parameters[name] != nil {
            let parameters = newForm(item).parameters
            chat.conversation.settings.sampling = parameters.sampling
            chat.conversation.settings.variantCount = parameters.variantCount
            chat.seed = parameters.seed
        }
        if let greeting = conversation.persona.greetings.first {
            chat.turns = [ShownTurn(Turn(role: .assistant, text: greeting))]
        }
        present(chat)
    }

    mutating func takePersonaFailure(_ name: String, sentence: String) {
        guard draft.awaitedPersona == name else { return }
        draft.awaitedPersona = nil
        say(sentence, isFailure: true)
    }

    mutating func takeConversation(_ branch: ConversationBranch, at place: ConversationPlace) {
        let isAwaited = draft.awaitedConversation == place
        if isAwaited { draft.awaitedConversation = nil }
        if place == .uuid(branch.conversation.uuid), endReopening(ofConversation: branch.conversation.uuid) {
            return reopenChat(branch)
        }
        if draft.chat?.conversation.id == branch.conversation.id {
            refreshChat(branch, at: place)
            if isAwaited { focus = .draft }
        } else if isAwaited, draft.changedEdit == nil {
            var chat = ChatPane(branch.conversation)
            chat.take(branch)
            present(chat)
        } else {
            return
        }
        guard isAwaited else { return }
        if case .turn(let id, _) = place, let index = draft.chat?.index(ofTurn: id) {
            draft.showTurn(index, in: surroundings(of: .draft))
            draft.chat?.part = .turns
        }
        if case .summary(let generation, _) = place { showSummary(ofGeneration: generation) }
    }

    /// Shows the conversation that was open when the last studio ended.
    private mutating func reopenChat(_ branch: ConversationBranch) {
        guard canReopen else { return }
        let focusBefore = focus
        let templateBefore = templates.choice
        var chat = ChatPane(branch.conversation)
        chat.take(branch)
        present(chat)
        guard memory.hasKey else { return }
        focus = focusBefore
        templates.choice = templateBefore
    }

    /// - Returns: false if it is not the conversation that is being opened again, so that the writer asked for it.
    private mutating func endReopening(ofConversation uuid: String) -> Bool {
        guard memory.reopeningConversation == uuid else { return false }
        memory.reopeningConversation = nil
        return draft.awaitedConversation != .uuid(uuid)
    }

    /// Takes the turns again that the store has by now.
    private mutating func refreshChat(_ branch: ConversationBranch, at place: ConversationPlace) {
        // A change that is on its way to the store is newer than what was read.
        let isChanging = pendingWrites.contains {
            if case .conversation(branch.conversation.id, _) = $0.write { true } else { false }
        }
        guard !isChanging else { return }
        var hasWritten = false
        if let answer = draft.answer, answer.conversationId == branch.conversation.id {
            if !answer.isEnded { return }
            // Texts that the store does not have stay on the screen.
            let ids = Set(draft.generation(answer.job)?.variants.compactMap(\.draftId) ?? [])
            let isThere = branch.turns.contains { turn in !ids.isDisjoint(with: turn.drafts.map(\.id)) }
            guard isThere || ids.isEmpty || draft.generation(answer.job)?.notSaved == nil else { return }
            draft.answer = nil
            hasWritten = true
        }
        takeBranch(branch, at: place, hasWritten: hasWritten)
    }

    mutating func takeConversationFailure(_ place: ConversationPlace, isGone: Bool, sentence: String) {
        if case .uuid(let uuid) = place, endReopening(ofConversation: uuid) { return }
        guard draft.awaitedConversation == place else { return }
        draft.awaitedConversation = nil
        if isGone, case .uuid(let uuid) = place {
            // Its unsent words no longer have a place of their own.
            let key = ChatKey.conversation(uuid: uuid).text
            guard let values = keeping.unsent.removeValue(forKey: key) else { return }
            for name in [Form.promptField, ChatKey.editField] {
                if let text = values[name], !text.isEmpty { keeping.keep(.loose(text)) }
            }
            return say("\(sentence) Your words for it are kept\(keptNote)", isFailure: true)
        }
        say(sentence, isFailure: true)
        loadConversations()
    }

    /// Shows a conversation in the Draft pane, with the words that were typed for it earlier.
    private mutating func present(_ chat: ChatPane) {
        stashForm()
        draft.form = nil
        draft.shown = nil
        draft.mode = .overview
        var chat = chat
        if let values = keeping.unsent.removeValue(forKey: chat.key) { putBack(values, into: &chat) }
        chat.following = .end
        chat.selected = max(0, chat.turns.count - 1)
        draft.chat = chat
        draft.settle(in: surroundings(of: .draft))
        focus = .draft
        if chat.isInStore { templates.selectedConversation = chat.conversation.id }
    }

    private mutating func putBack(_ values: [String: String], into chat: inout ChatPane) {
        if let words = values[Form.promptField] { chat.composer.setText(words) }
        guard let text = values[ChatKey.editField] else { return }
        guard let id = values[ChatKey.turnField].flatMap({ Int64($0) }), let index = chat.index(ofTurn: id) else {
            return keeping.keep(.loose(text))
        }
        var edit = TurnEdit(
            turn: id, role: chat.turns[index].turn.role,
            editor: TextEditor(chat.text(ofTurn: index), isMultiline: true))
        if let draft = values[ChatKey.summaryField] {
            // It goes on only over the version that it began from.
            guard let saved = chat.summary(aboveTurn: index)?.summary.active, "\(saved.id)" == draft else {
                return keeping.keep(.loose(text))
            }
            edit.role = .assistant
            edit.editor = TextEditor(saved.text, isMultiline: true)
            edit.summary = saved
        }
        edit.editor.setText(text)
        chat.edit = edit
    }

    // MARK: Leaving

    /// Keeps the typed words of the conversation that is shown, and closes it.
    mutating func stashChat() {
        guard let chat = draft.chat else { return }
        let values = chat.unsentValues
        keeping.unsent[chat.key] = values.isEmpty ? nil : values
        draft.chat = nil
    }

    /// Puts kept words into their conversation; the words that were there are kept instead.
    mutating func takeWords(_ values: [String: String], key: String) {
        guard var chat = draft.chat, chat.key == key else {
            if let other = keeping.unsent[key], other != values {
                keeping.keep(KeptText(.form(key: key, values: other, isRaw: false)))
            }
            keeping.unsent[key] = values
            _ = openUnsentChat(key)
            return
        }
        let mine = chat.unsentValues
        if !mine.isEmpty { keeping.keep(KeptText(.form(key: key, values: mine, isRaw: false))) }
        chat.composer = TextEditor(isMultiline: true)
        chat.edit = nil
        putBack(values, into: &chat)
        chat.part = .composer
        draft.chat = chat
        focus = .draft
    }

    /// Begins a conversation with the persona of the one that is shown.
    mutating func beginAnotherConversation() {
        guard let chat = draft.chat else { return }
        let name = chat.isInStore ? chat.conversation.persona.name ?? "" : chat.personaName
        guard let item = templates.usableItem(named: name), item.isPersona else {
            focus = .templates
            return say("Choose whom to talk with")
        }
        if item.fields.isEmpty { preparePersona(name, fields: [:]) } else { leaveEdit(then: .openForm(template: name)) }
    }

    /// Opens the conversation that unsent words belong to.
    /// - Returns: false if the key is not that of a conversation.
    mutating func openUnsentChat(_ key: String) -> Bool {
        guard let chatKey = ChatKey(key) else { return false }
        switch chatKey {
        case .conversation(let uuid):
            if draft.chat?.conversation.uuid == uuid { focus = .draft } else { openConversation(.uuid(uuid)) }
        case .persona(let name):
            let values = keeping.unsent[key] ?? [:]
            let prefix = ChatKey.personaField
            let fields = values.filter { $0.key.hasPrefix(prefix) }.map {
                (String($0.key.dropFirst(prefix.count)), $0.value)
            }
            guard templates.usableItem(named: name)?.isPersona == true else {
                // The persona is gone: its words become loose.
                if let text = keeping.unsent.removeValue(forKey: key)?[Form.promptField] { keeping.keep(.loose(text)) }
                return true
            }
            preparePersona(name, fields: Dictionary(fields, uniquingKeysWith: { first, _ in first }))
        }
        return true
    }
}
