// An editor with a window of its own, pasted texts, and copying: what comes in and goes out of the studio.

import Generation
import Testing

@testable import Studio

private let path = "/tmp/copydesk-1/draft.md"

private func written() -> StudioScript {
    var script = StudioScript(columns: 120)
    script.open("search ad")
    script.press(.control("e"), .control("g"))
    script.write(["Sunlight for late ideas", "Lamp", "Warm light", "Sun"])
    return script
}

/// A studio whose editor came back at once.
private func waiting() -> (script: StudioScript, target: EditorTarget) {
    var script = written()
    script.press(.character("E"))
    let target = EditorTarget.variant(generation: script.job, index: 0)
    script.send(.editorOpening(target, path: path, text: "Sunlight for late ideas"))
    script.send(.editorReturned(target))
    return (script, target)
}

private func removals(_ script: StudioScript) -> [StudioEffect] {
    script.effects.filter { if case .removeEditorFile = $0 { true } else { false } }
}

@Suite struct `An editor that comes back at once` {
    @Test func `keeps its file, and its text is read when the writer says so`() {
        var (script, _) = waiting()
        #expect(script.question.contains("came back at once") && script.question.contains(path))
        #expect(script.sessions.last?.editorFile?.path == path && script.sessions.last?.editorFile?.waits == true)
        script.press(.character("w"))
        #expect(removals(script).isEmpty)
        // The same key asks again, instead of opening a second editor.
        script.press(.character("E"), .character("r"))
        #expect(script.effects.last == .readEditorFile(path: path, text: "Sunlight for late ideas"))
        script.send(.editorFileRead(path: path, text: nil))
        #expect(script.question.contains("still as it was"))
        script.press(.character("r"))
        script.send(.editorFileRead(path: path, text: "Light"))
        #expect(
            script.writes == [
                .revision(draftId: 10, text: "Light", origin: .editor, base: .init(text: "Sunlight for late ideas"))
            ])
        #expect(script.sessions.last?.editorFile == nil)
        #expect(removals(script).isEmpty)
    }

    @Test func `is listed among the kept texts`() {
        var (script, _) = waiting()
        script.press(.escape, .character("K"))
        #expect(
            script.screen.contains("In your editor: Sunlight") && script.screen.contains("$EDITOR: /tmp/copydesk-1/"))
        script.press(.enter)
        #expect(script.question.contains(path))
    }

    @Test func `has its text kept if the draft was changed meanwhile`() {
        var (script, _) = waiting()
        script.press(.escape, .character("e"))
        script.type("My ")
        script.press(.control("s"))
        script.press(.character("K"), .enter, .character("r"))
        script.send(.editorFileRead(path: path, text: "Light"))
        #expect(script.state.shownGeneration?.variants[0].text == "My Sunlight for late ideas")
        #expect(script.writes.count == 1)
        #expect(
            script.sessions.last?.kept == [
                KeptText(
                    .edit(
                        .init(
                            draftId: 10, generationId: 1, text: "Light",
                            base: .init(text: "Sunlight for late ideas"))))
            ])
        #expect(removals(script).isEmpty)
    }

    @Test func `can be let go, and its file stays`() {
        var (script, target) = waiting()
        script.press(.character("l"))
        #expect(script.notice == "\(path) stays as it is")
        #expect(script.sessions.last?.editorFile == nil && removals(script).isEmpty)
        script.press(.character("E"))
        #expect(script.effects.last == .openEditor(target, text: "Sunlight for late ideas"))
    }
}

@Test
func `a paste with a NUL character is refused with its place, and one with CR LF has line feeds`() {
    var script = StudioScript(columns: 120)
    script.open("one-sentence")
    script.press(.paste("One\nTw\0o"))
    #expect(script.state.draft.form?.values == ["text": ""])
    #expect(script.notice.hasPrefix("What you pasted is not text: it has a NUL character at line 2, column 3"))
    script.press(.paste("\u{FEFF}One\r\nTwo\r\n"))
    #expect(script.state.draft.form?.values == ["text": "One\nTwo\n"])
}

@Test
func `all starred variants are copied, and the way is told`() {
    var script = written()
    #expect(!script.state.can(.copyStarred))
    script.press(.character("Y"))
    #expect(script.notice.hasPrefix("No variant here is starred"))
    script.press(.character("s"), .character("j"), .character("j"), .character("s"))
    script.press(.character("Y"))
    #expect(script.effects.last == .copy("Sunlight for late ideas\n\nWarm light"))
    #expect(script.notice == "A, C are copied")
    script.send(.copied(way: "xclip"))
    #expect(script.notice == "A, C are copied, with xclip")
}

@Test
func `a prompt that leaves little room says so, and so does the draft that ends there`() throws {
    var script = StudioScript(columns: 140)
    script.open("article")
    script.press(.control("e"), .control("g"))
    let room = try #require(ContextRoom(promptTokens: 495, contextLength: 512, askedTokens: 160))
    script.send(.generation(job: script.job, .roomIsScarce(room)))
    #expect(script.notice.hasPrefix("There is room for 17 of 160 tokens"))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "One")))
    script.send(.generation(job: script.job, .draftFinished(variant: 0, reason: .length, tokenCount: 17)))
    #expect(script.screen.contains("context full: 17 tokens"))
    #expect(ContextRoom(promptTokens: 352, contextLength: 512, askedTokens: 160) == nil)
    #expect(ContextRoom(promptTokens: 352, contextLength: nil, askedTokens: 160) == nil)
}
