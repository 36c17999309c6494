// Typed text reaches the disk no matter how the studio ends, and changes by others reach the screen.

import Generation
import Testing

@testable import Studio

@Test
func `a closed window keeps what was typed a moment ago, and asks nothing`() {
    var script = StudioScript()
    script.open("article")
    script.type("bees")
    script.send(.terminated)
    #expect(script.sessions.last?.values["article-headline"] == ["topic": "bees"])
    #expect(script.effects.last == .quit)
    #expect(script.state.dialog == nil)
}

@Test
func `a closed window keeps an edit that is not saved`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.write(["One", "Two", "Three"])
    script.press(.character("e"))
    script.type("New ")
    script.send(.terminated)
    #expect(
        script.sessions.last?.openEdit == .init(draftId: 10, generationId: 1, text: "New One", base: .init(text: "One"))
    )
}

@Test
func `a prompt counts as unsent until the store has it`() {
    var script = StudioScript()
    script.open("article")
    script.type("bees")
    script.press(.control("g"))
    #expect(script.state.session.values["article-headline"] == ["topic": "bees"])
    script.send(.job(script.job, .failed(sentence: "The model cannot be opened.")))
    #expect(script.state.session.values["article-headline"] == ["topic": "bees"])
    script.press(.control("g"))
    script.write(["One", "Two", "Three"])
    #expect(script.state.session.values["article-headline"] == nil)
}

@Test
func `what is typed after sending stays unsent when the store takes the rest`() {
    var script = StudioScript()
    script.open("article")
    script.type("bees")
    script.press(.control("g"), .character("f"))
    script.type(" and honey")
    script.write(["One", "Two", "Three"])
    #expect(script.state.session.values["article-headline"] == ["topic": "bees and honey"])
}

@Test
func `the session is written while typing goes on, and then rests`() {
    var script = StudioScript()
    script.open("article")
    script.type("bees")
    #expect(script.state.isAnimating)
    script.send(.tick(now: StudioScript.now + 3))
    #expect(script.sessions.count == 1)
    script.send(.tick(now: StudioScript.now + 60))
    #expect(script.sessions.count == 1)
    #expect(!script.state.isAnimating)
}

@Test
func `another process that writes makes history ask anew`() {
    var script = StudioScript()
    script.answerHistory([])
    let count = script.effects.count
    script.send(.historyChanged)
    #expect(script.effects.count == count + 1)
    guard case .loadHistory = script.effects.last else {
        Issue.record("history was not asked for")
        return
    }
}

@Test
func `seen from the Draft pane, history chooses the generation that is shown there`() {
    var script = StudioScript(rows: 30, columns: 120)
    func entry(_ id: Int64) -> HistoryEntry {
        HistoryEntry(id: id, createdAt: StudioScript.now + Double(id), title: "Entry \(id)", draftCount: 3)
    }
    script.answerHistory([entry(1)])
    #expect(script.state.history.selected == 1)
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.write(["One", "Two", "Three"], generationId: 2)
    script.answerHistory([entry(2), entry(1)])
    #expect(script.state.history.selected == 2)
    // Once the writer moves there himself, it stays where he put it.
    script.press(.character("3"), .down)
    script.send(.historyChanged)
    script.answerHistory([entry(2), entry(1)])
    #expect(script.state.history.selected == 1)
}

@Test
func `an open form follows its template, and a text whose field is gone is kept`() {
    func template(_ fields: String...) -> [TemplateItem] {
        [
            TemplateItem(
                name: "mine", title: "Mine", familyTitle: "Own",
                fields: fields.map { TemplateItem.Field(name: $0, label: $0, isRequired: true) })
        ]
    }
    var script = StudioScript(templates: template("topic"))
    script.open("mine")
    script.type("bees")
    script.send(.templatesLoaded(template("topic", "tone")))
    #expect(script.state.draft.form?.values == ["topic": "bees", "tone": ""])
    #expect(script.state.draft.form?.isUnsent == true)
    script.send(.templatesLoaded([]))
    #expect(script.state.draft.form?.values["topic"] == "bees")
    script.send(.templatesLoaded(template("subject")))
    #expect(script.state.draft.form?.values == ["subject": ""])
    #expect(script.state.keeping.kept == [.loose("bees")])
}

@Test
func `the palette begins with what belongs to where it was opened`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.write(["One", "Two", "Three"])
    script.press(.character(":"))
    guard let palette = script.state.dialog as? PaletteDialog else {
        Issue.record("no palette")
        return
    }
    let actions = palette.found
    #expect(actions.first == .read)
    #expect(Set(actions).count == actions.count)
    #expect(actions.contains(.quit))
}

@Test
func `undo of a long text is bounded, and goes back at least one step`() {
    var editor = TextEditor(String(repeating: "x", count: 3_000_000), isMultiline: true)
    for _ in 0..<3 { _ = editor.handle(.backspace, columns: 80) }
    _ = editor.handle(.control("_"), columns: 80)
    #expect(editor.characters.count == 2_999_998)
    _ = editor.handle(.control("_"), columns: 80)
    #expect(editor.characters.count == 2_999_998)
}
