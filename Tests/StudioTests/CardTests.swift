// What a card, the information on a variant and the status line say.

import Generation
import Testing

@testable import Studio

/// Ads of parts whose first part takes two rows at 80 columns.
private func ads(rows: Int, columns: Int, count: Int) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.open("product ad")
    script.state.draft.form?.variantCount = count
    script.press(.control("e"), .control("g"))
    let ids = (0..<count).map { Int64(10 + $0) }
    script.send(
        .generation(job: script.job, .began(generationId: 1, draftIds: ids, seed: 7, parts: ScreenPlayer.parts)))
    let first = Array(repeating: "light", count: 20).joined(separator: " ")
    for index in 0..<count {
        script.send(.generation(job: script.job, .text(variant: index, piece: "\(first)\nHead\nButton \(index)")))
        script.send(.generation(job: script.job, .draftFinished(variant: index, reason: .stop, tokenCount: 3)))
    }
    script.send(.job(script.job, .finished(.generated)))
    return script
}

@Test(arguments: [(24, 80, 3), (45, 160, 5), (30, 80, 5)])
func `a card shows the last of its parts too, and the stack of cards scrolls`(rows: Int, columns: Int, count: Int) {
    var script = ads(rows: rows, columns: columns, count: count)
    for index in 0..<count {
        #expect(script.screen.contains("Button \(index)"))
        script.press(.character("j"))
    }
    #expect(!script.screen.contains(" more "))
}

@Test
func `a card is not higher than the pane, so that its own text scrolls to the last part`() {
    var script = ads(rows: 9, columns: 80, count: 2)
    #expect(!script.screen.contains("Button 0"))
    for _ in 0..<20 where !script.screen.contains("Button 0") { script.press(.character("J")) }
    for _ in 0..<20 where !script.screen.contains("Button 0") { script.press(.down) }
    #expect(script.screen.contains("Button 0"))
}

@Test
func `parts that got no text before the writing was stopped have only their names`() {
    var script = writingParts(rows: 24, columns: 80)
    script.send(.job(script.job, .cancelled))
    let rows = script.frame.lines.map { $0.filter { !"│".contains($0) }.split(separator: " ").joined(separator: " ") }
    let first = rows.firstIndex(of: "Primary text") ?? 0
    #expect(first > 0 && rows[first + 1] == "Headline" && rows[first + 2] == "Description")
}

@Test
func `a part without text has only its name, and a blank line inside the last part stays`() {
    var script = writingParts()
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Text\n\nMore\n\nto read")))
    #expect(script.state.selectedVariant?.cardRowCount == 8)
    script.send(.generation(job: script.job, .draftFinished(variant: 0, reason: .stop, tokenCount: 3)))
    #expect(script.state.selectedVariant?.cardRowCount == 7)
}

@Test
func `at 80 columns the state of a rewritten variant and its star are shown whole`() {
    var script = StudioScript(rows: 24, columns: 80)
    script.open("search ad")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .began(generationId: 1, draftIds: [10, 11, 12, 13], seed: 7)))
    script.send(.generation(job: script.job, .restarted(variant: 0)))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Sunlight for late ideas")))
    script.send(.generation(job: script.job, .draftFinished(variant: 0, reason: .limit, tokenCount: 9)))
    script.press(.character("s"))
    script.confirmWrites()
    let rule = script.frame.lines.first { $0.contains(" A ──") } ?? ""
    #expect(rule.contains("─ done · kept to the limit · again ─") && rule.contains(" ★ "))
}

@Test
func `a draft that was changed since says edited when it is opened from history, and its score is of the text before`()
{
    func opened(_ written: [Int64: String]) -> StudioScript {
        var saved = SavedGeneration.example(text: "One by hand")
        saved.drafts[0].details.score = DraftScore(meanLogProbability: -1)
        var script = StudioScript(rows: 30, columns: 100)
        script.send(.generationOpened(saved, written: written))
        return script
    }
    let id = SavedGeneration.example(text: "").drafts[0].id
    var edited = opened([id: "One"])
    #expect(edited.screen.contains("─ edited ─") && !edited.screen.contains("─ done ─"))
    edited.press(.character("i"))
    #expect(edited.screen.contains("Edited since it was written"))
    #expect(edited.screen.contains("Score of the text before it was edited: -1.00"))
    for other in [opened([:]), opened([id: "One by hand"])] {
        #expect(other.screen.contains("─ done ─") && !other.screen.contains("─ edited ─"))
    }
}

@Test
func `one line is one line in the information on a variant`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.write(["Move"])
    script.press(.character("i"))
    #expect(script.screen.contains("Length: 4 characters, 1 word, 1 line, 9 tokens"))
}

@Test
func `the status line tells the speed of the model that it names, and of no other`() {
    var script = StudioScript(rows: 24, columns: 80)
    script.open("article")
    script.press(.control("e"), .control("g"))
    var timings = GenerationTimings()
    timings.generatedTokens = 424
    timings.generatedSeconds = 2
    script.send(.generation(job: script.job, .timed(timings)))
    script.write(["Move"])
    script.send(.tick(now: script.state.now + 30))
    #expect(script.screen.contains("built-in · ") && script.screen.contains("212 tok/s"))
    script.send(.modelReady(name: "smollm2-360m", contextLength: 512))
    script.send(.tick(now: script.state.now + 30))
    #expect(script.screen.contains("smollm2-360m · ") && !script.screen.contains("tok/s"))
}

@Test
func `the sentence about a field goes as soon as the field no longer has that problem`() {
    var script = StudioScript(rows: 24, columns: 80)
    script.open("article")
    script.press(.control("g"))
    #expect(script.notice.hasPrefix("Topic is empty."))
    script.type(" ")
    #expect(script.notice.hasPrefix("Topic is empty."), "a blank is no topic")
    script.type("S")
    #expect(script.notice == "")
}

@Test(arguments: SamplingOption.all.map(\.name))
func `at 80 columns the parameters show the whole help on an option`(name: String) throws {
    let option = try #require(SamplingOption.all.first { $0.name == name })
    #expect(wrappedLines(option.help, columns: 74).count <= 2, "\(wrappedLines(option.help, columns: 74))")
}
