import Generation
import Testing

@testable import Studio

/// A studio with the search-ad form open and filled by its examples.
private func filled(rows: Int = 24, columns: Int = 80) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.open("search ad")
    script.press(.control("e"))
    return script
}

@Test
func `an empty required field is named, and nothing is generated`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("g"))
    #expect(script.request == nil)
    #expect(script.screen.contains("Topic is empty. Fill it in, or ^E takes the example."))
}

@Test
func `what is asked for holds the fields, the limits and the parameters of the form`() {
    var script = filled()
    script.press(.control("g"))
    let request = script.request
    #expect(
        request?.source
            == .template(
                name: "search-ad-headline",
                fields: ["product": "Aurora, a solar desk lamp", "tone": "playful", "keyword": "desk lamp"]))
    #expect(request?.variantCount == 4)
    #expect(request?.limits == LengthLimits(characters: 30, lines: 1))
    #expect(request?.seed == nil)
    #expect(request?.relation == nil)
}

@Test
func `Enter goes to the next field, and in the last one it generates`() {
    var script = filled()
    script.press(.enter)
    #expect(script.request == nil && script.state.draft.form?.focused == 1)
    script.press(.tab, .enter)
    #expect(
        script.request?.source
            == .template(
                name: "search-ad-headline",
                fields: ["product": "Aurora, a solar desk lamp", "tone": "playful", "keyword": "desk lamp"]))
    var other = StudioScript()
    other.open("article")
    other.type("bees")
    other.press(.enter)
    #expect(other.request?.source == .template(name: "article-headline", fields: ["topic": "bees"]))
}

@Test
func `Esc stops the writing, and what was written stays`() {
    var script = filled()
    script.press(.control("g"))
    let job = script.job
    script.send(.generation(job: job, .text(variant: 0, piece: "Sunlight for")))
    script.press(.escape)
    #expect(script.effects.last == .cancel(job: job))
    script.press(.escape)
    #expect(script.effects.count { $0 == .cancel(job: job) } == 1)
    for variant in 0..<4 {
        script.send(.generation(job: job, .draftFinished(variant: variant, reason: .stopped, tokenCount: 2)))
    }
    script.send(.job(job, .cancelled))
    #expect(script.state.draft.running == nil)
    #expect(script.screen.contains("Sunlight for"))
    #expect(script.screen.contains("stopped"))
}

@Test
func `a late piece of an earlier job does not touch the running one`() {
    var script = filled()
    script.press(.control("g"))
    let first = script.job
    script.write(["One", "Two", "Three", "Four"])
    script.press(.character("r"))
    let second = script.job
    #expect(second != first)
    script.send(.generation(job: first, .text(variant: 0, piece: "LATE")))
    script.send(.job(first, .finished(.generated)))
    #expect(script.state.draft.running != nil)
    #expect(!script.screen.contains("LATE"))
}

@Test
func `again asks for a fresh seed and names the variant it came from`() {
    var script = filled()
    script.press(.control("g"))
    script.write(["One", "Two", "Three", "Four"], generationId: 5)
    script.press(.character("j"), .character("r"))
    #expect(script.request?.relation == .regenerate)
    #expect(script.request?.parentDraftId == 51)
    #expect(script.request?.seed == nil)
}

@Test
func `generating again while writing changes nothing and says why`() {
    var script = filled()
    script.press(.control("g"))
    let count = script.effects.count
    script.press(.control("g"))
    #expect(script.effects.count == count)
    #expect(script.screen.contains("Still writing"))
}

@Test(arguments: [(24, 80), (30, 120), (45, 160), (16, 50)])
func `nothing jumps while text arrives`(rows: Int, columns: Int) {
    var script = filled(rows: rows, columns: columns)
    script.press(.control("g"))
    func ruleRows() -> [Int] {
        script.frame.lines.indices.filter { row in
            ["A ──", "B ──", "C ──", "D ──"].contains { script.frame.lines[row].contains($0) }
        }
    }
    let before = ruleRows()
    #expect(before.count >= 2)
    for variant in 0..<4 {
        for piece in ["Aurora: ", "light for ", "your desk"] {
            script.send(.generation(job: script.job, .text(variant: variant, piece: piece)))
            #expect(ruleRows() == before)
        }
    }
}

@Test
func `a long text stays still where it is read, and follows its end only when told to`() {
    var script = StudioScript()
    script.open("short story")
    script.press(.control("e"), .control("g"))
    func line(_ number: Int) -> String { "Line \(number) of the story.\n" }
    for number in 0..<40 { script.send(.generation(job: script.job, .text(variant: 0, piece: line(number)))) }
    #expect(script.screen.contains("Line 0 "))
    script.press(.down, .down)
    let read = script.screen
    #expect(read.contains("Line 2 ") && !read.contains("Line 1 "))
    for number in 40..<50 { script.send(.generation(job: script.job, .text(variant: 0, piece: line(number)))) }
    #expect(script.screen.contains("Line 2 "))
    script.press(.character("G"))
    #expect(script.screen.contains("Line 49 "))
    script.send(.generation(job: script.job, .text(variant: 0, piece: line(50))))
    #expect(script.screen.contains("Line 50 "))
    script.press(.up)
    script.send(.generation(job: script.job, .text(variant: 0, piece: line(51))))
    #expect(!script.screen.contains("Line 51 "))
}

@Test
func `the status line tells how far the writing is`() {
    var script = filled(rows: 30, columns: 120)
    script.press(.control("g"))
    let job = script.job
    script.send(.job(job, .progress(.reading(processed: 30, total: 60))))
    #expect(script.screen.contains("reading the prompt ▰▰▰▰▱▱▱▱  50%"))
    script.send(.generation(job: job, .text(variant: 0, piece: "Sunlight for late ideas")))
    script.send(.generation(job: job, .draftFinished(variant: 0, reason: .stop, tokenCount: 6)))
    var timings = GenerationTimings()
    timings.generatedTokens = 424
    timings.generatedSeconds = 2
    script.send(.job(job, .progress(.writing(timings))))
    script.send(.tick(now: StudioScript.now + 2))
    #expect(script.screen.contains("writing 2 of 4 ▰▰▰▰▱▱▱▱▱▱▱▱▱▱▱▱  25% · 212 tok/s · 6 s left"))
}

@Test
func `a failure keeps the text, and its sentence stays to be read`() {
    var script = filled()
    script.press(.control("g"))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Sunlight")))
    script.send(.job(script.job, .failed(sentence: "The server closed the connection. Start it again and press r.")))
    #expect(script.screen.contains("Sunlight"))
    #expect(script.screen.contains("failed: The server"))
    #expect(script.screen.contains("The server closed the connection. Start it again and press r."))
    #expect(script.state.draft.running == nil)
}

@Test
func `a text over its limit says so by its numbers`() {
    var script = filled()
    script.press(.control("g"))
    script.write(["A headline that somebody edited to be too long", "B", "C", "D"])
    #expect(script.screen.contains("46/30 ▰▰▰▰▰▰▰▰▰▰"))
}

@Test
func `a free prompt is sent as chat, or raw once it is switched`() {
    var script = StudioScript()
    script.press(.character("f"))
    script.type("Once upon a time")
    script.press(.control("r"), .control("g"))
    #expect(script.request?.source == .freePrompt(text: "Once upon a time", raw: true))
    #expect(script.request?.title == "Once upon a time")
}

@Test
func `again takes the parameters that were set since`() {
    var script = filled()
    script.press(.control("g"))
    script.write(["One", "Two", "Three", "Four"])
    script.press(.character("p"), .control("u"))
    script.type("1.4")
    script.press(.enter, .character("r"))
    #expect(script.request?.sampling.temperature == 1.4)
    #expect(script.request?.relation == .regenerate)
}
