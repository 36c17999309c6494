// Training runs in the studio: looked at while the dialog is open, stopped after a question.

import Generation
import Testing

@testable import Studio

private func opened(rows: Int = 30, columns: Int = 110) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.press(.character("L"))
    script.answerRuns(StudioScript.runItems)
    return script
}

private let first = StudioScript.runItems[0].folder
private let second = StudioScript.runItems[1].folder

/// True if the screen has a character of a braille curve.
private func hasCurve(_ screen: String) -> Bool {
    screen.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) }
}

@Suite struct `The dialog of training runs` {
    @Test func `shows the runs, and the newest with its curve and its sample`() {
        let script = opened()
        #expect(script.screen.contains("› my-voice") && script.screen.contains("短篇小说的声音"))
        #expect(script.screen.contains("180 of 400") && script.screen.contains("1.8621"))
        #expect(hasCurve(script.screen) && script.screen.contains("◆ validation"))
        #expect(script.screen.contains("Sample at step 150") && script.screen.contains("Mara counted"))
    }

    @Test func `reads again while it is open, and not after`() {
        var script = opened()
        let before = script.runsAsked.count
        script.send(.tick(now: script.state.now + 2))
        #expect(script.runsAsked.count == before + 1 && script.runsAsked.last == first)
        // One question at a time, however long the answer takes.
        script.send(.tick(now: script.state.now + 2))
        #expect(script.runsAsked.count == before + 1)
        script.answerRuns(StudioScript.runItems)
        #expect(script.state.isAnimating)
        script.press(.escape)
        #expect(script.state.dialog == nil)
        script.send(.tick(now: script.state.now + 60))
        #expect(script.runsAsked.count == before + 1)
    }

    @Test func `asks for the log of a run as soon as it is selected`() {
        var script = opened()
        script.press(.character("j"))
        #expect(script.runsAsked.last == second && script.screen.contains("Reading its log…"))
        // A late answer about the run before is not shown for this one.
        script.send(.runsSeen(StudioScript.runItems, details: StudioScript.runDetails(StudioScript.runItems[0])))
        #expect(!hasCurve(script.screen))
        script.answerRuns(StudioScript.runItems)
        #expect(hasCurve(script.screen) && script.screen.contains("It waits while a draft is written."))
    }

    @Test func `says why a run failed`() {
        var script = opened()
        script.press(.character("j"), .character("j"))
        script.answerRuns(StudioScript.runItems)
        #expect(script.screen.contains("Step 32 computed NaN or infinity"))
    }

    @Test func `stops a run only after a question, and only one that goes on`() {
        var script = opened()
        script.press(.character("x"))
        #expect(script.question.hasPrefix("Stop my-voice at step 180 of 400?"))
        script.press(.character("n"))
        #expect(script.state.context == .runs)
        #expect(!script.effects.contains(.stopRun(folder: first)))
        script.press(.character("x"), .character("y"))
        #expect(script.effects.contains(.stopRun(folder: first)) && script.state.context == .runs)
        script.press(.character("G"), .character("x"))
        #expect(script.state.context == .runs && script.question == "")
        #expect(script.frame.lines.last?.contains("stop it") == false)
    }

    @Test func `shows all values or a smoothed line`() {
        var script = opened()
        #expect(script.screen.contains("training, smoothed"))
        script.press(.character("s"))
        #expect(script.screen.contains("⠂ training") && !script.screen.contains("smoothed"))
        #expect(script.frame.lines.last?.contains("s smooth") == true)
    }

    @Test func `shows the curve alone on a small screen, and goes back to the list before it closes`() {
        var script = opened(rows: 12, columns: 40)
        #expect(script.screen.contains("my-voice") && !hasCurve(script.screen))
        script.press(.enter)
        #expect(hasCurve(script.screen) && script.screen.contains("my-voice  180 of 400"))
        script.press(.escape)
        #expect(script.screen.contains("短篇小说的声音") && script.state.context == .runs)
        script.press(.escape)
        #expect(script.state.dialog == nil)
    }

    @Test func `keeps its place when runs come and go, and is empty without any`() {
        var script = opened()
        script.press(.character("j"))
        script.send(.runsSeen(Array(StudioScript.runItems.dropFirst()), details: nil))
        #expect(script.screen.contains("› 短篇小说的声音"))
        script.send(.runsSeen([StudioScript.runItems[2]], details: nil))
        #expect(script.screen.contains("› too-hot"))
        script.send(.runsSeen([], details: nil))
        #expect(script.screen.contains("There are no training runs yet."))
        script.press(.enter, .character("x"), .character("s"), .down, .pageUp)
        #expect(script.state.context == .runs)
    }

    @Test func `is drawn in ASCII where the terminal has no more`() {
        var script = StudioScript(rows: 24, columns: 80, ascii: true)
        script.press(.character("L"))
        script.answerRuns([StudioScript.runItems[0]])
        #expect(script.screen.contains("my-voice") && script.screen.allSatisfy(\.isASCII))
    }

    @Test(arguments: ["training", "runs", "curves"])
    func `is found by its words`(words: String) {
        var palette = PaletteDialog(openedIn: .templates, commands: Action.allCases.filter(\.isCommand))
        palette.input = TextEditor(words)
        #expect(palette.found.first == .showRuns)
    }
}
