// Paging through the past.

import Generation
import Store
import Testing

@Suite struct HistoryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `pages go back in time, each generation once, even if times are equal`() throws {
        let store = try DraftStore.open(path: folder.store, now: { 5000 })
        for number in 1...7 { try store.keep("text \(number)") }
        var seen: [String] = []
        var cursor: HistoryCursor?
        repeat {
            let page = try store.history(HistoryPageRequest(after: cursor, limit: 3))
            seen += page.generations.map { $0.drafts[0].text }
            cursor = page.next
        } while cursor != nil
        #expect(seen == (1...7).reversed().map { "text \($0)" })
    }

    @Test func `a generation leaves the history with its last draft and comes back with the first`() throws {
        let store = try DraftStore.open(path: folder.store)
        let kept = try store.keep("one", "two")
        try store.trash(draftIds: [kept.drafts[0].id])
        #expect(try store.history(limit: 9).generations.map(\.id) == [kept.id])
        try store.trash(draftIds: [kept.drafts[1].id])
        #expect(try store.history(limit: 9).generations.isEmpty)
        let trashed = try store.history(HistoryPageRequest(query: HistoryQuery(inTrash: true)))
        #expect(trashed.generations == [try store.generation(id: kept.id)])
        try store.restore(draftIds: [kept.drafts[1].id])
        #expect(try store.history(limit: 9).generations.map(\.id) == [kept.id])
    }

    @Test func `a row with unknown, missing or odd JSON reads with defaults in their place`() throws {
        let store = try DraftStore.open(path: folder.store)
        let kept = try store.keep("one")
        try store.execute(
            """
            UPDATE generation SET sampling = '{"temperature": 0.3, "topK": "many", "newer": [1]}', limits = 'no JSON',
                timings = '{}', status = 'dreaming', relation = 'cousin', fields = '[]'
            """)
        let read = try #require(try store.generation(id: kept.id))
        #expect(read.sampling.temperature == 0.3)
        #expect(read.sampling.topK == SamplingOptions().topK)
        #expect(read.sampling.maxTokens == SamplingOptions().maxTokens)
        #expect(read.limits == LengthLimits())
        #expect(read.timings == GenerationTimings())
        #expect(read.fields.isEmpty)
        #expect(read.status == .complete)
        #expect(read.relation == nil)
    }
}
