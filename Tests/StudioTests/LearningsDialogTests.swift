// What was learned from stars in the studio: every state, and what its keys ask for.

import Generation
import Testing

@testable import Studio

private func opened(
    rows: Int = 45, columns: Int = 160, _ items: [LearningItem] = StudioScript.learningItems,
    offer: LearningOffer? = StudioScript.offer
) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.press(.character("L"), .character("*"))
    script.answerLearnings(items, offer: offer)
    return script
}

private func item(_ name: String) throws -> LearningItem {
    try #require(StudioScript.learningItems.first { $0.name == name })
}

private func select(_ name: String, in script: inout StudioScript) throws {
    let place = try #require(StudioScript.learningItems.firstIndex { $0.name == name })
    script.press(.character("g"))
    for _ in 0..<place { script.press(.character("j")) }
}

/// The keys of the last line.
private func keys(_ script: StudioScript) -> String { script.frame.lines.last ?? "" }

@Suite struct `The dialog of what was learned` {
    @Test func `is opened from the runs by a key, and by the palette`() {
        var script = opened()
        #expect(script.state.context == .learnings && script.effects.contains(.lookAtLearnings(readsStars: true)))
        script.press(.escape, .character(":"))
        script.type("learn from stars")
        script.press(.enter)
        #expect(script.state.context == .learnings)
    }

    @Test(arguments: [
        ("style-6", "It is being trained in the background: step 7 of 15 · loss 2.9134 · 4 min left.", "x stop it"),
        ("风格五", "It waits while a draft is written.", "x stop it"),
        ("style-4", "12 of 20 pairs have an answer; c goes on.", "c compare"),
        ("style-3", "It is better. a adopts it", "a adopt "),
        ("letters", "the comparison does not show that it is better", "a adopt anyway"),
        ("style-2", "Adopted: built-in writes with it. o turns it off.", "o turn off"),
        ("style-1", "Turned off: built-in writes without it. o turns it on.", "o turn on"),
        ("poems", "it forgot too much", "n learn"),
        ("killed", "r goes on from there.", "r go on"),
        ("broken", "it is no record of a learning, or it is cut short", "n learn"),
    ])
    func `says how a learning stands, and the key that leads on`(name: String, sentence: String, key: String) throws {
        var script = opened()
        try select(name, in: &script)
        script.press(.enter)
        let words = script.screen.split(whereSeparator: \.isWhitespace).filter { $0 != "│" }.joined(separator: " ")
        #expect(words.contains(sentence), "\(script.screen)")
        #expect(keys(script).contains(key), "\(keys(script))")
    }

    @Test(arguments: [(45, 160), (24, 80), (12, 40), (5, 20)])
    func `shows the next key at every size`(rows: Int, columns: Int) throws {
        var script = opened(rows: rows, columns: columns)
        for (name, key) in [("style-4", "c "), ("style-3", "a "), ("style-2", "o "), ("style-1", "o ")] {
            try select(name, in: &script)
            #expect(keys(script).hasPrefix(" \(key)"), "\(name): \(keys(script))")
        }
    }

    @Test func `shows the figures of the guard and of the result`() throws {
        var script = opened()
        try select("style-3", in: &script)
        script.press(.enter)
        for words in ["held-out loss 3.1043 → 2.7120", "(+0.8%, at most +2.0%)", "adapter in 16 of 20 pairs"] {
            #expect(script.screen.contains(words), "\(script.screen)")
        }
        #expect(script.screen.contains("15 were needed") && script.screen.contains("base 0.0%, adapter 2.5%"))
    }

    @Test func `does nothing that the selected learning cannot do`() throws {
        var script = opened()
        for name in ["style-6", "poems", "broken"] {
            try select(name, in: &script)
            script.press(.character("c"), .character("a"), .character("o"), .character("r"))
        }
        let asked = script.effects.filter {
            switch $0 {
            case .openComparison, .turnLearned, .learn: true
            default: false
            }
        }
        #expect(asked.isEmpty && script.state.context == .learnings)
    }

    @Test func `reads again while it is open, and not after`() {
        var script = opened()
        let before = script.learningLooks
        script.send(.tick(now: script.state.now + 2))
        #expect(script.learningLooks == before + 1 && script.effects.last == .lookAtLearnings(readsStars: false))
        script.send(.tick(now: script.state.now + 2))
        #expect(script.learningLooks == before + 1)
        script.answerLearnings(StudioScript.learningItems)
        #expect(script.state.isAnimating)
        script.press(.escape)
        script.send(.tick(now: script.state.now + 60))
        #expect(script.state.dialog == nil && script.learningLooks == before + 1)
    }

    @Test func `keeps its place when learnings come and go`() throws {
        var script = opened()
        try select("风格五", in: &script)
        script.answerLearnings(Array(StudioScript.learningItems.dropFirst()))
        #expect(script.screen.contains("› 风格五"))
        script.answerLearnings([try item("style-4")])
        #expect(script.screen.contains("› style-4"))
        script.answerLearnings([])
        script.press(.enter, .character("c"), .character("o"), .down, .pageUp)
        #expect(script.state.context == .learnings && !script.screen.contains("style-4"))
    }

    @Test func `is drawn in ASCII where the terminal has no more`() {
        var script = StudioScript(rows: 24, columns: 80, ascii: true)
        script.press(.character("L"), .character("*"))
        script.answerLearnings([StudioScript.learningItems[0]], offer: StudioScript.offer)
        #expect(script.screen.contains("style-6") && script.screen.contains("43 starred drafts"))
    }
}

@Suite struct `Learning, begun in the studio` {
    @Test func `is refused with the count while too few drafts are starred`() {
        var script = opened(rows: 24, columns: 80, [], offer: StudioScript.fewKeeps)
        #expect(script.screen.contains("You have kept 12 drafts; learning begins at 30."))
        #expect(script.screen.contains("s stars a draft"))
        script.press(.character("n"))
        #expect(script.question.isEmpty && !script.effects.contains(.learn(goingOnWith: nil)))
    }

    @Test func `begins after a question that says how long, and shows the new one`() {
        var script = opened([StudioScript.learningItems[2]])
        script.press(.character("n"))
        #expect(script.question.contains("43 starred drafts, 12 of them edited"))
        #expect(script.question.contains("14 minutes") && script.question.contains("in the background"))
        script.press(.character("n"))
        #expect(script.state.context == .learnings && !script.effects.contains(.learn(goingOnWith: nil)))
        script.answerLearnings([StudioScript.learningItems[2]], offer: StudioScript.offer)
        script.press(.character("n"), .character("y"))
        #expect(script.effects.contains(.learn(goingOnWith: nil)) && script.screen.contains("It begins"))
        // One at a time.
        script.press(.character("n"))
        #expect(script.question.isEmpty)
        script.send(.learningBegan)
        let items = [StudioScript.learningItems[0], StudioScript.learningItems[2]]
        script.answerLearnings(items, offer: StudioScript.offer)
        #expect(script.screen.contains("› style-6"))
    }

    @Test func `tells why nothing is learned`() {
        var script = opened()
        script.press(.character("n"), .character("y"))
        script.send(.learningNotBegun(sentence: "The comparison needs 12 prompts, and there are 3."))
        #expect(script.state.context == .message && script.screen.contains("there are 3."))
        script.press(.escape, .character("L"), .character("*"))
        script.answerLearnings([], offer: StudioScript.offer)
        #expect(script.screen.contains("n begins."))
    }

    @Test func `goes on with one that was stopped`() throws {
        var script = opened()
        try select("killed", in: &script)
        #expect(script.screen.contains("The disk is full"))
        script.press(.character("r"))
        #expect(script.effects.contains(.learn(goingOnWith: "killed")))
    }

    @Test func `is stopped after a question`() {
        var script = opened()
        script.press(.character("x"))
        #expect(script.question.hasPrefix("Stop style-6 at step 7 of 15?"))
        script.press(.character("y"))
        #expect(script.effects.contains(.stopRun(folder: "/home/ada/copydesk.learned/style-6/run")))
    }
}

@Suite struct `Using what was learned` {
    @Test(arguments: [("style-3", "Write with built-in + style-3"), ("letters", "does not show that it is better")])
    func `is adopted after a question`(name: String, words: String) throws {
        var script = opened()
        try select(name, in: &script)
        script.press(.character("a"))
        #expect(script.question.contains(words))
        script.press(.character("n"))
        script.answerLearnings(StudioScript.learningItems)
        #expect(!script.effects.contains(.turnLearned(name: name, isOn: true, isFirst: true)))
        script.press(.character("a"), .character("y"))
        #expect(script.effects.contains(.turnLearned(name: name, isOn: true, isFirst: true)))
    }

    @Test func `opens the model with it, and one key opens the model alone again`() throws {
        var script = opened()
        try select("style-1", in: &script)
        script.press(.character("o"))
        #expect(script.effects.contains(.turnLearned(name: "style-1", isOn: true, isFirst: false)))
        script.send(.learnedTurned(sentence: "built-in writes with 'style-1' now", model: "built-in + style-1"))
        #expect(script.effects.contains(.useModel(name: "built-in + style-1")))
        script.send(.modelReady(name: "built-in + style-1", contextLength: 512))
        script.press(.escape)
        script.send(.tick(now: script.state.now + 30))
        #expect(script.screen.contains("built-in + style-1"))
        script.answerLearnings([StudioScript.learning("style-1", .adopted)])
        script.press(.character(":"))
        script.type("without what was learned")
        script.press(.enter)
        #expect(script.effects.contains(.turnLearned(name: "style-1", isOn: false, isFirst: false)))
        script.send(.learnedTurned(sentence: "built-in writes without 'style-1' now", model: "built-in"))
        #expect(script.effects.contains(.useModel(name: "built-in")))
    }

    @Test func `the palette offers only what would change something`() {
        var script = opened()
        script.answerLearnings([])
        #expect(!script.state.can(.withLearned) && !script.state.can(.withoutLearned))
        script.answerLearnings([StudioScript.learning("style-1", .off)])
        #expect(script.state.can(.withLearned) && !script.state.can(.withoutLearned))
        script.answerLearnings([StudioScript.learning("style-2", .adopted), StudioScript.learning("style-1", .off)])
        #expect(!script.state.can(.withLearned) && script.state.can(.withoutLearned))
    }

    @Test func `waits for the end of a draft, and says why it could not be done`() throws {
        var script = StudioScript(rows: 45, columns: 160)
        script.answerLearnings([StudioScript.learning("style-1", .off)])
        script.open("search ad")
        script.press(.control("e"), .control("g"), .control("p"))
        script.type("write with what was")
        script.press(.enter)
        #expect(script.notice == "The model is writing. Stop it first.")
        #expect(!script.effects.contains(.turnLearned(name: "style-1", isOn: true, isFirst: false)))
        script.write(["Sunlight", "Lamp", "Warm", "Sun"])
        script.press(.control("p"))
        script.type("write with what was")
        script.press(.enter)
        #expect(script.effects.contains(.turnLearned(name: "style-1", isOn: true, isFirst: false)))
        script.send(.learnedNotTurned(sentence: "style-1.gguf is another file. Move it away first."))
        #expect(script.notice == "style-1.gguf is another file. Move it away first.")
        #expect(script.state.can(.withLearned))
    }

    @Test func `is called stale once, calmly`() throws {
        var script = StudioScript(rows: 24, columns: 80)
        let stale = try item("style-2")
        script.answerLearnings([stale])
        #expect(script.notice.hasPrefix("style-2 is stale: of the drafts that it learned from 1 has no star"))
        #expect(script.state.notice?.isFailure == false)
        script.send(.tick(now: script.state.now + 60))
        script.answerLearnings([stale])
        #expect(script.notice.isEmpty)
    }

    @Test func `is not called stale over the dialog that shows it`() throws {
        let script = opened([try item("style-2")])
        #expect(script.notice.isEmpty && script.screen.contains("Stale: of its drafts 1 has no star"))
    }

    @Test func `is not called stale while it is not used`() {
        var script = StudioScript()
        script.answerLearnings([
            StudioScript.learning("style-1", .off, stale: "1 was edited"),
            StudioScript.learning("style-2", .ready, stale: "1 was edited"),
        ])
        #expect(script.notice.isEmpty)
    }
}
