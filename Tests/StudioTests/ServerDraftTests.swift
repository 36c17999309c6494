// Drafts that a server writes: waits, notices, texts that are cut off and go on, facts of the answer.

import Generation
import Testing

@testable import Studio

private func writing(rows: Int = 30, columns: Int = 120) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.open("short story")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .began(generationId: 1, draftIds: [10, 11], seed: 7)))
    return script
}

extension StudioScript {
    fileprivate mutating func tell(_ message: GenerationMessage) { send(.generation(job: job, message)) }

    fileprivate mutating func pass(_ seconds: Double) { send(.tick(now: state.now + seconds)) }

    /// The rule of a variant.
    fileprivate func rule(_ letter: String) -> String { frame.lines.first { $0.contains(" \(letter) ──") } ?? "" }

    fileprivate var statusLine: String { frame.lines.suffix(2).first ?? "" }
}

@Test(arguments: [
    (GeneratorWait(.answer, seconds: 12), "waiting for the server 12 s", "waiting for the server 15 s"),
    (GeneratorWait(.loading, seconds: 8), "the server loads the model 8 s", "the server loads the model 11 s"),
    (GeneratorWait(.text, seconds: 20), "no text for 20 s", "no text for 23 s"),
    (GeneratorWait(.retry(inSeconds: 4), seconds: 9), "next try in 4 s", "next try in 1 s"),
])
func `a wait is told in the variant and in the status line, and its seconds go on`(
    wait: GeneratorWait, first: String, later: String
) {
    var script = writing()
    script.tell(.waiting(wait))
    #expect(script.rule("A").contains(first) && script.statusLine.contains(first))
    #expect(script.rule("B").contains("waiting ─"))
    script.pass(3)
    #expect(script.rule("A").contains(later))
    script.tell(.text(variant: 0, piece: "The keeper"))
    #expect(script.rule("A").contains("writing…"))
}

@Test
func `a wait belongs to the first variant that is open`() {
    var script = writing()
    script.tell(.text(variant: 0, piece: "The keeper"))
    script.tell(.draftFinished(variant: 0, reason: .stop, tokenCount: 3))
    script.tell(.waiting(GeneratorWait(.answer, seconds: 2)))
    #expect(script.rule("A").contains("done") && script.rule("B").contains("waiting for the server 2 s"))
    script.press(.escape)
    #expect(script.rule("B").contains("stopping…"))
    script.send(.job(script.job, .cancelled))
    #expect(script.rule("B").contains("stopped"))
}

@Test
func `a late wait of an earlier generation is not shown`() {
    var script = writing()
    let first = script.job
    script.press(.escape)
    script.send(.job(first, .cancelled))
    script.press(.character("r"))
    script.send(.generation(job: first, .waiting(GeneratorWait(.answer, seconds: 99))))
    #expect(!script.screen.contains("99 s"))
}

@Test
func `notices are shown one after another, and all stay in the information`() {
    var script = writing()
    for sentence in ["The server takes no top_k.", "The seed was left out.", "The server takes no top_k."] {
        script.tell(.notice(sentence))
    }
    #expect(script.notice == "The server takes no top_k.")
    script.pass(11)
    #expect(script.notice == "The seed was left out.")
    script.pass(11)
    #expect(script.notice.isEmpty)
    script.write(["One", "Two"])
    script.press(.character("i"))
    #expect(script.screen.contains("Notes:"))
    #expect(script.screen.contains("The server takes no top_k.") && script.screen.contains("The seed was left out."))
}

@Test
func `a draft that is cut off names the key that continues it`() {
    var script = writing()
    script.tell(.text(variant: 0, piece: "The keeper counted"))
    script.tell(.draftFinished(variant: 0, reason: .cutOff, tokenCount: 4))
    #expect(script.rule("A").contains("cut off by the server · c continues"))
}

@Test
func `a cut-off draft goes on as a new generation that begins with its text`() {
    var script = writing()
    script.write(["The keeper counted", "Two"], reason: .cutOff)
    script.press(.character("c"))
    let request = script.request
    #expect(request?.beginning == "The keeper counted" && request?.relation == .continue)
    #expect(request?.parentDraftId == 10 && request?.variantCount == 1 && request?.seed == nil)
    #expect(request?.source == .template(name: "short-story", fields: ["character": "a lighthouse keeper"]))
    script.tell(.began(generationId: 2, draftIds: [20], seed: 9))
    script.tell(.text(variant: 0, piece: "The keeper counted"))
    script.tell(.text(variant: 0, piece: " the ships."))
    #expect(script.screen.contains("The keeper counted the ships."))
    script.tell(.draftFinished(variant: 0, reason: .stop, tokenCount: 9))
    script.send(.job(script.job, .finished(.generated)))
    script.press(.character("i"))
    #expect(script.screen.contains("Continues an earlier draft"))
    // Again means another way to go on from there.
    script.press(.escape, .character("r"))
    #expect(script.request?.beginning == "The keeper counted" && script.request?.parentDraftId == 10)
}

@Test
func `a model that has nothing to add to a draft is told so`() {
    var script = writing()
    script.write(["The keeper counted", "Two"])
    script.press(.character("c"))
    script.write(["The keeper counted"], generationId: 2)
    #expect(script.notice == "The model ended the text at once: it has nothing to add to it.")
    script.press(.character("c"))
    script.write(["The keeper counted the ships"], generationId: 3)
    #expect(script.notice.isEmpty)
}

@Test
func `any ended draft goes on, as it was edited, but none while one is written`() {
    var script = writing()
    script.tell(.text(variant: 0, piece: "The keeper"))
    script.press(.character("c"))
    #expect(script.effects.count { if case .start = $0 { true } else { false } } == 1)
    script.write(["", "Two"])
    script.press(.character("e"))
    script.type("Once, ")
    script.press(.control("s"))
    script.confirmWrites()
    script.press(.character("c"))
    #expect(script.request?.beginning == "Once, The keeper")
}

@Test
func `a draft at its limit or with a grammar is not continued, and a sentence says why`() {
    var script = StudioScript(rows: 30, columns: 120)
    script.open("search ad")
    script.press(.control("e"), .control("g"))
    script.write([String(repeating: "a", count: 30), "Lamp", "Warm", "Sun"])
    let started = script.effects.count { if case .start = $0 { true } else { false } }
    script.press(.character("c"))
    #expect(script.notice == "A has its limit of 30 characters, so nothing can follow. r writes it again.")
    #expect(script.effects.count { if case .start = $0 { true } else { false } } == started)
    script.press(.character("j"), .character("c"))
    #expect(script.request?.beginning == "Lamp")
    script.send(.job(script.job, .cancelled))
    script.state.draft.change(script.job) { $0.request.sampling.grammar = "root ::= \"a\"" }
    script.send(.generation(job: script.job, .draftFinished(variant: 0, reason: .stop, tokenCount: 1)))
    script.state.draft.change(script.job) { $0.variants[0].replaceText("a") }
    script.press(.character("c"))
    #expect(script.notice.contains("grammar cannot be continued"))
}

@Test
func `the facts of a server's answer are in the information`() {
    var script = writing()
    var details = DraftDetails()
    details.server = StudioScript.report
    script.tell(.details(variant: 0, details))
    script.write(["The keeper", "Two"])
    script.press(.character("i"))
    for text in [
        "Server: local", "It answered with the model qwen3-4b-instruct", "Seed sent: 8",
        "Left out, because the server refused it: top_k, min_p", "in the server's word: “stop”",
        "Tokens: 48 read, 9 written", "Cost, in the server's unit: 0.0021", "It took 1.4 s",
    ] {
        #expect(script.screen.contains(text), "\(text)")
    }
}
