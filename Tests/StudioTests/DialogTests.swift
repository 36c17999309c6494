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
    #expect(script.exports.last?.request == request)
    script.answerExport(.finished(.fileExists))
    #expect(script.screen.contains("search-ad-headlines.txt is there already."))
    script.press(.character("y"))
    var overwriting = request
    overwriting.overwrite = true
    #expect(script.exports.last?.request == overwriting)
    script.finishExport(path: "search-ad-headlines.txt", draftCount: 4)
    #expect(script.screen.contains("4 drafts exported to search-ad-headlines.txt"))
}

@Test
func `export writes the drafts alone, or the source texts too, if the format has a place for them`() {
    var script = written()
    script.press(.character("x"))
    #expect(script.screen.contains("← headings and facts →"))
    script.press(.down, .right)
    #expect(script.screen.contains("← the drafts alone →"))
    script.press(.enter)
    #expect(script.exports.last?.request.content == .drafts)
    script.finishExport(path: "search-ad-headlines-a.md", draftCount: 1)
    script.press(.character("x"), .down, .left)
    #expect(script.screen.contains("← facts and source texts →"))
    // Plain text has no place for source texts, and JSON has everything.
    script.press(.up, .up, .right)
    #expect(script.screen.contains("← plain text →") && script.screen.contains("← headings and facts →"))
    script.press(.right, .right)
    #expect(script.screen.contains("← JSON →") && script.screen.contains("← everything →"))
    script.press(.enter)
    #expect(script.exports.last?.request.content == .facts)
}

@Test(arguments: [
    ("/tmp/x.csv", ExportFormat.csv), ("x.MARKDOWN", .markdown), ("a.b/x.txt", .text), ("x.htm", .html),
    ("x.ndjson", .jsonl), ("x.json", .json),
])
func `the ending of a typed path says the format`(path: String, format: ExportFormat) {
    var script = written()
    script.press(.character("x"), .up, .left, .down, .control("u"))
    script.type(path)
    #expect(script.screen.contains("← \(format.title) →"))
    script.press(.enter)
    #expect(script.exports.last?.request == ExportRequest(scope: .draft(id: 10), format: format, path: path))
}

@Test(arguments: [("/tmp/x.csv", "/tmp/x.md"), ("/tmp/x", "/tmp/x.txt"), ("/tmp/x.v2", "/tmp/x.v2.txt")])
func `choosing a format changes the ending of a typed path`(typed: String, changed: String) throws {
    var script = written()
    script.press(.character("x"), .control("u"))
    script.type(typed)
    script.press(.up, .right)
    #expect(script.screen.contains(changed + " ") || script.screen.contains(changed + "\n"))
    script.press(.down, .enter)
    let request = try #require(script.exports.last?.request)
    #expect(request.path == changed && changed.hasSuffix("." + request.format.rawValue))
}

@Test
func `a long export is told of while it is written and when it is done, whatever its dialog`() {
    var script = written()
    script.press(.character("x"), .enter)
    #expect(script.screen.contains("writing…") && !script.state.footerItems.contains { $0.hint == "export" })
    script.press(.escape)
    #expect(script.screen.contains("exporting to search-ad-headlines-a.md…"))
    // Another dialog is not closed by the answer.
    script.press(.character("x"))
    script.finishExport()
    #expect(script.state.context == .export && script.state.footerItems.contains { $0.hint == "export" })
    #expect(script.screen.contains("1 draft exported to search-ad-headlines-a.md"))
    script.press(.escape)
    script.send(.tick(now: StudioScript.now + 10))
    #expect(script.screen.contains("1 draft exported to search-ad-headlines-a.md"))
}

@Test
func `quitting waits for an export and says so, and a second time offers to leave it out`() {
    var script = written()
    script.press(.character("x"), .enter, .escape, .character("q"))
    #expect(script.notice == "Exporting to search-ad-headlines-a.md, then quitting. Any other key stays.")
    #expect(!script.effects.contains(.quit))
    var impatient = script
    script.finishExport()
    #expect(script.effects.last == .quit)
    impatient.press(.character("q"))
    #expect(impatient.question.hasPrefix("The export to search-ad-headlines-a.md is still being written."))
    impatient.press(.character("y"))
    #expect(impatient.effects.last == .quit)
    // Other text that would be lost still gets its question.
    var unsaved = written()
    unsaved.send(.generation(job: unsaved.job, .notSaved(sentence: "The disk is full.")))
    unsaved.press(.character("x"), .enter, .escape, .character("q"), .character("q"), .character("y"))
    #expect(unsaved.question.hasPrefix("Not everything is saved: The disk is full."))
    #expect(!unsaved.effects.contains(.quit))
    var failed = written()
    failed.press(.character("x"), .enter, .escape, .character("q"))
    failed.answerExport(.failed(sentence: "The disk is full."))
    #expect(failed.notice == "The disk is full." && !failed.effects.contains(.quit))
}

@Test(arguments: [KeyPress.character("n"), .escape, .enter])
func `a writer who stays is not quit on when the export is done`(answer: KeyPress) {
    var script = written()
    script.press(.character("x"), .enter, .escape, .character("q"), .character("q"))
    #expect(script.question.hasPrefix("The export to search-ad-headlines-a.md is still being written."))
    script.press(answer)
    script.finishExport()
    #expect(!script.effects.contains(.quit))
    script.press(.character("q"))
    #expect(script.effects.last == .quit)
}

@Test
func `a question keeps its frame on a small screen whatever is said below`() {
    var script = StudioScript(rows: 12, columns: 40)
    script.send(.sessionRestored(StudioSession(values: [:], kept: [.loose(String(repeating: "a letter ", count: 9))])))
    script.press(.character("K"), .character("d"))
    for message in ["", String(repeating: "A message of many words. ", count: 9)] {
        script.send(.notice(message, isFailure: true))
        #expect(script.screen.contains("y Discard it"))
        #expect(script.frame.lines.count { $0.contains("└") && $0.contains("┘") } == 1)
    }
    #expect(script.screen.contains("A message of many words."))
}

@Test
func `an export that fails says why and keeps what was typed`() {
    var script = written()
    script.press(.character("x"), .control("u"))
    script.type("/no/such/file.md")
    script.press(.enter)
    script.answerExport(.failed(sentence: "The folder /no/such is not there. Create it or choose another."))
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
func `a broken template is listed, and its complete reason is shown`() {
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
