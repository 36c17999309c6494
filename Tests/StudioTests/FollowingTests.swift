import Generation
import Testing

@testable import Studio

// What stays in sight: the end of a conversation, the reader's place, and the answers beside each other.

private func lines(_ range: ClosedRange<Int>) -> String {
    range.map { "Line \($0) of the story." }.joined(separator: "\n")
}

@Test
func `after a send the newest turn ends at the bottom, and earlier turns stand above it`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.type("And a meal?")
    script.press(.enter)
    script.beginAnswer("And a meal?")
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: "Soup and bread.")))
    #expect(script.screen.contains("Have you a room?"))
    #expect(script.screen.contains("Soup and bread.▌"))
    script.finishAnswer("", words: "And a meal?")
    #expect(script.screen.contains("Have you a room?"))
}

@Test
func `a full screen moves up with a short answer, and no row below it stays blank`() throws {
    var script = StudioScript.chatting()
    var turns = StudioScript.turns
    turns[2] = StudioScript.answer(3, after: 2, [lines(1...30)])
    script.openConversation(ConversationBranch(conversation: StudioScript.conversation(), turns: turns))
    #expect(script.screen.contains("Line 30 of the story."))
    script.type("And then?")
    script.press(.enter)
    script.beginAnswer("And then?", draft: 300)
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: "The end.")))
    #expect(script.screen.contains("Line 30 of the story.") && script.screen.contains("The end."))
    let last = try #require(script.frame.lines.lastIndex { $0.contains("The end.") })
    let ruler = try #require(script.frame.lines.lastIndex { $0.contains("──") && $0.contains("↑") })
    #expect(last < ruler && ruler - last <= 2)
}

@Test
func `the end stays in sight at every size, and after scrolling up the reader's line does`() {
    var script = StudioScript.chatting()
    var turns = StudioScript.turns
    let long = (1...60).map { "Line \($0) of the story, which is a little longer than forty columns are wide." }
    turns[2] = StudioScript.answer(3, after: 2, [long.joined(separator: "\n")])
    script.openConversation(ConversationBranch(conversation: StudioScript.conversation(), turns: turns))
    for (rows, columns) in [(45, 160), (12, 40), (24, 80)] {
        script.resize(rows, columns)
        #expect(script.screen.contains("Line 60 of the story"), "\(rows)x\(columns)")
        #expect(script.state.draft.chat?.following == .end)
        #expect(!script.screen.contains("↓"))
    }
    script.press(.escape, .pageUp, .pageUp)
    let first = script.frame.lines.first { $0.contains("Line ") }?.prefix { $0 != "," }
    for (rows, columns) in [(24, 60), (30, 120), (24, 80)] {
        script.resize(rows, columns)
        #expect(first.map { script.screen.contains($0) } == true, "\(rows)x\(columns)")
    }
    let again = script.frame.lines.first { $0.contains("Line ") }?.prefix { $0 != "," }
    #expect(again == first)
}

@Test
func `the sentence about following goes when the reader scrolls up or the writing ends`() {
    for ends in [true, false] {
        var script = StudioScript.chatting()
        script.openConversation()
        script.type("A story")
        script.press(.enter)
        script.beginAnswer("A story")
        script.send(.generation(job: script.answerJob, .text(variant: 0, piece: lines(1...40))))
        script.press(.backTab, .character("G"))
        #expect(script.notice.hasPrefix("Following the end"))
        if ends { script.finishAnswer("", words: "A story") } else { script.press(.pageUp) }
        #expect(!script.notice.hasPrefix("Following the end"))
    }
}

@Test
func `another answer is counted and wrapped as it will stand, and the earlier ones can be read meanwhile`() throws {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("r"))
    #expect(script.answerRequest?.target == .again(turn: 3))
    let begun = AnswerMessage.begun(StudioScript.conversation(), added: [], answer: 3)
    script.send(.answer(job: script.answerJob, begun))
    script.send(.generation(job: script.answerJob, .began(generationId: 70, draftIds: [700], seed: 7)))
    let text = String(repeating: "word ", count: 60)
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: text)))
    #expect(script.screen.contains("3/3"))
    let writing = try #require(script.frame.lines.first { $0.contains("word word") })
    script.press(.left)
    #expect(script.screen.contains("For you, always.") && script.screen.contains("2/3"))
    script.press(.right)
    var turns = StudioScript.turns
    let fresh = SavedDraft(
        id: 700, generationId: 70, ordinal: 0, text: text, finishReason: .stop, tokenCount: 9,
        createdAt: StudioScript.now, updatedAt: StudioScript.now)
    turns[2].drafts.append(fresh)
    turns[2].activeDraftId = 700
    script.send(.generation(job: script.answerJob, .draftFinished(variant: 0, reason: .stop, tokenCount: 9)))
    script.send(.job(script.answerJob, .finished(.generated)))
    script.send(
        .conversationOpened(
            .through(3, conversation: 5),
            ConversationBranch(conversation: StudioScript.conversation(), turns: turns)))
    #expect(script.frame.lines.contains(writing))
    #expect(script.screen.contains("3/3"))
}

@Test
func `the answer that is read when the writing ends is the one that counts`() {
    var script = StudioScript.chatting()
    script.openConversation()
    script.press(.escape, .character("r"))
    let begun = AnswerMessage.begun(StudioScript.conversation(), added: [], answer: 3)
    script.send(.answer(job: script.answerJob, begun))
    script.send(.generation(job: script.answerJob, .began(generationId: 70, draftIds: [700], seed: 7)))
    script.send(.generation(job: script.answerJob, .text(variant: 0, piece: "Newer.")))
    script.press(.left)
    script.send(.generation(job: script.answerJob, .draftFinished(variant: 0, reason: .stop, tokenCount: 9)))
    script.send(.job(script.answerJob, .finished(.generated)))
    #expect(script.conversationChanges.last == .chooseDraft(301, turn: 3))
}

@Test
func `several new answers begin with the first of them, beside as many as fit`() {
    var script = StudioScript.chatting(rows: 45, columns: 160)
    var turns = StudioScript.turns
    turns[2] = StudioScript.answer(3, after: 2, ["An old one."])
    for index in 0..<3 {
        turns[2].drafts.append(
            SavedDraft(
                id: 400 + Int64(index), generationId: 40, ordinal: index, text: "New \(index + 1).",
                finishReason: .stop, tokenCount: 9, createdAt: StudioScript.now, updatedAt: StudioScript.now))
    }
    turns[2].activeDraftId = 400
    script.openConversation(ConversationBranch(conversation: StudioScript.conversation(), turns: turns))
    #expect(script.screen.contains("New 1.") && script.screen.contains("New 2."))
    #expect(!script.screen.contains("An old one."))
    #expect(script.screen.contains("2/4") && script.screen.contains("→ 1 more"))
}

@Test
func `y on a turn without a text says so`() {
    var script = StudioScript.chatting()
    var turns = StudioScript.turns
    turns[2] = StudioScript.answer(3, after: 2, [""], reason: .stopped)
    script.openConversation(ConversationBranch(conversation: StudioScript.conversation(), turns: turns))
    script.press(.escape, .character("y"))
    #expect(script.notice == "This turn has no text to copy")
}

@Test
func `an answer that ended at the most tokens says how many, and how it goes on`() {
    var script = StudioScript.chatting()
    var turns = StudioScript.turns
    turns[2] = StudioScript.answer(3, after: 2, ["One is left, under"], reason: .length)
    script.openConversation(ConversationBranch(conversation: StudioScript.conversation(), turns: turns))
    script.press(.escape)
    #expect(script.screen.contains("cut at 9 tokens · c continues"))
}
