// A message says that a text is saved only after the store's answer; until then the text is in the session.

import Generation
import Testing

@testable import Studio

/// Three variants written from the article template, with draft ids 10 to 12 of generation 1.
private func written() -> StudioScript {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.write(["One", "Two", "Three"])
    return script
}

extension StudioScript {
    /// Types in front of the selected variant, and saves.
    fileprivate mutating func edit(typing text: String) {
        press(.character("e"))
        type(text)
        press(.control("s"))
    }

    /// Every text that a kill now would leave in the session.
    fileprivate var textsInSession: [String] {
        guard let session = sessions.last else { return [] }
        let kept = session.kept.flatMap { text -> [String] in
            switch text.content {
            case .edit(let edit): [edit.text]
            case .form(_, let values, _): Array(values.values)
            }
        }
        return session.unsavedEdits.map(\.text) + kept + [session.openEdit?.text].compactMap { $0 }
    }
}

@Test
func `an edit is said to be saved when the store has it, and not before`() {
    var script = written()
    script.edit(typing: "New ")
    #expect(script.notice == "Saving…")
    #expect(script.screen.contains("─ saving… ─") && !script.screen.contains("saved as a new revision"))
    script.confirmWrites()
    #expect(script.notice == "A is saved as a new revision")
    #expect(script.screen.contains("─ edited ─"))
}

@Test
func `a saved edit stays in the session until the store confirms it`() {
    var script = written()
    script.edit(typing: "New ")
    #expect(
        script.sessions.last?.unsavedEdits == [
            .init(draftId: 10, generationId: 1, text: "New One", base: .init(text: "One"))
        ])
    // The session is asked for first, so that the text is never in neither place.
    let places = script.effects.indices.filter { index in
        switch script.effects[index] {
        case .saveSession(let session): !session.unsavedEdits.isEmpty
        case .write: true
        default: false
        }
    }
    guard case .saveSession? = places.first.map({ script.effects[$0] }) else {
        Issue.record("the store was asked before the session")
        return
    }
    script.confirmWrites()
    script.send(.tick(now: StudioScript.now + 1))
    #expect(script.sessions.last?.unsavedEdits == [])
}

@Test(arguments: [
    ("s", "A is starred"), ("d", "A is in the trash; u undoes it"),
])
func `a star and the trash are said to be done when the store has them`(key: Character, message: String) {
    var script = written()
    script.press(.character(key))
    #expect(!script.screen.contains(message) && !script.screen.contains("★") && !script.screen.contains("in the trash"))
    script.confirmWrites()
    #expect(script.screen.contains(message))
    #expect(script.screen.contains(key == "s" ? "★" : "─ in the trash ─"))
    script.press(.character("u"))
    #expect(script.notice == "Saving…")
    script.confirmWrites()
    #expect(script.notice == (key == "s" ? "A is no longer starred" : "A is back from the trash"))
}

@Test
func `a generation is said to be in the trash, restored and emptied when the store has done it`() {
    var script = StudioScript()
    let entry = HistoryEntry(id: 5, createdAt: StudioScript.now, title: "Slogan", draftCount: 2)
    script.press(.character("3"))
    script.answerHistory([entry])
    for (keys, message) in [
        ("d", "Slogan is in the trash; u undoes it"), ("u", "Slogan is back from the trash"),
        ("T", ""), ("r", "Slogan is back from the trash"), ("Dy", "The trash is empty"),
    ] {
        for key in keys { script.press(.character(key)) }
        if script.state.history.awaited != nil { script.answerHistory([entry]) }
        if message.isEmpty { continue }
        #expect(script.notice == "Saving…", "\(keys)")
        script.confirmWrites()
        #expect(script.notice == message, "\(keys)")
        if script.state.history.awaited != nil { script.answerHistory([entry]) }
    }
}

@Test
func `a second edit of a draft waits for the first, and both are written in order`() {
    var script = written()
    script.edit(typing: "1 ")
    script.edit(typing: "2 ")
    #expect(script.writes.map(\.text) == ["1 One"])
    #expect(script.sessions.last?.unsavedEdits.map(\.text) == ["1 One", "2 1 One"])
    script.refuseWrites("The store is in use.")
    script.press(.character("S"))
    script.confirmWrites()
    #expect(script.writes.map(\.text) == ["1 One", "1 One", "2 1 One"])
    #expect(script.state.pendingWrites.isEmpty)
}

@Test
func `edits of other drafts and stars do not wait for one that fails`() {
    var script = written()
    script.edit(typing: "1 ")
    script.refuseWrites("The store is in use.")
    script.press(.character("j"), .character("s"))
    #expect(script.writes.last == .star(draftId: 11, true))
    script.confirmWrites()
    #expect(script.screen.contains("Not saved: The store is in use. S tries again."))
    #expect(script.textsInSession == ["1 One"])
}

@Test
func `a refused edit is said to be not saved, stays in the session, and is saved by a retry`() {
    var script = written()
    script.edit(typing: "New ")
    script.refuseWrites("The disk is full.")
    script.send(.tick(now: StudioScript.now + 1))
    #expect(script.screen.contains("Not saved: The disk is full. S tries again."))
    #expect(script.screen.contains("─ not saved ─"))
    #expect(script.textsInSession == ["New One"])
    script.press(.character("S"), .character("S"))
    #expect(script.writes.count == 2)  // a second press does not send it twice
    script.confirmWrites()
    #expect(script.notice == "A is saved as a new revision" && !script.screen.contains("Not saved"))
}

@Test
func `a retry says all that it saved`() {
    var script = written()
    script.edit(typing: "New ")
    script.press(.character("s"))
    script.refuseWrites("The disk is full.")
    script.send(.sessionNotSaved(sentence: "The disk is full."))
    script.press(.character("S"))
    script.confirmWrites()
    script.send(.sessionSaved)
    #expect(script.notice == "A is saved as a new revision; A is starred; your unsent text is kept again")
}

@Test
func `a retry says that a generation is saved with its variants`() {
    var script = written()
    script.send(.generation(job: script.job, .notSaved(sentence: "The disk is full.")))
    script.press(.character("S"))
    script.send(.generation(job: script.job, .saved(generationId: 1, draftIds: [10, 11, 12])))
    #expect(script.notice == "Article headline is saved with its 3 variants")
}

@Test
func `the key that tries again is named behind a dialog too`() {
    var script = written()
    script.edit(typing: "New ")
    script.refuseWrites("The disk is full.")
    for open in [KeyPress.character("x"), .character("?"), .character(":"), .character("q")] {
        script.press(open)
        #expect(script.state.dialog != nil && script.screen.contains("S tries again."))
        script.press(.escape)
    }
}

@Test
func `a confirmation does not replace a failure that came meanwhile`() {
    var script = written()
    script.edit(typing: "New ")
    script.send(.notice("The editor ended with status 3.", isFailure: true))
    script.confirmWrites()
    #expect(script.notice == "The editor ended with status 3.")
    script.edit(typing: "More ")
    script.confirmWrites()
    #expect(script.notice == "A is saved as a new revision")
}

@Test
func `an edit of a draft that the store never took is in the session`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "One")))
    script.send(.generation(job: script.job, .draftFinished(variant: 0, reason: .stop, tokenCount: 1)))
    script.press(.character("e"))
    script.type("Open ")
    script.send(.tick(now: StudioScript.now + 1))
    #expect(script.textsInSession == ["Open One"])
    script.press(.control("s"))
    #expect(script.notice == "A will be saved with its generation")
    #expect(script.textsInSession == ["Open One"])
}

@Test
func `opening a generation again shows changes that the store does not have yet`() {
    var script = written()
    script.edit(typing: "New ")
    script.press(.character("s"))
    let drafts = (0..<3).map { index in
        SavedDraft(
            id: 10 + Int64(index), generationId: 1, ordinal: index, text: "Old", finishReason: .stop, createdAt: 0,
            updatedAt: 0)
    }
    script.send(
        .generationOpened(
            SavedGeneration(
                id: 1, createdAt: 0, status: .complete, templateName: "article-headline", title: "Article headline",
                fields: [:], model: .init(name: "m", hash: "", engine: ""), seed: 1, drafts: drafts)))
    #expect(script.state.shownGeneration?.variants.map(\.text) == ["New One", "Old", "Old"])
    #expect(script.state.shownGeneration?.variants[0].starred == true)
}

// MARK: Quitting

@Test
func `quitting waits for the store, and another key stays`() {
    var script = written()
    script.press(.character("s"), .character("q"))
    #expect(script.notice == "Saving, then quitting. Any other key stays.")
    #expect(!script.effects.contains(.quit))
    script.confirmWrites()
    #expect(script.effects.last == .quit)
    var stays = written()
    stays.press(.character("s"), .character("q"), .character("j"))
    stays.confirmWrites()
    #expect(!stays.effects.contains(.quit))
}

@Test
func `quitting while the store refuses asks, and pressed twice it asks at once`() {
    var script = written()
    script.press(.character("s"), .character("q"))
    script.refuseWrites("The store is in use.")
    #expect(script.question == "Not everything is saved: The store is in use. Quitting now would lose it.")
    #expect(!script.effects.contains(.quit))
    var edited = written()
    edited.edit(typing: "New ")
    edited.refuseWrites("The store is in use.")
    edited.press(.character("q"))
    #expect(
        edited.question == "Not everything is saved: The store is in use. Your edits are kept for the next start.")
    edited.press(.character("y"))
    #expect(edited.sessions.last?.unsavedEdits.map(\.text) == ["New One"])
    var impatient = written()
    impatient.press(.character("s"), .character("q"), .character("q"))
    #expect(impatient.screen.contains("The last changes are still being saved."))
    impatient.press(.character("y"))
    #expect(impatient.effects.last == .quit)
}

@Test
func `quitting asks if what is typed cannot be kept`() {
    var script = StudioScript()
    script.open("article")
    script.type("bees")
    script.press(.escape, .character("q"))
    #expect(script.effects.last == .quit)
    script.send(.sessionNotSaved(sentence: "The disk is full."))
    #expect(script.screen.contains("Your unsent text cannot be kept: The disk is full."))
    script.press(.character("n"))
    script.send(.tick(now: StudioScript.now + 6))
    #expect(script.sessions.last?.values["article-headline"] == ["topic": "bees"])  // it is tried again
    script.send(.sessionSaved)
    #expect(script.notice == "Your unsent text is kept again")
    script.press(.character("q"))
    script.send(.sessionNotSaved(sentence: "The disk is full."))
    script.press(.character("y"))
    #expect(script.effects.last == .abandon)
}

@Test(arguments: UInt64(201)...212)
func `at any moment a saved edit is in the store or in the session`(seed: UInt64) {
    var session = RandomSession(seed: seed)
    var inStore: Set<String> = []
    var asked: [Int: String] = [:]
    var checked = 0
    for step in 0..<400 {
        let count = session.script.effects.count
        session.step()
        for effect in session.script.effects[count...] {
            if case .write(let operation, .revision(_, let text, _, _)) = effect { asked[operation] = text }
        }
        let pending = Set(session.script.state.pendingWrites.map(\.operation))
        for (operation, text) in asked where !pending.contains(operation) { inStore.insert(text) }
        let kept = Set(session.script.textsInSession)
        for (operation, text) in asked where pending.contains(operation) {
            checked += 1
            #expect(kept.contains(text) || inStore.contains(text), "step \(step) of seed \(seed)")
        }
    }
    #expect(checked > 0 || asked.isEmpty)
}

extension StoreWrite {
    fileprivate var text: String { if case .revision(_, let text, _, _) = self { text } else { "" } }
}
