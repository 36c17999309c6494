import Generation
import Testing

@testable import Studio

// Conversations: opening, sending, answers, and that no typed word is lost.

@Test
func `personas and the last conversations stand in the left pane, and Enter opens them`() {
    var script = StudioScript.chatting(rows: 45, columns: 160)
    #expect(script.screen.contains("Chat"))
    #expect(script.screen.contains("Editor"))
    #expect(script.screen.contains("The inn at night"))
    script.press(.character("G"), .character("k"), .enter)
    #expect(script.effects.last == .openConversation(.id(5)))
    script.send(.conversationOpened(.id(5), StudioScript.branch))
    #expect(script.screen.contains("Have you a room?"))
    #expect(script.state.context == .composer)
}

@Test
func `without personas there are no conversations in the studio`() {
    let script = StudioScript(rows: 45, columns: 160)
    #expect(!script.effects.contains { if case .loadConversations = $0 { true } else { false } })
    #expect(!script.screen.contains("Conversations"))
}

@Test
func `a persona without fields begins a conversation at once, and one with fields by its form`() {
    var script = StudioScript.chatting()
    script.open("editor")
    #expect(script.effects.last == .preparePersona(name: "editor", fields: [:]))
    script.send(
        .personaPrepared(name: "editor", Conversation(persona: Persona(name: "editor", title: "Editor"), model: "")))
    #expect(script.state.draft.chat?.personaName == "editor")
    #expect(script.screen.contains("Write the first words below"))

    script = StudioScript.chatting()
    script.open("story char")
    script.type("an innkeeper")
    script.press(.control("g"))
    #expect(script.effects.contains(.preparePersona(name: "story-character", fields: ["character": "an innkeeper"])))
}

@Test
func `words leave the composer when they are sent, and the answer streams below them`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("And a meal?")
    script.press(.enter)
    #expect(script.answerRequest?.target == .words("And a meal?", after: 3))
    #expect(script.state.draft.chat?.composer.isEmpty == true)
    script.beginAnswer("And a meal?")
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: "Soup and bread.")))
    #expect(script.screen.contains("And a meal?"))
    #expect(script.screen.contains("Soup and bread.▌"))
    script.finishAnswer("", words: "And a meal?")
    #expect(script.state.draft.answer == nil)
    #expect(script.screen.contains("And a meal?"))
}

@Test
func `Alt-Enter and a line feed begin a line, and Enter sends all of them`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("One")
    script.press(.altEnter)
    script.type("two")
    script.press(.control("j"))
    script.type("three")
    script.press(.enter)
    #expect(script.answerRequest?.target == .words("One\ntwo\nthree", after: 3))
}

@Test
func `words that the store never got are in the composer again`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("And a meal?")
    script.press(.enter)
    script.type("Later words")
    #expect(script.state.session.values["\u{1F}conversation uuid-5"]?["prompt"] == "And a meal?\n\nLater words")
    script.send(.job(script.answerJob, .failed(sentence: "The disk is full.")))
    #expect(script.state.draft.chat?.composer.text == "And a meal?\n\nLater words")
    #expect(script.state.draft.chat?.turns.count == 3)
    #expect(script.notice.contains("The disk is full."))
}

@Test
func `typed words are kept while another template is open, and after a crash`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("Half a sen")
    let session = script.state.session
    script.open("search ad")
    #expect(script.state.draft.chat == nil)
    script.openConversation()
    #expect(script.state.draft.chat?.composer.text == "Half a sen")

    var next = StudioScript.chatting()
    next.send(.sessionRestored(session))
    #expect(next.effects.contains(.openConversation(.uuid("uuid-5"))))
    next.send(.conversationOpened(.uuid("uuid-5"), StudioScript.branch))
    #expect(next.state.draft.chat?.composer.text == "Half a sen")
}

@Test
func `if the conversation is gone, its unsent words are kept`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("Half a sentence")
    var next = StudioScript.chatting()
    next.send(.sessionRestored(script.state.session))
    next.send(.conversationNotOpened(.uuid("uuid-5"), isGone: true, sentence: "It is no longer in the store."))
    #expect(next.state.keeping.kept == [.loose("Half a sentence")])
}

@Test
func `an answer that fails says so at its place, with the key that helps`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("And a meal?")
    script.press(.enter)
    script.beginAnswer("And a meal?")
    script.send(.job(script.answerJob, .failed(sentence: "The model ran out of memory. Choose a smaller one.")))
    #expect(script.screen.contains("The model ran out of memory. Choose a smaller one. Esc r answers again."))
    // It stays there after the store is read again.
    let turns =
        StudioScript.turns + [
            StudioScript.words(10, after: 3, draft: 301, "And a meal?"),
            StudioScript.answer(11, after: 10, [""], reason: .failed),
        ]
    script.send(
        .conversationOpened(.id(5), ConversationBranch(conversation: StudioScript.conversation(), turns: turns)))
    #expect(script.state.draft.answer == nil)
    #expect(script.screen.contains("The model ran out of memory. Choose a smaller one. Esc r answers again."))
}

@Test(arguments: [
    (FinishReason.stopped, "stopped · c continues"), (.cutOff, "cut off by the server · c continues"),
    (.interrupted, "interrupted · c continues"),
])
func `an answer that ended early says how it goes on`(reason: FinishReason, words: String) {
    var script = StudioScript.chatting()
    var turns = StudioScript.turns
    turns[2] = StudioScript.answer(3, after: 2, ["One is left,"], reason: reason)
    script.openConversation(ConversationBranch(conversation: StudioScript.conversation(), turns: turns))
    script.press(.escape)
    #expect(script.screen.contains(words))
    script.press(.character("c"))
    #expect(script.answerRequest?.target == .more(turn: 3, draft: 300))
}

@Test
func `Esc stops the answer, and its text stays`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("And a meal?")
    script.press(.enter)
    script.beginAnswer("And a meal?")
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: "Soup and")))
    script.press(.escape)
    #expect(script.effects.contains(.cancel(job: script.answerJob)))
    script.finishAnswer("", words: "And a meal?", reason: .stopped)
    #expect(script.state.draft.chat?.turns.count == 5)
}

@Test
func `the reader's place stays while an answer streams, and G follows it`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("Tell me a long story")
    script.press(.enter)
    script.beginAnswer("Tell me a long story")
    let piece = (1...30).map { "Line \($0) of the story." }.joined(separator: "\n")
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: piece)))
    #expect(script.screen.contains("Line 1 of the story."))
    #expect(!script.screen.contains("Line 30 of the story."))
    let before = script.frame.lines.prefix(8)
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: "\nLine 31.")))
    #expect(script.frame.lines.prefix(8) == before)
    script.press(.backTab, .character("G"))
    #expect(script.screen.contains("Line 31."))
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: "\nLine 32.")))
    #expect(script.screen.contains("Line 32."))
    script.press(.up)
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: "\nLine 33.\nLine 34.")))
    #expect(!script.screen.contains("Line 34."))
}

@Test
func `← and → choose among the answers of a turn, and u takes back a star`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape)
    #expect(script.screen.contains("2/2"))
    script.press(.left)
    #expect(script.conversationChanges == [.chooseDraft(300, turn: 3)])
    #expect(script.screen.contains("One is left, under the roof."))
    script.confirmWrites()
    script.press(.left)
    #expect(script.conversationChanges.count == 1)
    script.press(.character("s"))
    #expect(script.writes.last == .star(draftId: 300, true))
    script.confirmWrites()
    #expect(script.screen.contains("★"))
    script.press(.character("u"))
    #expect(script.writes.last == .star(draftId: 300, false))
}

@Test
func `an edit of my words asks again, and an edit of an answer becomes another answer`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.up)
    #expect(script.state.draft.chat?.edit?.turn == 2)
    #expect(script.screen.contains("Enter asks again with it"))
    script.type(" Please!")
    script.press(.enter)
    #expect(
        script.answerRequest?.target
            == .edited("Have you a room? The road is under water, and my horse is lame. Please!", turn: 2))

    script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("e"))
    script.type(" Welcome.")
    script.press(.enter)
    #expect(
        script.conversationChanges == [
            .editAnswer(
                turn: 3,
                text: "For you, always. The horse goes to the stable, and you go to the fire. Welcome.")
        ])
}

@Test
func `a changed edit asks before it is left, and a crash keeps it`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("e"))
    script.type(" Welcome.")
    let session = script.state.session
    script.press(.escape)
    #expect(script.question == "The edit of this turn is not sent.")
    script.press(.character("d"))
    #expect(script.state.draft.chat?.edit == nil)

    var next = StudioScript.chatting()
    next.send(.sessionRestored(session))
    next.send(.conversationOpened(.uuid("uuid-5"), StudioScript.branch))
    #expect(next.state.draft.chat?.edit?.editor.text.hasSuffix("the fire. Welcome.") == true)
}

@Test
func `branch, pin, trash and title are changes of the store`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("k"), .character("P"))
    #expect(script.conversationChanges == [.pin(turn: 2, true)])
    script.confirmWrites()
    #expect(script.screen.contains("pinned"))
    script.press(.character("b"))
    #expect(script.conversationChanges.last == .branch(at: 2))
    script.confirmWrites()
    script.press(.escape, .character("d"))
    #expect(script.conversationChanges.last == .trashTurns(from: 2))
    script.confirmWrites()
    script.press(.character("u"))
    #expect(script.conversationChanges.last == .restoreTurns(from: 2))
    script.confirmWrites()
    script.press(.character("t"))
    script.type("!")
    script.press(.enter)
    #expect(script.conversationChanges.last == .retitle("The inn at night!"))
    script.confirmWrites()
    script.press(.character("u"))
    #expect(script.conversationChanges.last == .retitle("The inn at night"))
}

@Test
func `the conversation's own model is opened before it answers, and if it is gone the words stay`() {
    var script = StudioScript.chatting()
    var branch = StudioScript.branch
    branch.conversation.model = "gone-1b"
    script.openConversation(branch)
    script.type("And a meal?")
    script.press(.enter)
    #expect(script.effects.last == .useModel(name: "gone-1b"))
    script.send(.modelFailed(sentence: "There is no model gone-1b."))
    #expect(script.notice.contains("F2 chooses another one for it"))
    #expect(script.state.draft.chat?.composer.text == "And a meal?")
    script.state.useModel("built-in")
    #expect(script.conversationChanges.isEmpty == false || script.state.draft.chat?.conversation.model == "built-in")
    script.confirmWrites()
    script.press(.enter)
    #expect(script.answerRequest?.target == .words("And a meal?", after: 3))
}

@Test
func `the ruler shows what is inside, and what leaves at the next answer`() throws {
    var script = StudioScript.chatting(rows: 24, columns: 100)
    script.openConversation()
    script.send(.tick(now: script.state.now + 1))
    let question = try #require(
        script.effects.lazy.compactMap { if case .planContext(let question) = $0 { question } else { nil } }.first)
    script.send(.contextPlanned(question, StudioScript.ruler))
    #expect(script.screen.contains("1206 of 2048 tokens"))
    var full = StudioScript.ruler
    full.leavingCount = 3
    full.outside = [1]
    script.send(.contextPlanned(question, full))
    #expect(script.screen.contains("about 3 oldest turns leave next"))
    #expect(script.screen.contains("outside the context"))
}

@Test
func `the number of turns that leave is certain only for the words that were counted`() throws {
    var script = StudioScript.chatting(rows: 24, columns: 100)
    script.openConversation()
    script.type("And a meal?")
    script.send(.tick(now: script.state.now + 1))
    let question = try #require(script.state.draft.chat?.asked)
    #expect(question.words == "And a meal?")
    var full = StudioScript.ruler
    full.leavingCount = 3
    script.send(.contextPlanned(question, full))
    #expect(script.screen.contains("3 oldest turns leave with this"))
    #expect(!script.screen.contains("about 3"))
    script.type(" A large one")
    #expect(script.screen.contains("about 3 oldest turns leave next"))
    full.isExact = false
    script.send(.tick(now: script.state.now + 1))
    script.send(.contextPlanned(try #require(script.state.draft.chat?.asked), full))
    #expect(script.screen.contains("about 3 oldest turns leave next"))
}

@Test
func `a pin asks again what the context holds`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.send(.tick(now: script.state.now + 1))
    let before = script.state.draft.chat?.asked
    script.press(.escape, .character("P"))
    script.confirmWrites()
    script.send(.conversationOpened(.id(5), StudioScript.branch))
    script.send(.tick(now: script.state.now + 1))
    #expect(before != nil && script.state.draft.chat?.asked != before)
}

@Test
func `while an answer is written, changes of others do not read the conversation again`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("And a meal?")
    script.press(.enter)
    script.beginAnswer("And a meal?")
    let before = script.effects.count
    script.send(.historyChanged)
    #expect(!script.effects[before...].contains { if case .openConversation = $0 { true } else { false } })
    script.send(.job(script.answerJob, .finished(.generated)))
    #expect(script.effects[before...].contains(.openConversation(.through(11, conversation: 5))))
}

@Test
func `a found answer of a conversation opens the conversation at its turn`() {
    var script = StudioScript.chatting()
    script.press(.alt("3"))
    script.answerHistory([
        HistoryEntry(
            id: 31, createdAt: StudioScript.now, title: "The inn", draftCount: 1,
            conversation: .turn(2, conversation: 5))
    ])
    script.press(.enter)
    #expect(script.effects.last == .openConversation(.turn(2, conversation: 5)))
    script.send(.conversationOpened(.turn(2, conversation: 5), StudioScript.branch))
    #expect(script.state.draft.chat?.selected == 1)
    #expect(script.state.context == .turns)
}

@Test
func `a found answer is shown even if its conversation is open already`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.alt("3"))
    script.answerHistory([
        HistoryEntry(
            id: 31, createdAt: StudioScript.now, title: "The inn", draftCount: 1,
            conversation: .turn(2, conversation: 5))
    ])
    script.press(.enter)
    script.send(.conversationOpened(.turn(2, conversation: 5), StudioScript.branch))
    #expect(script.state.focus == .draft)
    #expect(script.state.draft.chat?.selected == 1)
    #expect(script.state.context == .turns)
}

@Test
func `i shows the exact prompt of an answer`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("i"))
    #expect(script.effects.last == .openGeneration(id: 31))
    script.send(
        .generationOpened(
            SavedGeneration(
                id: 31, createdAt: 0, title: "", prompt: "<|user|>Have you a room?",
                model: ModelIdentity(name: "built-in", hash: "", engine: ""), seed: 7)))
    #expect(script.screen.contains("<|user|>Have you a room?"))
    #expect(script.state.draft.chat != nil)
}

@Test
func `a conversation of ten thousand turns lays out only what is shown`() {
    var script = StudioScript.chatting()
    var turns: [Turn] = []
    for index in 0..<5000 {
        let id = Int64(index * 2 + 1)
        turns.append(StudioScript.words(id, after: id > 1 ? id - 1 : nil, "Question \(index) of many"))
        turns.append(StudioScript.answer(id + 1, after: id, ["Answer \(index) of many"]))
    }
    script.openConversation(ConversationBranch(conversation: StudioScript.conversation(), turns: turns))
    #expect(script.screen.contains("Answer 4999 of many"))
    script.press(.escape, .character("k"), .pageUp, .character("g"))
    #expect(script.screen.contains("Question 0 of many"))
    script.press(.character("G"))
    let laidOut = script.state.draft.chat?.turns.count { !$0.cards.isEmpty } ?? 0
    #expect((1...100).contains(laidOut))
}
