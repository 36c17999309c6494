// Sessions of dead studios made into one: no text is thrown away, and each comes back to the writer.

import Generation
import Testing

@testable import Studio

private func edit(_ text: String, draft: Int64 = 10) -> StudioSession.OpenEdit {
    .init(draftId: draft, generationId: draft / 10, text: text)
}

private func topic(_ text: String, at time: Double) -> StudioSession {
    StudioSession(
        templateName: "article-headline", formKey: "article-headline", values: ["article-headline": ["topic": text]],
        savedAt: time)
}

extension StudioSession {
    /// All texts in it, wherever they stand.
    fileprivate var texts: [String] {
        let kept = kept.flatMap { text -> [String] in
            switch text.content {
            case .form(_, let values, _): Array(values.values)
            case .edit(let edit): [edit.text]
            }
        }
        return values.values.flatMap(\.values) + kept + unsavedEdits.map(\.text)
            + [openEdit?.text].compactMap { $0 }
    }
}

@Test
func `forms of different templates stand side by side`() throws {
    let story = StudioSession(
        templateName: "short-story", formKey: "short-story", values: ["short-story": ["character": "a keeper"]],
        savedAt: 1)
    let merged = try #require(StudioSession.merged([story, topic("bees", at: 2)]))
    #expect(
        merged.values == ["short-story": ["character": "a keeper"], "article-headline": ["topic": "bees"]])
    #expect(merged.formKey == "article-headline" && merged.kept.isEmpty)
}

@Test
func `of two texts for one form the newer opens and the older is kept`() throws {
    let merged = try #require(StudioSession.merged([topic("older", at: 1), topic("newer", at: 2)]))
    #expect(merged.values["article-headline"] == ["topic": "newer"])
    #expect(merged.kept == [KeptText(.form(key: "article-headline", values: ["topic": "older"], isRaw: false))])
}

@Test
func `of two edits of one draft the newer opens and the older is kept`() throws {
    let merged = try #require(
        StudioSession.merged([
            StudioSession(openEdit: edit("newer"), savedAt: 2), StudioSession(openEdit: edit("older"), savedAt: 1),
        ]))
    #expect(merged.openEdit == edit("newer"))
    #expect(merged.kept == [KeptText(.edit(edit("older")))])
}

@Test
func `the same text twice is there once`() throws {
    let session = StudioSession(
        formKey: "", values: ["": ["prompt": "a thought"]], openEdit: edit("text"), unsavedEdits: [edit("text")],
        kept: [.loose("loose")], savedAt: 1)
    let merged = try #require(StudioSession.merged([session, session, session]))
    #expect(merged.texts.sorted() == ["a thought", "loose", "text"])
}

@Test
func `a form opens even if the newest session has none`() throws {
    let merged = try #require(
        StudioSession.merged([StudioSession(openEdit: edit("text"), savedAt: 2), topic("bees", at: 1)]))
    #expect(merged.formKey == "article-headline" && merged.openEdit == edit("text"))
}

@Test
func `of edits that the store did not confirm the last opens and the others are kept`() throws {
    let merged = try #require(
        StudioSession.merged([StudioSession(unsavedEdits: [edit("first"), edit("second"), edit("other", draft: 20)])]))
    #expect(merged.openEdit == edit("other", draft: 20) && merged.unsavedEdits.isEmpty)
    #expect(merged.kept == [KeptText(.edit(edit("second"))), KeptText(.edit(edit("first")))])
}

@Test
func `edits that the store has are not brought back`() {
    var session = StudioSession(
        openEdit: edit("saved"), unsavedEdits: [edit("saved"), edit("new")],
        kept: [KeptText(.edit(edit("saved"))), .loose("loose")])
    session.dropEdits { $0.text == "saved" }
    #expect(session == StudioSession(unsavedEdits: [edit("new")], kept: [.loose("loose")]))
}

@Test(arguments: UInt64(1)...40)
func `no text is lost however many sessions are merged, in whatever order`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let words = ["sun", "lamp", "desk", "warm", "late"]
    let keys = ["article-headline", "short-story", "", "article-headline\u{1F}3"]
    let sessions = (0..<Int.random(in: 1...6, using: &random)).map { index in
        var session = StudioSession(savedAt: Double(Int.random(in: 1...4, using: &random)))
        session.formKey = keys.randomElement(using: &random)
        for key in keys where Bool.random(using: &random) {
            session.values[key] = ["f": "\(words[Int.random(in: 0..<5, using: &random)]) \(index % 2)"]
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let draft = Int64.random(in: 1...2, using: &random) * 10
            session.unsavedEdits.append(edit(words.randomElement(using: &random) ?? "", draft: draft))
        }
        if Bool.random(using: &random) { session.openEdit = edit("open \(index)") }
        if Bool.random(using: &random) { session.kept.append(.loose("loose \(index)")) }
        return session
    }
    let merged = try #require(StudioSession.merged(sessions))
    let other = try #require(StudioSession.merged(sessions.shuffled(using: &random)))
    #expect(Set(merged.texts) == Set(sessions.flatMap(\.texts)))
    #expect(Set(other.texts) == Set(merged.texts))
    // Merged again with what it was made of, as after a kill between writing and removing, nothing is doubled.
    let again = try #require(StudioSession.merged([merged] + sessions))
    #expect(Set(again.texts) == Set(merged.texts))
}

// MARK: In the studio

@Test
func `what other sessions held is announced, listed, and taken up without losing what is there`() {
    var script = StudioScript()
    let sessions = [topic("older", at: 1), topic("newer", at: 2)]
    script.send(.sessionRestored(StudioSession.merged(sessions) ?? StudioSession()))
    #expect(script.state.draft.form?.values == ["topic": "newer"])
    #expect(script.notice.hasSuffix("shows 1 kept text"))
    script.press(.escape)
    #expect(script.state.footerItems.contains { $0.key == "K" && $0.hint == "kept texts" })
    script.press(.character("K"))
    #expect(script.screen.contains("Article headline: older"))
    script.press(.enter)
    #expect(script.state.draft.form?.values == ["topic": "older"])
    #expect(script.notice == "Your text is in the form Article headline again; Alt-K shows 1 kept text")
    #expect(
        script.state.keeping.kept == [
            KeptText(.form(key: "article-headline", values: ["topic": "newer"], isRaw: false))
        ])
}

@Test
func `a text from last time is kept no longer once it is sent`() {
    var script = StudioScript()
    script.send(.sessionRestored(topic("bees", at: 1)))
    script.press(.control("g"))
    #expect(script.state.session.values["article-headline"] == ["topic": "bees"])
    script.write(["One"])
    #expect(script.state.session.values.isEmpty)
}

@Test
func `a text whose field is gone from a changed template is kept beside the form`() {
    var script = StudioScript(columns: 120)
    script.send(.sessionRestored(topic("bees", at: 1)))
    var items = script.state.templates.items
    for index in items.indices where items[index].name == "article-headline" {
        items[index].fields = [PromptField(name: "subject", label: "Subject")]
    }
    script.send(.templatesLoaded(items))
    #expect(script.state.draft.form?.fields.map(\.name) == ["subject"])
    #expect(script.notice.hasPrefix("The template was changed and has no field "))
    #expect(script.state.keeping.kept == [.loose("bees")])
}

@Test
func `what cannot be taken over is told beside what is here again`() {
    var script = StudioScript(columns: 120)
    script.send(.sessionRestored(topic("bees", at: 1), problems: ["2 files were set aside."]))
    #expect(script.notice == "Your text from last time is here again. 2 files were set aside.")
    var edited = StudioScript(columns: 120)
    let base = EditBase(text: "One")
    edited.send(
        .sessionRestored(
            StudioSession(openEdit: .init(draftId: 10, generationId: 1, text: "Two", base: base), kept: [.loose("a")]),
            problems: ["A file was set aside."]))
    #expect(edited.notice == "You have unsent texts from last time; K shows 1 kept text. A file was set aside.")
    edited.send(.generationOpened(.example(text: "One")))
    #expect(edited.notice == "Your unsaved edit is here again; Alt-K shows 1 kept text. A file was set aside.")
}

@Test
func `kept texts are pointed to as long as there are any`() {
    var script = StudioScript(rows: 12, columns: 40)
    script.send(.sessionRestored(StudioSession(values: [:], kept: [.loose("a letter"), .loose("a note")])))
    script.send(.tick(now: StudioScript.now + 30))
    #expect(script.screen.contains("K: 2 kept texts · built-in"))
    script.press(.character("K"), .enter)
    script.send(.tick(now: StudioScript.now + 60))
    #expect(script.screen.contains("Alt-K: 1 kept text"))
}

@Test
func `a form of another template is announced and opens from the list`() {
    var script = StudioScript()
    script.send(
        .sessionRestored(
            StudioSession(
                formKey: "short-story",
                values: ["short-story": ["character": "a keeper"], "article-headline": ["topic": "bees"]])))
    #expect(script.notice.hasSuffix("shows 1 kept text"))
    script.press(.escape, .character("K"), .enter)
    #expect(script.state.draft.form?.values == ["topic": "bees"])
    #expect(script.state.session.values["short-story"] == ["character": "a keeper"])
}

@Test
func `a kept text is discarded only after a question`() {
    var script = StudioScript()
    script.send(.sessionRestored(StudioSession(values: [:], kept: [.loose("a letter"), .loose("a note")])))
    script.press(.character("K"), .character("d"))
    #expect(script.screen.contains("is kept nowhere else") && script.state.keeping.kept.count == 2)
    script.press(.character("n"), .character("K"), .character("d"), .character("y"))
    #expect(script.state.keeping.kept == [.loose("a note")])
    #expect(script.sessions.last?.kept == [.loose("a note")])
    #expect(script.screen.contains("a note"))  // the list is open again
}

@Test
func `an edit whose draft is gone keeps its text`() {
    var script = StudioScript()
    script.send(.sessionRestored(StudioSession(openEdit: edit("my words", draft: 30))))
    script.send(.generationNotOpened(id: 3, isGone: true, sentence: "This generation is no longer in the store."))
    #expect(script.state.session.kept == [.loose("my words")])
    script.press(.character("K"), .enter)
    #expect(script.state.draft.form?.values == ["prompt": "my words"])
    #expect(script.notice == "Your text is in the form Free prompt again")
}

@Test
func `an edit that cannot be opened now is kept for its draft`() {
    var script = StudioScript()
    script.send(.sessionRestored(StudioSession(openEdit: edit("my words", draft: 30))))
    script.send(.generationNotOpened(id: 3, isGone: false, sentence: "The store is in use."))
    #expect(script.state.session.kept == [KeptText(.edit(edit("my words", draft: 30)))])
    script.press(.character("K"), .enter)
    #expect(script.effects.last == .openGeneration(id: 3))
    #expect(script.state.session.openEdit == edit("my words", draft: 30))
}

@Test
func `a session that comes while the writer types does not replace what is typed`() {
    var script = StudioScript()
    script.open("article")
    script.type("now")
    script.send(.sessionRestored(topic("earlier", at: 1)))
    #expect(script.state.draft.form?.values == ["topic": "now"])
    #expect(script.state.session.texts.sorted() == ["earlier", "now"])
}

@Test
func `a value whose field is gone from the template is kept`() {
    var script = StudioScript()
    script.send(
        .sessionRestored(
            StudioSession(formKey: "article-headline", values: ["article-headline": ["topic": "bees", "old": "wax"]])))
    #expect(script.state.session.texts.sorted() == ["bees", "wax"])
}

// MARK: $EDITOR

@Test
func `the file of an editor is in the session while it runs, and goes after its text is kept`() {
    var script = StudioScript()
    script.open("one-sentence")
    script.type("Bees")
    script.press(.control("x"))
    let target = EditorTarget.field(name: "text")
    #expect(script.effects.last == .openEditor(target, text: "Bees"))
    script.send(.editorOpening(target, path: "/tmp/copydesk-1/draft.md", text: "Bees"))
    #expect(script.sessions.last?.editorFile?.path == "/tmp/copydesk-1/draft.md")
    script.send(.editorClosed(target, text: "Bees dance."))
    #expect(script.sessions.last?.values["one-sentence-summary"] == ["text": "Bees dance."])
    #expect(script.sessions.last?.editorFile == nil)
    #expect(
        script.effects.last == .removeEditorFile(path: "/tmp/copydesk-1/draft.md", holding: ["Bees dance."]))
}

@Test
func `what stands in the file of a killed editor is offered with its path`() {
    var session = StudioSession(
        values: ["one-sentence-summary": ["text": "Bees"]],
        editorFile: .init(
            path: "/tmp/copydesk-1/draft.md", place: .field(formKey: "one-sentence-summary", name: "text"),
            text: "Bees"))
    var unchanged = session
    let hasNothingNew = !unchanged.takeEditorFile("Bees")
    let hasText = session.takeEditorFile("Bees dance.")
    #expect(hasNothingNew && unchanged.kept.isEmpty && hasText)
    var script = StudioScript(columns: 120)
    script.send(.sessionRestored(session))
    #expect(script.screen.contains("K shows 2 kept texts, also in the file of your editor, /tmp/copydesk-1/draft.md"))
    script.press(.character("K"), .down)
    #expect(script.screen.contains("One-sentence summary: Bees") && script.screen.contains("$EDITOR: /tmp/copydesk-1/"))
    script.press(.enter)
    #expect(script.state.draft.form?.values == ["text": "Bees dance."])
    #expect(
        script.effects.last == .removeEditorFile(path: "/tmp/copydesk-1/draft.md", holding: ["Bees dance."]))
    #expect(script.state.session.texts.sorted() == ["Bees", "Bees dance."])
}

@Test
func `an editor that fails leaves the draft, and what it wrote is kept with its file`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.write(["One", "Two", "Three"])
    script.press(.character("E"))
    let target = EditorTarget.variant(generation: script.job, index: 0)
    script.send(.editorOpening(target, path: "/tmp/copydesk-1/draft.md", text: "One"))
    script.send(.editorFailed(target, text: "Half", sentence: "The editor ended with status 3."))
    #expect(script.state.shownGeneration?.variants[0].text == "One" && script.writes.isEmpty)
    #expect(script.notice == "The editor ended with status 3. K shows it.")
    #expect(
        script.sessions.last?.kept == [
            KeptText(
                .edit(.init(draftId: 10, generationId: 1, text: "Half", base: .init(text: "One"))),
                path: "/tmp/copydesk-1/draft.md")
        ])
    let removals = script.effects.filter { if case .removeEditorFile = $0 { true } else { false } }
    #expect(removals.isEmpty)
}
