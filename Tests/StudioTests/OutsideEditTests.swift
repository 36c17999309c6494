// Drafts that others changed: an edit never goes over a text that its writer has not seen, and is never lost.

import Generation
import Testing

@testable import Studio

extension SavedGeneration {
    /// Generation 1 with draft 10 alone.
    static func example(text: String, uuid: String = "first") -> SavedGeneration {
        SavedGeneration(
            id: 1, uuid: uuid, createdAt: 0, status: .complete, templateName: "article-headline",
            title: "Article headline", model: .init(name: "m", hash: "", engine: ""), seed: 1,
            drafts: [
                SavedDraft(
                    id: 10, generationId: 1, ordinal: 0, text: text, finishReason: .stop, createdAt: 0, updatedAt: 0)
            ])
    }
}

private func edit(_ text: String, from base: String, uuid: String? = "first") -> StudioSession.OpenEdit {
    .init(draftId: 10, generationId: 1, text: text, base: .init(generationUUID: uuid, text: base))
}

/// A studio that gets a session, and then the generation that it asks for.
private func restored(_ session: StudioSession, _ saved: SavedGeneration) -> StudioScript {
    var script = StudioScript(columns: 120)
    script.send(.sessionRestored(StudioSession.merged([session]) ?? session))
    script.send(.generationOpened(saved))
    return script
}

/// A studio that has opened a generation and edits its draft.
private func editing(_ saved: SavedGeneration, typing text: String) -> StudioScript {
    var script = StudioScript(columns: 120)
    script.send(.generationOpened(saved))
    script.press(.character("e"))
    script.type(text)
    return script
}

@Test
func `an edit is in the session with what it began from`() {
    var script = editing(.example(text: "One"), typing: "New ")
    script.send(.tick(now: StudioScript.now + 1))
    #expect(script.sessions.last?.openEdit == edit("New One", from: "One"))
    script.press(.control("s"))
    #expect(script.sessions.last?.unsavedEdits == [edit("New One", from: "One")])
    let base = EditBase(generationUUID: "first", text: "One")
    #expect(script.writes == [.revision(draftId: 10, text: "New One", origin: .edit, base: base)])
}

@Test
func `an edit of a draft that the model has just written knows its generation`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.send(
        .generation(job: script.job, .began(generationId: 1, draftIds: [10, 11, 12], seed: 1, uuid: "first")))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "One")))
    script.send(.generation(job: script.job, .draftFinished(variant: 0, reason: .stop, tokenCount: 1)))
    script.press(.character("e"))
    script.type("New ")
    #expect(script.state.session.openEdit == edit("New One", from: "One"))
}

@Test
func `an edit opens again on the draft that it began from`() {
    let script = restored(StudioSession(openEdit: edit("New One", from: "One")), .example(text: "One"))
    #expect(script.state.context == .edit && script.notice == "Your unsaved edit is here again")
}

@Test
func `an edit does not open on another draft that has its id after a restore`() {
    var script = restored(
        StudioSession(openEdit: edit("New One", from: "One")), .example(text: "Another", uuid: "second"))
    #expect(script.state.context == .variants)
    #expect(script.notice == "Its draft is gone, so your unsaved edit is kept: K shows it")
    #expect(script.state.shownGeneration?.variants[0].text == "Another")
    // Even if the other draft has the same text.
    let same = restored(StudioSession(openEdit: edit("New One", from: "One")), .example(text: "One", uuid: "second"))
    #expect(same.state.context == .variants && same.state.session.kept == [.loose("New One")])
    script.press(.character("K"), .enter)
    #expect(script.state.draft.form?.values == ["prompt": "New One"] && script.writes.isEmpty)
}

@Test
func `an edit whose draft was changed is kept, opens when it is chosen, and then replaces what the writer sees`() {
    var script = restored(StudioSession(openEdit: edit("New One", from: "One")), .example(text: "Theirs"))
    #expect(script.state.context == .variants)
    #expect(script.notice == "A was changed elsewhere since your edit, which is kept: K shows it")
    #expect(script.state.session.kept == [KeptText(.edit(edit("New One", from: "One")))])
    script.press(.character("K"), .enter)
    script.send(.generationOpened(.example(text: "Theirs")))
    #expect(script.state.context == .edit && script.screen.contains("New One"))
    #expect(script.notice.hasPrefix("Your edit of A is open. A has another text by now: ^S replaces it"))
    script.press(.control("s"))
    let base = EditBase(generationUUID: "first", text: "Theirs")
    #expect(script.writes == [.revision(draftId: 10, text: "New One", origin: .edit, base: base)])
}

@Test
func `an edit of an earlier version, which does not tell what it began from, waits to be chosen`() {
    let old = StudioSession.OpenEdit(draftId: 10, generationId: 1, text: "New One")
    var script = restored(StudioSession(openEdit: old), .example(text: "One"))
    #expect(script.state.context == .variants)
    #expect(script.notice == "A may have been changed since your edit, which is kept: K shows it")
    script.press(.character("K"), .enter)
    script.send(.generationOpened(.example(text: "One")))
    #expect(script.state.context == .edit)
}

@Test(arguments: ["One", "2 One"])
func `the last of several unsaved edits opens, whichever the store has`(inStore: String) {
    var session = StudioSession(unsavedEdits: [edit("2 One", from: "One"), edit("3 2 One", from: "2 One")])
    session.dropEdits { $0.text == inStore }
    let script = restored(session, .example(text: inStore))
    #expect(script.state.context == .edit && script.screen.contains("3 2 One"))
}

@Test
func `a save that finds another text keeps the edit and shows that text`() throws {
    var script = editing(.example(text: "One"), typing: "New ")
    script.press(.control("s"))
    script.refuseWrites("The store is in use.")
    script.press(.character("S"))
    let operation = try #require(script.state.pendingWrites.first?.operation)
    script.send(.draftChanged(operation: operation, present: "Theirs"))
    #expect(
        script.notice
            == "A was changed elsewhere meanwhile, so your edit is not saved over it. Your text is kept: K shows it.")
    #expect(script.state.shownGeneration?.variants[0].text == "Theirs" && !script.screen.contains("Not saved"))
    #expect(script.sessions.last?.kept == [KeptText(.edit(edit("New One", from: "One")))])
    #expect(script.sessions.last?.unsavedEdits == [])
    // There is no edit of ours to take back from theirs.
    script.press(.character("u"))
    #expect(script.notice == "Nothing to undo")
}

@Test
func `a save whose draft is gone keeps the text for the free prompt`() throws {
    var script = editing(.example(text: "One"), typing: "New ")
    script.press(.control("s"), .character("q"))
    let operation = try #require(script.state.pendingWrites.first?.operation)
    script.send(.draftChanged(operation: operation, present: nil))
    #expect(script.notice.hasPrefix("A is no longer in the store, so your edit is not saved."))
    #expect(script.sessions.last?.kept == [.loose("New One")])
    #expect(!script.effects.contains(.quit))  // it has to be read first
}

@Test
func `the second of two edits that find another text is kept too`() throws {
    var script = editing(.example(text: "One"), typing: "2 ")
    script.press(.control("s"), .character("e"))
    script.type("3 ")
    script.press(.control("s"))
    for _ in 0..<2 {
        let waiting = script.state.pendingWrites.first(where: \.isSent)
        let sent = try #require(waiting)
        script.send(.draftChanged(operation: sent.operation, present: "Theirs"))
    }
    #expect(script.state.pendingWrites.isEmpty)
    #expect(
        script.state.session.kept.map(\.content) == [
            .edit(edit("2 One", from: "One")), .edit(edit("3 2 One", from: "2 One")),
        ])
}
