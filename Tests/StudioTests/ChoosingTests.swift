// What a writer does with the candidates of a choice: takes one, takes it back, reads the reasons, exports.

import Generation
import Testing

@testable import Studio

@Test
func `u puts a taken candidate back where it stood, and only the next u undoes what was done before`() {
    var script = chosen()
    script.press(.character("s"))
    script.confirmWrites()
    script.press(.character("b"), .end, .up, .enter)
    #expect(script.state.shownGeneration?.variants.map(\.text) == ["four", "one", "five", "zero", "two"])
    script.press(.character("u"))
    #expect(script.writes.last == .take(draftId: 14), "the store hears of it after it has taken the candidate")
    script.confirmWrites()
    #expect(script.writes.last == .leaveOut(draftId: 14))
    #expect(script.notice == "E is left out again")
    let generation = script.state.shownGeneration
    #expect(generation?.variants.map(\.text) == ["four", "one", "five", "zero"])
    #expect(generation?.leftOut.map(\.text) == ["two", "three"])
    #expect(generation?.selected == 3 && generation?.variants.first?.starred == true)
    script.press(.character("u"))
    #expect(script.writes.last == .star(draftId: 10, false))
}

@Test
func `a comparison with a candidate that is left out again is closed`() {
    var script = chosen()
    script.press(.character("b"), .end, .enter, .character("v"))
    guard case .compare = script.state.draft.mode else { return #expect(Bool(false), "no comparison is open") }
    script.state.undo()
    guard case .overview = script.state.draft.mode else { return #expect(Bool(false), "the comparison is still open") }
}

@Test
func `a generation that is opened before the store left a candidate out shows it among those left out`() {
    var drafts = (0..<2).map {
        SavedDraft(
            id: Int64(20 + $0), generationId: 2, ordinal: $0, text: "Text \($0)", finishReason: .stop, createdAt: 1,
            updatedAt: 1)
    }
    drafts[0].starred = true
    let saved = SavedGeneration(
        id: 2, title: "T", model: ModelIdentity(name: "m", hash: "", engine: ""), seed: 1, drafts: drafts)
    var generation = OpenGeneration(key: 1, saved: saved)
    generation.apply([PendingWrite(operation: 1, write: .leaveOut(draftId: 21), doneMessage: "")])
    #expect(generation.variants.map(\.draftId) == [20] && generation.leftOut.map(\.draftId) == [21])
}

@Test
func `nothing is exported while a choice is being made, and the footer offers no export`() {
    var script = choosing()
    script.answerHistory(ScreenPlayer.history)
    #expect(!script.state.footerItems.contains { $0.hint == "export" })
    script.press(.character("x"))
    #expect(script.state.dialog == nil)
    #expect(script.notice == "The best candidates are not chosen yet: export them when they are written.")
    script.press(.alt("3"))
    #expect(!script.state.footerItems.contains { $0.hint == "export" })
    script.send(.generation(job: script.job, .chosen([4, 1, 5, 0])))
    script.press(.alt("2"), .character("x"))
    #expect(script.state.dialog is ExportDialog)
}

@Test(arguments: [(24, 80), (20, 60)])
func `the reasons of the selected candidate are shown whole, in words, and add up`(rows: Int, columns: Int) {
    var script = choosing()
    script.resize(rows, columns)
    var details = DraftDetails()
    details.score = DraftScore(
        meanLogProbability: -1.37,
        parts: ["unnamed": -2.5, "sameOpening": -1.5, "copied": -10, "overlap": -0.001, "dangling": -3])
    script.send(.generation(job: script.job, .details(variant: 4, details)))
    script.send(.generation(job: script.job, .chosen([4, 1, 5, 0])))
    script.send(.job(script.job, .finished(.generated)))
    script.press(.character("b"))
    let text = script.screen.split { " │\n─".contains($0) }.joined(separator: " ")
    #expect(
        text.contains(
            "-18.37 = likelihood -1.37, is a field's text -10.00, ends on a word that leads on -3.00, lacks a name -2.50, "
                + "opens like a better one -1.50"), "\(text)")
    #expect(!script.screen.contains("shares words"))
    script.press(.down)
    #expect(!script.screen.contains("likelihood") && script.screen.contains("It was not compared with the others."))
}
