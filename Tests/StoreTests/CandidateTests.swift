// Candidates that were not chosen: kept, and shown only to those who ask.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct CandidateTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    private let asked = HistoryQuery(includesCandidates: true)

    @Test func `a generation shows its chosen drafts, and says how many candidates it has besides`() throws {
        let id = try store.keep(chosen: ["best", "second"], leftOut: ["third", "fourth", "fifth"]).id
        let shown = try #require(try store.generation(id: id))
        #expect(shown.drafts.map(\.text) == ["best", "second"])
        #expect(shown.candidateCount == 3 && shown.hiddenCandidateCount == 3)
        let all = try #require(try store.generation(id: id, includesCandidates: true))
        #expect(all.drafts.map(\.text) == ["best", "second", "third", "fourth", "fifth"])
        #expect(all.drafts.map(\.isCandidate) == [false, false, true, true, true])
        #expect(all.candidateCount == 3 && all.hiddenCandidateCount == 0)
        #expect(all.withoutCandidates == shown)
    }

    @Test func `history, search, exports and figures leave candidates out unless they are asked for`() throws {
        let kept = try store.keep(chosen: ["a bright lamp"], leftOut: ["a dark lamp"])
        let ids = kept.drafts.map(\.id)
        #expect(try store.history(limit: 9).generations.flatMap(\.drafts).map(\.text) == ["a bright lamp"])
        #expect(try store.found("lamp") == ["a bright lamp"])
        #expect(try store.exported(.all) == [ids[0]])
        #expect(try store.exported(.generation(kept.id)) == [ids[0]])
        #expect(try store.reading(.all) { try $0.count(.generation(kept.id)) } == 1)
        let figures = try store.statistics()
        #expect((figures.drafts, figures.tokens) == (1, "a bright lamp".count))

        let page = try store.history(HistoryPageRequest(query: asked))
        #expect(page.generations.flatMap(\.drafts).map(\.text) == ["a bright lamp", "a dark lamp"])
        #expect(try Set(store.found("lamp", in: asked)) == ["a bright lamp", "a dark lamp"])
        #expect(try store.found("dark", in: asked) == ["a dark lamp"])
        #expect(try store.exported(.found(asked)) == ids)
        #expect(try store.exported(.drafts([ids[1]])) == [ids[1]], "by its id, anything can be exported")
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `the index finds no candidate after it is rebuilt or the store is opened anew`() throws {
        try store.keep(chosen: ["bright"], leftOut: ["dark"])
        try store.rebuildSearch()
        #expect(try store.found("dark").isEmpty && store.found("bright") == ["bright"])
        try store.close()
        let again = try DraftStore.open(path: folder.store)
        #expect(!again.recovery.rebuiltSearch, "an index without candidates is complete")
        #expect(try again.found("dark").isEmpty)
    }

    @Test func `a candidate that is taken or gets a star is a draft like the others`() throws {
        let kept = try store.keep(chosen: ["bright"], leftOut: ["dark", "dim", "grey"])
        try store.take(candidateIds: [kept.drafts[1].id])
        try store.setStarred(true, draftIds: [kept.drafts[2].id])
        let now = try #require(try store.generation(id: kept.id))
        #expect(now.drafts.map(\.text) == ["bright", "dark", "dim"])
        #expect(now.candidateCount == 1)
        #expect(try store.found("dark") == ["dark"] && store.found("dim") == ["dim"])
        #expect(try store.exported(.found(HistoryQuery(starred: true))) == [kept.drafts[2].id])
        #expect(throws: StoreError.missingDraft(id: 99)) { try store.take(candidateIds: [99]) }
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `a taken candidate can be left out again, unless it has a star by now`() throws {
        let kept = try store.keep(chosen: ["bright"], leftOut: ["dark", "dim"])
        let ids = [kept.drafts[1].id, kept.drafts[2].id]
        try store.take(candidateIds: ids)
        try store.setStarred(true, draftIds: [ids[1]])
        try store.leaveOut(draftIds: ids)
        let now = try #require(try store.generation(id: kept.id))
        #expect(now.drafts.map(\.text) == ["bright", "dim"])
        #expect(now.candidateCount == 1)
        #expect(try store.found("dark").isEmpty && store.found("dim") == ["dim"])
        #expect(throws: StoreError.missingDraft(id: 99)) { try store.leaveOut(draftIds: [99]) }
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `the trash shows no candidate, and takes them along with their last chosen draft`() throws {
        let kept = try store.keep(chosen: ["bright", "clear"], leftOut: ["dark", "dim"])
        let ids = kept.drafts.map(\.id)
        try store.trash(draftIds: [ids[0], ids[2]])
        #expect(try store.search(HistoryQuery(inTrash: true), limit: 9).map(\.draft.text) == ["bright"])
        #expect(try store.statistics().trashed == 1)
        #expect(try store.emptyTrash() == 1)
        #expect(try store.generation(id: kept.id, includesCandidates: true)?.drafts.map(\.text) == ["clear", "dim"])
        try store.trash(draftIds: [ids[1]])
        #expect(try store.emptyTrash() == 1)
        #expect(try store.generation(id: kept.id) == nil)
        #expect(try store.draft(id: ids[3]) == nil)
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `without a choice nothing is hidden: a crash amid the candidates leaves them all as drafts`()
        async throws
    {
        let path = folder.store
        try store.close()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try DraftStore.open(path: path)
            let begun = try store.beginGeneration(.example(variants: 3))
            try store.saveText(begun.writing("one lamp", "two lamps", "three lamps").drafts)
            kill(getpid(), SIGKILL)
        }
        let again = try DraftStore.open(path: path)
        let kept = try #require(try again.history(limit: 1).generations.first)
        #expect(kept.status == .interrupted && kept.candidateCount == 0)
        #expect(kept.drafts.map(\.text) == ["one lamp", "two lamps", "three lamps"])
        #expect(try again.found("lamps").count == 2)
    }

    @Test func `details and parts are kept through edits, stars and a new opening`() throws {
        var new = SavedGeneration.example(variants: 2)
        new.parts = [.init(name: "Headline", limits: .init(characters: 40)), .init(name: "Text")]
        var written = try store.beginGeneration(new).writing(["Light\nAll night.", "Light\nAll night."])
        written.drafts[0].details.reasoning = "What is\u{0} a lamp?"
        written.drafts[0].details.tidied = [.quotes, .label]
        written.drafts[0].details.attempts = 3
        written.drafts[1].details.twinOf = 0
        written.drafts[1].details.score = DraftScore(meanLogProbability: -1.5, parts: ["complete": 1])
        try store.finishGeneration(written.ended())
        let id = written.drafts[0].id
        try store.revise(draftId: id, text: "Lamp\nBy day\ntoo", origin: .edit)
        try store.setStarred(true, draftIds: [id])
        try store.close()

        let again = try DraftStore.open(path: folder.store)
        let kept = try #require(try again.generation(id: written.id))
        #expect(kept.drafts[0].details.reasoning == "What is\u{0} a lamp?")
        #expect(kept.drafts[0].details.tidied == [.quotes, .label])
        #expect(kept.drafts[0].details.attempts == 3)
        #expect(kept.drafts[1].details == written.drafts[1].details)
        #expect(kept.parts == new.parts)
        #expect(
            kept.parts(of: kept.drafts[0]) == [
                DraftPart(name: "Headline", text: "Lamp"), DraftPart(name: "Text", text: "By day\ntoo"),
            ])
    }
}
