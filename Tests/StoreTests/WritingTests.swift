// A generation on its way into the store.

import Foundation
import Generation
import Store
import Testing

@Suite struct WritingTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    @Test func `a generation that begins has an empty open draft for each variant`() throws {
        let begun = try store.beginGeneration(.example(variants: 3))
        #expect(begun.status == .running)
        #expect(begun.drafts.map(\.ordinal) == [0, 1, 2])
        #expect(begun.drafts.allSatisfy { $0.text.isEmpty && $0.finishReason == nil })
        #expect(begun.uuid.count == 36)
        #expect(try store.generation(id: begun.id) == begun)
    }

    @Test func `everything about a generation comes back as it went in`() throws {
        var new = SavedGeneration.example(
            "Schreib über «Lampen» 🪔", template: "product-ad", fields: ["product": "灯", "é": "\"x\""])
        new.seed = .max
        new.systemPrompt = "Answer briefly."
        new.templateHash = "cafe"
        new.title = "Product ad"
        new.sampling.temperature = 0.1
        new.sampling.stop = ["\n\n", "###"]
        new.limits = LengthLimits(characters: 30, lines: 1, countsWideAsTwo: true)
        let begun = try store.beginGeneration(new)
        var written = begun.writing("Licht.\r\nMehr").ended(.complete, .limit)
        written.drafts[0].tokenCount = 4
        written.prompt = "<s>exact"
        written.timings.promptTokens = 12
        written.timings.generatedSeconds = 0.25
        try store.finishGeneration(written)
        let kept = try #require(try store.generation(id: begun.id))
        #expect(kept.seed == .max)
        #expect(kept.fields == new.fields)
        #expect(kept.sampling == new.sampling)
        #expect(kept.limits == new.limits)
        #expect(kept.model == new.model)
        #expect(kept.timings == written.timings)
        #expect(kept.prompt == "<s>exact")
        #expect(kept.systemPrompt == "Answer briefly.")
        #expect(kept.templateHash == "cafe")
        #expect(kept.title == "Product ad")
        #expect(kept.status == .complete)
        #expect(kept.finishedAt.map { $0 > kept.createdAt } == true)
        #expect(kept.drafts[0].text.utf8.elementsEqual("Licht.\r\nMehr".utf8))
        #expect(kept.drafts[0].finishReason == .limit)
        #expect(kept.drafts[0].tokenCount == 4)
    }

    @Test func `text saved while it streams is there for another reader at once`() throws {
        let begun = try store.beginGeneration(.example(variants: 2))
        try store.saveText(begun.writing("so far 0", "so far 1").drafts)
        let other = try DraftStore.open(path: folder.store)
        let seen = try #require(try other.generation(id: begun.id))
        #expect(seen.drafts.map(\.text) == ["so far 0", "so far 1"])
        #expect(seen.status == .running)
    }

    @Test func `a late piece of streamed text overwrites neither a finished draft nor an edited one`() throws {
        let begun = try store.beginGeneration(.example(variants: 1))
        let id = begun.drafts[0].id
        try store.finishGeneration(begun.writing("whole").ended())
        try store.saveText(begun.writing("who").drafts)
        #expect(try store.draft(id: id)?.text == "whole")
        try store.revise(draftId: id, text: "mine", origin: .edit)
        try store.saveText(begun.writing("who").drafts)
        try store.finishGeneration(begun.writing("whole").ended())
        #expect(try store.draft(id: id)?.text == "mine")
    }

    @Test(arguments: [
        (SavedGeneration.Status.stopped, FinishReason.stopped), (.failed, .failed), (.interrupted, .interrupted),
    ])
    func `drafts still open end as their generation does`(status: SavedGeneration.Status, reason: FinishReason) throws {
        let begun = try store.beginGeneration(.example(variants: 2))
        var written = begun.writing("done").ended(status, nil)
        written.drafts[0].finishReason = .length
        written.failure = status == .failed ? "The model is gone." : nil
        try store.finishGeneration(written)
        let kept = try #require(try store.generation(id: begun.id))
        #expect(kept.drafts.map(\.finishReason) == [.length, reason])
        #expect(kept.failure == (status == .failed ? "The model is gone." : nil))
    }

    @Test func `a text with a NUL keeps what stands after it`() throws {
        let kept = try store.keep("before\0after")
        #expect(kept.drafts[0].text == "before␀after")
    }

    @Test func `a text of a million characters is kept whole`() throws {
        let text = String(repeating: "灯 lamp. ", count: 125_000)
        let kept = try store.keep(text)
        #expect(kept.drafts[0].text == text)
        #expect(try store.found("lamp", limit: 1).count == 1)
    }

    @Test func `ids that are not there are named`() throws {
        #expect(try store.generation(id: 99) == nil)
        #expect(try store.draft(id: 99) == nil)
        var unknown = SavedGeneration.example()
        unknown.id = 99
        unknown.drafts[0].id = 99
        #expect(throws: StoreError.missingDraft(id: 99)) { try store.finishGeneration(unknown.ended()) }
        unknown.drafts = []
        #expect(throws: StoreError.missingGeneration(id: 99)) { try store.finishGeneration(unknown.ended()) }
        #expect(throws: StoreError.missingDraft(id: 99)) { try store.exported(.drafts([99])) }
        #expect(StoreError.missingDraft(id: 99).description == "There is no draft 99.")
        #expect(throws: StoreError.noVariants) { try store.beginGeneration(.example(variants: 0)) }
    }

    @Test func `a draft remembers the draft it came from`() throws {
        let parent = try store.keep("first")
        var new = SavedGeneration.example()
        new.parentDraftId = parent.drafts[0].id
        new.relation = .refine
        let child = try store.beginGeneration(new)
        #expect(child.parentDraftId == parent.drafts[0].id)
        #expect(child.relation == .refine)
    }

    @Test func `a parent that is gone does not keep new text out of the store`() throws {
        var orphan = SavedGeneration.example()
        orphan.parentDraftId = 99
        orphan.relation = .refine
        let begun = try store.beginGeneration(orphan)
        #expect(begun.parentDraftId == nil)
        #expect(begun.relation == .refine)
    }

    @Test func `a generation and its drafts end together or not at all`() throws {
        var running = try store.beginGeneration(.example(variants: 2))
        running.status = .stopped
        running.drafts[0].text = "whole"
        running.drafts[0].finishReason = .stop
        running.drafts[1].text = "cut sh"
        running.timings.generatedTokens = 8
        var impossible = running
        impossible.drafts[1].id = 4711
        #expect(throws: StoreError.missingDraft(id: 4711)) { try store.finishGeneration(impossible) }
        #expect(try store.generation(id: running.id)?.status == .running)
        #expect(try store.draft(id: running.drafts[0].id)?.finishReason == nil)
        running.drafts[0].text = "whole, and edited since"
        try store.finishGeneration(running)
        let kept = try #require(try store.generation(id: running.id))
        #expect(kept.status == .stopped)
        #expect(kept.drafts.map(\.text) == ["whole, and edited since", "cut sh"])
        #expect(kept.drafts.map(\.finishReason) == [.stop, .stopped])
        #expect(kept.timings.generatedTokens == 8)
        #expect(try store.found("edited") == ["whole, and edited since"])
    }
}
