// Parts, thoughts, variants that are written again, twins, and the choice among candidates on the screen.

import Generation
import Testing

@testable import Studio

/// A studio that writes three variants of a product ad of parts.
func writingParts(rows: Int = 40, columns: Int = 100) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.open("product ad")
    script.press(.control("e"), .control("g"))
    script.send(
        .generation(
            job: script.job,
            .began(generationId: 1, draftIds: [10, 11, 12], seed: 7, parts: ScreenPlayer.parts)))
    return script
}

/// A studio that writes six candidates, of which it shows four.
func choosing() -> StudioScript {
    var script = StudioScript(rows: 45, columns: 100)
    script.open("search ad")
    script.state.draft.form?.sampling.bestOf = 6
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .began(generationId: 1, draftIds: [10, 11, 12, 13, 14, 15], seed: 7)))
    for (index, text) in ["zero", "one", "two", "three", "four", "five"].enumerated() {
        script.send(.generation(job: script.job, .text(variant: index, piece: text)))
        script.send(.generation(job: script.job, .draftFinished(variant: index, reason: .stop, tokenCount: 3)))
    }
    return script
}

func chosen() -> StudioScript {
    var script = choosing()
    script.send(.generation(job: script.job, .chosen([4, 1, 5, 0])))
    script.send(.job(script.job, .finished(.generated)))
    return script
}

@Test
func `each part stands under its name, and its own length is held against its own limit`() {
    var script = writingParts()
    script.send(
        .generation(
            job: script.job, .text(variant: 0, piece: "Read late.\nA headline that is too long\nFree.\nTwo years.")))
    #expect(script.screen.contains("Primary text   10/125 "))
    #expect(script.screen.contains("Headline  27/20 "))
    #expect(script.screen.contains("Description    3 words"))
    #expect(script.state.selectedVariant?.cardRows.count == 7)
}

@Test
func `an edit splits the parts anew, and tells the length of the part that the cursor is in`() {
    var script = writingParts()
    for index in 0..<3 {
        script.send(.generation(job: script.job, .text(variant: index, piece: "Text \(index)\nHead\nMore")))
        script.send(.generation(job: script.job, .draftFinished(variant: index, reason: .stop, tokenCount: 3)))
    }
    script.send(.job(script.job, .finished(.generated)))
    script.press(.character("e"))
    #expect(script.screen.contains("Primary text   6/125"))
    script.press(.down, .end)
    script.type(" of it")
    #expect(script.screen.contains("Headline 10/20"))
    script.press(.control("s"))
    #expect(script.screen.contains("Headline  10/20"))
    #expect(
        script.writes.contains {
            if case .revision(10, "Text 0\nHead of it\nMore", .edit, _) = $0 { true } else { false }
        })
}

@Test
func `thoughts are one line until they are unfolded, count for no limit, and are not copied`() {
    var script = StudioScript(rows: 24, columns: 80)
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .reasoning(variant: 0, piece: "They want a headline, ")))
    script.send(.generation(job: script.job, .reasoning(variant: 0, piece: "so I write one.")))
    #expect(script.screen.contains("thinking… 8 words"))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Move more")))
    script.send(.generation(job: script.job, .draftFinished(variant: 0, reason: .stop, tokenCount: 20)))
    #expect(script.screen.contains("▸ thought for 8 words · o shows them"))
    #expect(script.screen.contains(" 9/70 "))
    #expect(!script.screen.contains("They want a headline"))
    script.press(.character("o"))
    #expect(script.screen.contains("They want a headline, so I write one."))
    script.press(.character("y"))
    #expect(script.effects.last == .copy("Move more"))
    script.press(.character("o"))
    #expect(!script.screen.contains("They want a headline"))
}

@Test
func `thoughts that took all tokens say so in place of the text`() {
    var script = StudioScript(rows: 24, columns: 80)
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .reasoning(variant: 0, piece: "So much to think")))
    script.send(.generation(job: script.job, .draftFinished(variant: 0, reason: .length, tokenCount: 256)))
    #expect(script.screen.contains("Its thoughts took all 256 tokens, so no text was written."))
    #expect(script.screen.contains("─ only thoughts ─"))
}

@Test
func `a variant that is written again loses its text and is marked, and a twin names the variant it equals`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Move more")))
    script.send(.generation(job: script.job, .text(variant: 1, piece: "Move More!")))
    script.send(.generation(job: script.job, .restarted(variant: 1)))
    #expect(!script.screen.contains("Move More!"))
    #expect(script.screen.contains("waiting · again"))
    script.send(.generation(job: script.job, .text(variant: 1, piece: "Get up")))
    #expect(script.screen.contains("Get up") && script.screen.contains("writing… · again"))
    var details = DraftDetails()
    details.attempts = 3
    details.twinOf = 0
    details.tidied = [.quotes, .label]
    details.score = DraftScore(meanLogProbability: -1.25, parts: ["over": 0.5])
    script.send(.generation(job: script.job, .details(variant: 1, details)))
    script.send(.generation(job: script.job, .draftFinished(variant: 1, reason: .stop, tokenCount: 3)))
    #expect(script.screen.contains("B ── = A "))
    script.press(.character("j"), .character("i"))
    #expect(script.screen.contains("Taken off the text: quotes, label"))
    #expect(script.screen.contains("Written 3 times, because it equaled another text before"))
    #expect(script.screen.contains("Equals A; nothing else could be written"))
    #expect(script.screen.contains("Score among the candidates: -0.75"))
    #expect(script.screen.contains("  likelihood -1.25") && script.screen.contains("  is over the limit +0.50"))
}

@Test
func `while candidates are written one line says how many, and nothing can be done to a single one`() {
    let script = choosing()
    #expect(script.screen.contains("writing 6, best 4 "))
    #expect(script.screen.contains("6 done"))
    #expect(!script.screen.contains("zero") && script.state.selectedVariant == nil)
    for action in [Action.star, .read, .compare, .copy, .edit, .showChoice, .export] {
        #expect(!script.state.can(action))
    }
}

@Test
func `the chosen candidates become the cards in their order, at the ids of their places`() {
    let script = chosen()
    let generation = script.state.shownGeneration
    #expect(generation?.variants.map(\.text) == ["four", "one", "five", "zero"])
    #expect(generation?.variants.map(\.draftId) == [10, 11, 12, 13])
    #expect(generation?.leftOut.map(\.text) == ["two", "three"])
    #expect(generation?.leftOut.map(\.draftId) == [14, 15])
    #expect(script.screen.contains("four") && !script.screen.contains("three"))
}

@Test
func `if the writing is stopped before a choice, every candidate is a card`() {
    var script = choosing()
    script.send(.job(script.job, .cancelled))
    #expect(script.state.shownGeneration?.variants.count == 6)
    #expect(script.state.selectedVariant?.text == "zero")
    #expect(!script.screen.contains("best 4"))
}

@Test
func `a candidate that was left out can be taken, and the store is told`() {
    var script = chosen()
    script.press(.character("b"))
    #expect(script.screen.contains("Why these; – was left out"))
    #expect(script.screen.contains("– three"))
    script.press(.end, .enter)
    #expect(script.writes.last == .take(draftId: 15))
    #expect(script.state.selectedVariant?.text == "three")
    script.confirmWrites()
    #expect(script.notice == "E is a draft now; u leaves it out again")
    #expect(script.state.shownGeneration?.leftOut.map(\.text) == ["two"])
}

@Test
func `an opened generation shows the chosen drafts, their thoughts and parts, and keeps the others at hand`() {
    var script = StudioScript(rows: 40, columns: 100)
    var drafts = (0..<3).map {
        SavedDraft(
            id: Int64(20 + $0), generationId: 2, ordinal: $0, text: "Text \($0)\nHead", finishReason: .stop,
            createdAt: 1, updatedAt: 1)
    }
    drafts[0].details.reasoning = "A thought"
    drafts[2].isCandidate = true
    script.send(
        .generationOpened(
            SavedGeneration(
                id: 2, uuid: "u", status: .complete, templateName: "product-ad", title: "Product ad",
                fields: ["product": "Lamp"], parts: ScreenPlayer.parts,
                model: ModelIdentity(name: "m", hash: "", engine: ""),
                seed: 1, drafts: drafts, candidateCount: 1)))
    #expect(script.state.shownGeneration?.variants.map(\.draftId) == [20, 21])
    #expect(script.state.shownGeneration?.leftOut.map(\.draftId) == [22])
    #expect(script.screen.contains("thought for 2 words") && script.screen.contains("Headline   4/20"))
    script.press(.character("b"), .end, .enter)
    #expect(script.writes.last == .take(draftId: 22))
}
