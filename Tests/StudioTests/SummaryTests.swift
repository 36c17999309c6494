import Generation
import Testing

@testable import Studio

// Summaries of older turns at their place in a conversation.

private func reading(_ branch: ConversationBranch = StudioScript.summedUp(StudioScript.summaries)) -> StudioScript {
    var script = StudioScript.chatting()
    script.openConversation(branch)
    script.press(.escape)
    return script
}

@Test
func `a summary stands folded above the first turn that it does not take in, and o unfolds it`() {
    var script = reading()
    #expect(script.screen.contains("▸ summary of 2 turns  1/2"))
    #expect(!script.screen.contains("A guest with a lame horse"))
    script.press(.character("k"), .character("o"))
    #expect(script.screen.contains("▾ summary of 2 turns  1/2 · o folds it"))
    #expect(script.screen.contains("A guest with a lame horse"))
    script.press(.character("o"))
    #expect(!script.screen.contains("A guest with a lame horse"))
}

@Test
func `j and k stop at the summary between its neighbours`() {
    var script = reading()
    script.press(.character("k"))
    #expect(script.state.draft.chat?.selectedSummary != nil)
    script.press(.character("k"))
    #expect(script.state.draft.chat?.selected == 1)
    #expect(script.state.draft.chat?.selectedSummary == nil)
    script.press(.character("j"))
    #expect(script.state.draft.chat?.selectedSummary != nil)
    script.press(.character("j"))
    #expect(script.state.draft.chat?.selected == 2)
    #expect(script.state.draft.chat?.selectedSummary == nil)
}

@Test
func `an edited summary is a revision of its draft, and u takes the edit back`() {
    var script = reading()
    script.press(.character("k"), .character("e"))
    #expect(script.screen.contains("editing the summary"))
    script.type(" He is wet.")
    script.press(.enter)
    let text = StudioScript.summaries[0] + " He is wet."
    #expect(
        script.writes.last
            == .revision(draftId: 900, text: text, origin: .edit, base: EditBase(text: StudioScript.summaries[0])))
    let before = script.effects.count
    script.confirmWrites()
    #expect(script.effects[before...].contains(.openConversation(.through(3, conversation: 5))))
    var edited = StudioScript.summaries
    edited[0] = text
    script.send(.conversationOpened(.id(5), StudioScript.summedUp(edited)))
    #expect(script.screen.contains("He is wet."))
    script.press(.character("u"))
    #expect(
        script.writes.last
            == .revision(draftId: 900, text: StudioScript.summaries[0], origin: .undo, base: EditBase(text: text)))
}

@Test
func `a summary under edit survives a crash, unless another version stands there by then`() {
    var script = reading()
    script.press(.character("k"), .character("e"))
    script.type(" He is wet.")
    let session = script.state.session

    var next = StudioScript.chatting()
    next.send(.sessionRestored(session))
    next.send(.conversationOpened(.uuid("uuid-5"), StudioScript.summedUp(StudioScript.summaries)))
    #expect(next.state.draft.chat?.edit?.summary?.id == 900)
    #expect(next.state.draft.chat?.edit?.editor.text.hasSuffix("He is wet.") == true)

    next = StudioScript.chatting()
    next.send(.sessionRestored(session))
    next.send(.conversationOpened(.uuid("uuid-5"), StudioScript.summedUp(StudioScript.summaries, active: 1)))
    #expect(next.state.draft.chat?.edit == nil)
    #expect(next.state.keeping.kept == [.loose(StudioScript.summaries[0] + " He is wet.")])
}

@Test
func `r writes a summary once more as a job, and the old version stays a key away`() {
    var script = reading(StudioScript.summedUp([StudioScript.summaries[0]]))
    script.press(.character("k"), .character("r"))
    #expect(script.summaryJob > 0)
    #expect(script.screen.contains("being written once more…"))
    script.press(.character("r"), .character("e"), .character("d"))
    #expect(script.state.draft.chat?.edit == nil)
    #expect(script.writes.isEmpty)
    script.send(.job(script.summaryJob, .finished(.summarized(draft: 901))))
    #expect(script.effects.contains(.openConversation(.id(5))))
    script.send(.conversationOpened(.id(5), StudioScript.summedUp(StudioScript.summaries, active: 1)))
    #expect(script.screen.contains("2/2"))
    #expect(script.screen.contains("His horse is lame."))
    script.press(.left)
    #expect(script.conversationChanges == [.setSummary(turn: 3, draft: 900)])
    script.confirmWrites()
    script.press(.character("u"))
    script.confirmWrites()
    script.press(.character("u"))
    #expect(
        script.conversationChanges.suffix(2) == [.setSummary(turn: 3, draft: 901), .setSummary(turn: 3, draft: 900)])
}

@Test
func `a summary that fails or is stopped leaves the old one`() {
    var script = reading()
    script.press(.character("k"), .character("r"))
    script.send(.job(script.summaryJob, .failed(sentence: "The model ran out of memory.")))
    #expect(script.notice == "The model ran out of memory. The old summary stays.")
    script.press(.escape, .character("r"), .escape)
    #expect(script.effects.last == .cancel(job: script.summaryJob))
    script.send(.job(script.summaryJob, .cancelled))
    #expect(script.notice == "The old summary stays")
    #expect(script.conversationChanges.isEmpty)
}

@Test
func `d takes the summary away, and actions on turns leave it alone`() {
    var script = reading()
    script.press(.character("k"), .character("P"), .character("b"), .character("B"), .character("c"), .character("s"))
    #expect(script.writes.isEmpty)
    #expect(script.answerJob == -1)
    script.press(.character("d"))
    #expect(script.conversationChanges == [.setSummary(turn: 3, draft: nil)])
    script.confirmWrites()
    script.press(.character("u"))
    #expect(script.conversationChanges.last == .setSummary(turn: 3, draft: 900))
}
