import Generation
import Testing

@testable import Studio

// Branches into new conversations, other greetings, titles by the model, the trash of conversations.

// MARK: Branches

@Test
func `B copies the turns into a new conversation, which opens with a title that says where it comes from`() throws {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("k"), .character("B"))
    #expect(script.writes.last == .copyBranch(at: 2, of: 5, title: "From turn 2: The inn at night"))
    let operation = try #require(script.state.pendingWrites.first?.operation)
    let copy = StudioScript.conversation(9, title: "From turn 2: The inn at night")
    script.send(.branchCopied(operation: operation, copy))
    #expect(script.state.pendingWrites.isEmpty)
    #expect(script.effects.contains(.openConversation(.id(9))))
    script.send(
        .conversationOpened(
            .id(9), ConversationBranch(conversation: copy, turns: Array(StudioScript.turns.prefix(2)))))
    #expect(script.state.draft.chat?.conversation.id == 9)
    #expect(script.frame.lines[0].contains("From turn 2: The inn at night"))
    script.press(.escape, .character("u"))
    #expect(script.writes.last == .conversation(9, .trash))
    #expect(script.effects.last == .openConversation(.id(5)))
}

@Test
func `a new conversation does not open over another one that was opened meanwhile`() throws {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("B"))
    let operation = try #require(script.state.pendingWrites.first?.operation)
    script.open("search ad")
    let before = script.effects.count
    script.send(.branchCopied(operation: operation, StudioScript.conversation(9)))
    #expect(!script.effects[before...].contains(.openConversation(.id(9))))
    #expect(script.effects[before...].contains { if case .loadConversations = $0 { true } else { false } })
}

@Test
func `a branch of a branch names one turn, and a title that begins like one stays whole`() {
    #expect(StudioState.branchTitle(of: "The inn", turn: 3) == "From turn 3: The inn")
    #expect(StudioState.branchTitle(of: "From turn 3: The inn", turn: 5) == "From turn 5: The inn")
    #expect(StudioState.branchTitle(of: "From turn to turn", turn: 1) == "From turn 1: From turn to turn")
    #expect(StudioState.branchTitle(of: "From turn : x", turn: 1) == "From turn 1: From turn : x")
}

// MARK: Greetings

@Test
func `another greeting begins a branch, and one that was used opens its branch again`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("g"))
    #expect(script.screen.contains("1/2"))
    script.press(.right)
    #expect(script.conversationChanges == [.addGreeting("The door is open. Mind the step.")])
    script.confirmWrites()
    let second = Turn(
        id: 20, conversationId: 5, role: .assistant, text: "The door is open. Mind the step.", siblingIds: [1, 20])
    let openings: [Int64: String] = [1: "Come in, come in! What a night.", 20: second.text]
    script.send(
        .conversationOpened(
            .id(5),
            ConversationBranch(conversation: StudioScript.conversation(), turns: [second], openings: openings)))
    #expect(script.screen.contains("2/2"))
    script.press(.right)
    #expect(script.conversationChanges.count == 1)
    script.press(.left)
    #expect(script.conversationChanges.last == .chooseTurn(1))
}

@Test
func `an edited greeting stands behind those of the persona`() {
    var script = StudioScript.chatting()
    let edited = Turn(id: 21, conversationId: 5, role: .assistant, text: "Welcome!", siblingIds: [1, 21])
    script.openConversation(
        ConversationBranch(
            conversation: StudioScript.conversation(), turns: [edited],
            openings: [1: "Come in, come in! What a night.", 21: "Welcome!"]))
    script.press(.escape)
    #expect(script.screen.contains("3/3"))
    script.press(.left)
    #expect(script.conversationChanges == [.addGreeting("The door is open. Mind the step.")])
}

// MARK: Titles

@Test
func `the model writes the title as a job, and u brings the old one back`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("T"))
    #expect(script.titleJob > 0)
    #expect(script.screen.contains("asking for a title"))
    script.send(.job(script.titleJob, .finished(.titled("A room for the night"))))
    #expect(script.conversationChanges == [.retitle("A room for the night")])
    #expect(script.frame.lines[0].contains("A room for the night"))
    script.confirmWrites()
    script.press(.character("u"))
    #expect(script.conversationChanges.last == .retitle("The inn at night"))
    #expect(script.frame.lines[0].contains("The inn at night"))
}

@Test
func `a title that fails or is stopped leaves the old one`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("T"))
    script.send(.job(script.titleJob, .failed(sentence: "The model wrote no title.")))
    #expect(script.notice == "The model wrote no title. The old title stays; t sets one by hand.")
    script.press(.escape, .character("T"), .escape)
    #expect(script.effects.last == .cancel(job: script.titleJob))
    script.send(.job(script.titleJob, .cancelled))
    #expect(script.notice == "The old title stays")
    #expect(script.conversationChanges.isEmpty)
}

@Test
func `a conversation that was left gets its title too`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("T"))
    script.open("search ad")
    script.send(.job(script.titleJob, .finished(.titled("A room"))))
    #expect(script.writes.last == .conversation(5, .retitle("A room")))
}

// MARK: Trash

@Test
func `trashed conversations are seen, restored, and gone for good when the trash is emptied`() throws {
    var script = StudioScript.chatting()
    script.press(.alt("1"), .character("T"))
    var request = try #require(script.state.templates.awaitedConversations)
    #expect(request.inTrash)
    script.send(
        .conversationsListed(
            request,
            [4, 5].map {
                ConversationEntry(conversation: StudioScript.conversation($0), turnCount: 3, preview: "Rain.")
            }))
    #expect(script.screen.contains("›1 Trash"))
    #expect(!script.screen.contains("Search ad headlines"))
    script.press(.enter)
    #expect(script.notice.contains("r takes it out"))
    script.press(.character("r"))
    #expect(script.writes.last == .conversation(4, .restore))
    #expect(script.state.templates.conversations.map(\.id) == [5])
    script.confirmWrites()
    script.press(.character("D"))
    #expect(script.question.contains("every conversation in the trash is removed for good"))
    script.press(.character("y"))
    #expect(script.writes.last == .emptyTrash)
    script.confirmWrites()
    request = try #require(script.state.templates.awaitedConversations)
    script.send(.conversationsListed(request, []))
    #expect(script.screen.contains("No conversation is in the trash. T goes back."))
    script.press(.character("T"))
    #expect(script.screen.contains("Search ad headlines"))
    #expect(script.state.templates.awaitedConversations?.inTrash == false)
}

@Test
func `what the emptied trash held cannot be undone any more`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("D"))
    #expect(script.writes.last == .conversation(5, .trash))
    script.confirmWrites()
    script.press(.alt("1"), .character("T"))
    if let request = script.state.templates.awaitedConversations {
        script.send(
            .conversationsListed(
                request,
                [ConversationEntry(conversation: StudioScript.conversation(), turnCount: 3, preview: "Rain.")]))
    }
    script.press(.character("D"), .character("y"))
    script.confirmWrites()
    let before = script.writes.count
    script.press(.character("u"))
    #expect(script.writes.count == before)
    #expect(script.notice == "Nothing to undo")
}
