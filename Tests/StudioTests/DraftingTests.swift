import Generation
import Testing

@testable import Studio

/// Four variants written from the search-ad template, with draft ids 10 to 13.
private func written(rows: Int = 24, columns: Int = 80) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.open("search ad")
    script.press(.control("e"), .control("g"))
    script.write(["Sunlight for late ideas", "Lamp", "Warm light", "Sun"])
    return script
}

extension StudioScript {
    fileprivate var texts: [String] { state.shownGeneration?.variants.map(\.text) ?? [] }
}

@Test
func `star, trash and edit are written, and undone one by one`() {
    var script = written()
    script.press(.character("s"), .character("j"), .character("d"))
    #expect(script.writes == [.star(draftId: 10, true), .trash(draftIds: [11])])
    script.confirmWrites()
    #expect(script.screen.contains("B ── in the trash"))
    script.press(.character("k"), .character("k"), .character("e"))
    script.type("New ")
    script.press(.control("s"))
    #expect(script.writes.count == 3)
    script.confirmWrites()
    let undone = Array(script.writes)
    for _ in 0..<3 {
        script.press(.character("u"))
        script.confirmWrites()
    }
    script.press(.character("u"))
    #expect(script.writes.count == undone.count + 3)
    #expect(script.writes.last == .star(draftId: 10, false))
    #expect(script.writes.contains(.restore(draftIds: [11])))
    #expect(script.texts[0] == "Sunlight for late ideas" && script.screen.contains("Nothing to undo"))
}

@Test
func `an edit is saved as a revision`() {
    var script = written()
    script.press(.character("e"))
    script.type("More ")
    script.press(.control("s"))
    #expect(
        script.writes == [
            .revision(
                draftId: 10, text: "More Sunlight for late ideas", origin: .edit,
                base: .init(text: "Sunlight for late ideas"))
        ])
    #expect(script.texts[0] == "More Sunlight for late ideas")
    script.confirmWrites()
    #expect(script.screen.contains("─ edited ─"))
    script.press(.character("u"))
    #expect(!script.screen.contains("─ edited ─"))
}

@Test
func `leaving an edit asks only if something changed`() {
    var script = written()
    script.press(.character("e"), .escape)
    #expect(script.state.dialog == nil && script.state.context == .variants)
    script.press(.character("e"))
    script.type("x")
    script.press(.escape)
    #expect(script.screen.contains("The edit of A is not saved."))
    script.press(.character("c"))
    #expect(script.state.context == .edit)
    script.press(.escape, .character("d"))
    #expect(script.texts[0] == "Sunlight for late ideas" && script.writes.isEmpty)
    script.press(.character("e"))
    script.type("y")
    script.press(.escape, .character("s"))
    #expect(
        script.writes == [
            .revision(
                draftId: 10, text: "ySunlight for late ideas", origin: .edit,
                base: .init(text: "Sunlight for late ideas"))
        ])
}

@Test
func `an unsaved edit is asked about before another generation opens`() {
    var script = written()
    script.answerHistory([HistoryEntry(id: 9, createdAt: StudioScript.now, title: "Other", draftCount: 1)])
    script.press(.character("e"))
    script.type("x")
    script.press(.alt("3"), .enter)
    #expect(script.screen.contains("The edit of A is not saved."))
    script.press(.character("s"))
    #expect(script.writes.count == 1)
    #expect(script.effects.last == .openGeneration(id: 9))
}

@Test
func `the external editor gives back a revision`() {
    var script = written()
    script.press(.character("E"))
    let target = EditorTarget.variant(generation: script.job, index: 0)
    #expect(script.effects.last == .openEditor(target, text: "Sunlight for late ideas"))
    script.send(.editorClosed(target, text: nil))
    #expect(script.writes.isEmpty)
    script.send(.editorClosed(target, text: "Light"))
    #expect(
        script.writes == [
            .revision(draftId: 10, text: "Light", origin: .editor, base: .init(text: "Sunlight for late ideas"))
        ])
}

@Test
func `what is starred and edited before the store gave ids is written when it does`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    let job = script.job
    script.send(.generation(job: job, .text(variant: 0, piece: "One")))
    script.send(.generation(job: job, .draftFinished(variant: 0, reason: .stop, tokenCount: 1)))
    script.press(.character("s"), .character("e"))
    script.type("The ")
    script.press(.control("s"))
    #expect(script.writes.isEmpty)
    script.send(.generation(job: job, .saved(generationId: 4, draftIds: [40, 41, 42])))
    #expect(script.writes == [.revision(draftId: 40, text: "The One", origin: .edit), .star(draftId: 40, true)])
}

@Test
func `what was sent is no longer unsent once its rows are in the store, however late`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .began(generationId: nil, draftIds: [], seed: 7)))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "One")))
    #expect(script.state.draft.form?.isUnsent == true)
    script.send(.generation(job: script.job, .saved(generationId: 4, draftIds: [40, 41, 42])))
    #expect(script.state.draft.form?.isUnsent == false)
}

@Test
func `what cannot be saved stays on screen, is tried again by a key, and is asked about at the end`() {
    var script = written()
    script.press(.character("s"))
    guard case .write(let operation, let write) = script.effects.last else {
        Issue.record("nothing was written")
        return
    }
    script.send(.writeFailed(operation: operation, sentence: "The disk is full."))
    #expect(script.screen.contains("Not saved: The disk is full. S tries again."))
    script.press(.character("q"))
    #expect(script.screen.contains("Not everything is saved"))
    #expect(!script.effects.contains(.quit))
    script.press(.escape, .character("S"))
    #expect(script.effects.last == .write(operation: operation, write))
    script.send(.written(operation: operation))
    #expect(!script.screen.contains("Not saved"))
    script.press(.character("q"))
    #expect(script.effects.contains(.quit))
}

@Test
func `a generation that could not be saved is saved again with the texts on screen`() {
    var script = written()
    script.send(.generation(job: script.job, .notSaved(sentence: "The disk is full.")))
    script.press(.character("S"))
    #expect(
        script.effects.contains(
            .saveGeneration(job: script.job, texts: ["Sunlight for late ideas", "Lamp", "Warm light", "Sun"])))
}

@Test
func `quitting asks while a generation is written, and not otherwise`() {
    var script = written()
    script.press(.character("r"), .character("q"))
    #expect(script.screen.contains("A generation is being written."))
    script.press(.character("n"))
    #expect(script.state.draft.running != nil && !script.effects.contains(.quit))
    script.press(.character("q"), .character("y"))
    #expect(script.effects.contains(.cancel(job: script.job)) && script.effects.last == .quit)
    var idle = written()
    idle.press(.character("q"))
    #expect(idle.effects.last == .quit)
}

@Test
func `Ctrl-C stops what is being written first, and then quits`() {
    var script = written()
    script.press(.character("r"), .control("c"))
    #expect(script.effects.last == .cancel(job: script.job))
    script.send(.job(script.job, .finished(.generated)))
    script.press(.control("c"))
    #expect(script.effects.last == .quit)
}

@Test
func `a paste where nothing is typed does nothing`() {
    var script = written()
    let before = script.effects.count
    script.press(.paste("qdddr"))
    #expect(script.effects.count == before)
}

@Test
func `refining opens a form with the text in it, and names the draft it came from`() {
    var script = written()
    script.press(.character("R"), .enter)
    #expect(script.state.draft.form?.values["text"] == "Sunlight for late ideas")
    script.press(.control("g"))
    #expect(script.request?.parentDraftId == 10 && script.request?.relation == .refine)
}

@Test
func `the list of refining begins with rewriting, and typing filters it`() {
    var script = written()
    var library = script.state.templates.items
    let text = PromptField(name: "text", label: "Text", kind: .multiline, example: "x", isRequired: true)
    library += [
        TemplateItem(name: "one", title: "In a nutshell", familyTitle: "Summaries", fields: [text]),
        TemplateItem(name: "simple", title: "Simplify", familyTitle: "Rewrite", fields: [text]),
        TemplateItem(name: "shorter", title: "Shorten", familyTitle: "Rewrite", fields: [text]),
    ]
    script.send(.templatesLoaded(library))
    script.press(.character("R"))
    let titles = script.state.refineRows.map(\.title)
    #expect(titles.first == "Simplify" && titles.last == "In your own words")
    for letter in "sum nut" { script.press(.character(letter)) }
    #expect(script.screen.contains("In a nutshell") && !script.screen.contains("Simplify "))
    script.press(.enter)
    #expect(script.state.draft.form?.template?.name == "one")
}

@Test
func `comparing marks the words that differ`() {
    let difference = WordDifference("the warm lamp glows", "the cold lamp glows softly")
    #expect(difference.left.indices.filter { difference.left[$0] } == Array(4..<8))
    #expect(difference.right.indices.filter { difference.right[$0] } == Array(4..<8) + Array(20..<26))
    var script = written()
    script.press(.character("v"))
    #expect(script.state.context == .compare)
    #expect(script.screen.contains("Sunlight for late ideas") && script.screen.contains("│ ─ B ──"))
}

@Test
func `copying hands out the whole text`() {
    var script = written()
    script.press(.character("y"))
    #expect(script.effects.last == .copy("Sunlight for late ideas"))
}

@Test
func `g and G go to the first and the last of many variants`() {
    var script = written(rows: 12, columns: 60)
    script.press(.character("G"))
    #expect(script.state.shownGeneration?.selected == 3)
    #expect(script.screen.contains("› D"))
    script.press(.character("g"))
    #expect(script.state.shownGeneration?.selected == 0)
}
