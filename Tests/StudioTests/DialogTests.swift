import Generation
import Testing

@testable import Studio

private func written() -> StudioScript {
    var script = StudioScript()
    script.open("search ad")
    script.press(.control("e"), .control("g"))
    script.write(["Sunlight for late ideas", "Lamp", "Warm light", "Sun"])
    return script
}

@Test
func `parameters are checked while they are typed, and set together`() {
    var script = written()
    script.press(.character("p"), .control("u"))
    script.type("hot")
    #expect(script.screen.contains("temperature takes a number from 0 to 5, and 'hot' is not one."))
    script.press(.enter)
    #expect(script.state.context == .parameters)
    script.press(.control("u"))
    script.type("9")
    #expect(script.screen.contains("temperature takes a number from 0 to 5, and '9' is not one."))
    script.press(.control("u"))
    script.type("1,2")
    for _ in 0..<9 { script.press(.down) }
    script.press(.control("u"))
    script.type("2")
    script.press(.down)
    script.type("42")
    script.press(.enter)
    #expect(script.state.dialog == nil)
    script.press(.control("g"))
    #expect(script.request?.sampling.temperature == 1.2)
    #expect(script.request?.variantCount == 2)
    #expect(script.request?.seed == 42)
}

@Test
func `leaving the parameters leaves them as they were`() {
    var script = written()
    script.press(.character("p"), .control("u"))
    script.type("1.5")
    script.press(.escape, .control("g"))
    #expect(script.request?.sampling.temperature == 0.7)
}

@Test
func `export proposes a path that follows the format until it is touched`() {
    var script = written()
    script.press(.character("x"))
    #expect(script.screen.contains("search-ad-headlines-a.md"))
    script.press(.up, .right, .up, .right)
    #expect(script.screen.contains("search-ad-headlines.txt"))
    script.press(.enter)
    let request = ExportRequest(scope: .generation(id: 1), format: .text, path: "search-ad-headlines.txt")
    #expect(script.effects.last == .export(request))
    script.send(.exportExists(request))
    #expect(script.screen.contains("search-ad-headlines.txt is there already."))
    script.press(.character("y"))
    var overwriting = request
    overwriting.overwrite = true
    #expect(script.effects.last == .export(overwriting))
    script.send(.exported(path: "search-ad-headlines.txt", draftCount: 4))
    #expect(script.screen.contains("4 drafts exported to search-ad-headlines.txt"))
}

@Test
func `an export that fails says why and keeps what was typed`() {
    var script = written()
    script.press(.character("x"), .control("u"))
    script.type("/no/such/file.md")
    script.press(.enter)
    script.send(.exportFailed(sentence: "The folder /no/such is not there. Create it or choose another."))
    #expect(script.screen.contains("The folder /no/such is not there."))
    #expect(script.screen.contains("/no/such/file.md"))
}

@Test
func `a model is chosen from the list`() {
    var script = written()
    script.press(.character("m"), .down, .enter)
    #expect(script.effects.last == .useModel(name: "smollm2-360m"))
    script.send(.modelFailed(sentence: "smollm2-360m.gguf is cut short. Pull it again."))
    #expect(script.screen.contains("smollm2-360m.gguf is cut short. Pull it again."))
    #expect(script.state.modelName == "built-in")
}

@Test
func `the palette does what it finds`() {
    var script = written()
    script.press(.character(":"))
    script.type("copy")
    script.press(.enter)
    #expect(script.effects.last == .copy("Sunlight for late ideas"))
    #expect(script.state.dialog == nil)
}

@Test
func `a choice is cycled, taken by its letter, typed, or taken from the list`() {
    var script = StudioScript()
    script.open("search ad")
    script.press(.down, .right)
    #expect(script.state.draft.form?.values["tone"] == "urgent")
    script.press(.left, .left)
    #expect(script.state.draft.form?.values["tone"] == "professional")
    script.press(.enter, .down, .enter)
    #expect(script.state.draft.form?.values["tone"] == "playful")
    script.press(.control("u"))
    script.type("dry")
    #expect(script.state.draft.form?.values["tone"] == "dry")
}

@Test
func `a file is loaded into a field of several lines`() {
    var script = StudioScript()
    script.open("one-sentence")
    script.press(.control("o"))
    script.type("notes.txt")
    script.press(.enter)
    #expect(script.effects.last == .loadFile(path: "notes.txt"))
    script.send(.fileFailed(path: "notes.txt", sentence: "There is no file notes.txt here. Check the name."))
    #expect(script.screen.contains("There is no file notes.txt here."))
    script.press(.enter)
    script.send(.fileLoaded(path: "notes.txt", text: "Line one\nLine two"))
    #expect(script.state.draft.form?.values["text"] == "Line one\nLine two")
}

@Test
func `a broken template is listed, and its reason is shown whole`() {
    var script = StudioScript()
    script.open("bad")
    #expect(script.screen.contains("bad.md, line 3, column 7: a field needs a name. Add one, as in name:"))
    #expect(script.state.context == .message)
}

@Test
func `help begins with the keys of where the writer is`() {
    var script = StudioScript(rows: 40, columns: 120)
    script.press(.character("?"))
    #expect(script.frame.lines.contains { $0.contains("│ Templates") })
    script.press(.escape)
    script.open("search ad")
    script.press(.function(1))
    #expect(script.frame.lines.contains { $0.contains("│ Field") })
    #expect(script.screen.contains("more"))
}
