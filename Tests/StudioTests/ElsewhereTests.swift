import Generation
import Testing

@testable import Studio

// A conversation that another program goes on with, and its place in History.

private let words = StudioScript.words(20, after: 3, draft: 301, "Words of another program")
private let other = StudioScript.answer(21, after: 20, ["An answer to them."])

private func branch(_ turns: [Turn], isOpen: Bool = true) -> ConversationBranch {
    ConversationBranch(conversation: StudioScript.conversation(), turns: turns, isOpen: isOpen)
}

@Test
func `turns that another program adds at the end are shown below`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.send(.historyChanged)
    #expect(script.effects.contains(.openConversation(.through(3, conversation: 5))))
    script.send(.conversationOpened(.through(3, conversation: 5), branch(StudioScript.turns + [words, other])))
    #expect(script.screen.contains("An answer to them."))
    #expect(!script.screen.contains("went on elsewhere"))
}

@Test
func `the branch on the screen stays if another program opens another one, and a key shows that`() {
    var script = StudioScript.chatting()
    let mine = StudioScript.turns + [words, other]
    script.openConversation(branch(mine))
    script.send(.historyChanged)
    #expect(
        script.effects.last { if case .openConversation = $0 { true } else { false } }
            == .openConversation(.through(21, conversation: 5)))
    script.send(.conversationOpened(.through(21, conversation: 5), branch(mine, isOpen: false)))
    #expect(script.screen.contains("An answer to them."))
    #expect(script.screen.contains("The conversation went on elsewhere"))
    #expect(script.screen.contains("Esc O shows it"))
    script.press(.escape, .character("O"))
    #expect(script.effects.last == .openConversation(.id(5)))
    script.send(.conversationOpened(.id(5), branch(StudioScript.turns)))
    #expect(!script.screen.contains("An answer to them."))
    script.send(.tick(now: script.state.now + 60))
    #expect(!script.screen.contains("went on elsewhere"))
}

@Test
func `the answer on the screen stays if another program chooses another one, and new words follow what is shown`() {
    var script = StudioScript.chatting()
    script.openConversation()
    var turns = StudioScript.turns
    turns[2].activeDraftId = 300
    script.send(.historyChanged)
    script.send(.conversationOpened(.through(3, conversation: 5), branch(turns)))
    #expect(script.screen.contains("For you, always."))
    #expect(script.screen.contains("The conversation went on elsewhere"))
    script.type("Thanks")
    script.press(.enter)
    #expect(script.answerRequest?.target == .words("Thanks", after: 3))
    #expect(script.answerRequest?.followedDraft == 301)
}

@Test
func `an answer that another program writes is looked at often, and nobody is told to write it again`() {
    var script = StudioScript.chatting()
    var turns = StudioScript.turns + [words, other]
    turns[4].drafts[0].finishReason = nil
    turns[4].drafts[0].text = ""
    script.openConversation(branch(turns))
    #expect(script.screen.contains("Another program is writing this answer."))
    #expect(!script.screen.contains("answers again"))
    #expect(script.state.isAnimating)
    script.send(.tick(now: script.state.now + 1))
    #expect(script.effects.last == .openConversation(.through(21, conversation: 5)))
    turns[4].drafts[0].text = "An ans"
    script.send(.conversationOpened(.through(21, conversation: 5), branch(turns)))
    #expect(script.screen.contains("An ans"))
    #expect(script.screen.contains("being written elsewhere…"))
}

@Test
func `a conversation is an entry of History, opened, exported and trashed as a whole`() {
    var script = StudioScript.chatting(rows: 45, columns: 160)
    script.press(.alt("3"))
    let entry = HistoryEntry(
        id: HistoryEntry.id(ofConversation: 5), createdAt: StudioScript.now, title: "The inn at night", draftCount: 3,
        excerpt: "For you, always.", conversation: .id(5))
    script.answerHistory([entry])
    #expect(script.screen.contains("Chat: The inn"))
    script.press(.character("x"))
    #expect(script.screen.contains("The inn at night"))
    script.press(.escape, .enter)
    #expect(script.effects.last == .openConversation(.id(5)))
    script.send(.conversationOpened(.id(5), StudioScript.branch))
    #expect(script.state.focus == .draft && script.screen.contains("Have you a room?"))
    script.press(.alt("3"), .character("d"))
    #expect(script.conversationChanges == [.trash])
    script.confirmWrites()
    script.press(.character("u"))
    #expect(script.conversationChanges.last == .restore)
}

@Test
func `a turn of the user that a search found is shown and selected`() throws {
    var script = StudioScript.chatting(rows: 12, columns: 60)
    var turns = StudioScript.turns
    turns[2] = StudioScript.answer(3, after: 2, [(1...40).map { "Line \($0)" }.joined(separator: "\n")])
    script.press(.alt("3"))
    script.answerHistory([
        HistoryEntry(
            id: -5, createdAt: StudioScript.now, title: "The inn at night", draftCount: 3,
            conversation: .turn(2, conversation: 5))
    ])
    script.press(.enter)
    script.send(.conversationOpened(.turn(2, conversation: 5), branch(turns)))
    #expect(script.state.draft.chat?.selected == 1)
    #expect(script.screen.contains("Have you a room?"))
}

// MARK: Models and parameters

@Test
func `a model that was opened by its file is listed and ticked, and is there again after another one`() {
    var script = StudioScript()
    let path = "/models/qwen.gguf"
    script.send(.modelReady(name: "qwen", contextLength: 512, openedAs: path))
    script.press(.alt("1"), .character("m"))
    let rows = script.state.modelSections.flatMap(\.rows)
    #expect(rows.first { $0.id == path }?.isMarked == true)
    #expect(script.screen.contains("qwen"))
    script.send(.modelReady(name: "built-in", contextLength: 512))
    let later = script.state.modelSections.flatMap(\.rows)
    #expect(later.first { $0.id == path }?.choice == .useModel(name: path))
    #expect(later.filter(\.isMarked).map(\.title) == ["built-in"])
}

@Test
func `a conversation keeps the path that opens its model again`() {
    var script = StudioScript.chatting()
    script.send(.modelReady(name: "qwen", contextLength: 512, openedAs: "/models/qwen.gguf"))
    script.open("editor")
    script.send(
        .personaPrepared(name: "editor", Conversation(persona: Persona(name: "editor", title: "Editor"), model: "")))
    #expect(script.state.draft.chat?.conversation.model == "/models/qwen.gguf")
}

@Test
func `the path of a file is opened from the dialog that gets models, and stays there if it cannot be`() {
    var script = StudioScript()
    script.press(.alt("1"), .character("m"), .character("n"))
    script.send(.offersListed(DownloadOffers(suggested: [], unfinished: [])))
    script.press(.character("n"))
    script.type("~/models/gone.gguf")
    #expect(script.screen.contains("open the file"))
    script.press(.enter)
    #expect(script.effects.last == .useModel(name: "~/models/gone.gguf"))
    script.send(.modelFailed(sentence: "There is no file /models/gone.gguf."))
    #expect(script.screen.contains("There is no file /models/gone.gguf."))
    #expect(script.screen.contains("~/models/gone.gguf"))
    script.press(.enter)
    script.send(.modelReady(name: "gone", contextLength: 512, openedAs: "/models/gone.gguf"))
    #expect(script.state.dialog == nil)
    #expect(script.state.modelName == "gone")
}

@Test
func `a name that cannot be looked up stays to be corrected`() {
    var script = StudioScript()
    script.press(.alt("1"), .character("m"), .character("n"))
    script.send(.offersListed(DownloadOffers(suggested: [], unfinished: [])))
    script.press(.character("n"))
    script.type("owner/rebo")
    script.press(.enter)
    script.send(.downloadNotPlanned(reference: "owner/rebo", sentence: "The Hub has no owner/rebo."))
    #expect(script.screen.contains("The Hub has no owner/rebo."))
    script.press(.backspace)
    script.type("x")
    script.press(.enter)
    #expect(script.effects.last == .planDownload(reference: "owner/rebx"))
}

@Test
func `p on a persona sets the parameters of the conversation that it begins`() {
    var script = StudioScript.chatting()
    script.send(.choicesRemembered(RememberedChoices()))
    script.press(.alt("1"), .character("/"))
    script.type("editor")
    script.press(.enter, .character("p"))
    let row = ParametersDialog.fields.firstIndex { $0.name == ParametersDialog.variantsName } ?? 0
    while (script.state.dialog as? ParametersDialog)?.selected != row, script.state.dialog != nil {
        let before = (script.state.dialog as? ParametersDialog)?.selected
        script.press(.down)
        if (script.state.dialog as? ParametersDialog)?.selected == before { break }
    }
    // The first digit replaces the number that is there.
    script.type("4")
    script.press(.enter)
    #expect(script.notice.contains("The next conversation with Editor"))
    script.press(.enter)
    script.send(
        .personaPrepared(name: "editor", Conversation(persona: Persona(name: "editor", title: "Editor"), model: "")))
    #expect(script.state.draft.chat?.conversation.settings.variantCount == 4)
}
