// Drafts read one after another.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct ExportingTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    @Test func `all drafts come oldest generation first, each with its own generation`() throws {
        let first = try store.keep("a", "b", prompt: "first")
        let second = try store.keep("c", prompt: "second")
        // Imported from elsewhere: a higher number, and an earlier time.
        try store.execute("UPDATE generation SET createdAt = 5 WHERE id = \(second.id)")
        try store.trash(draftIds: [first.drafts[0].id])
        var seen: [String] = []
        try store.reading(.all) { reader in
            try reader.forEach(.all) { seen.append("\($0.draft.text) of \($0.generation.prompt)") }
        }
        #expect(seen == ["c of second", "b of first"])
        #expect(try store.exported(.found(HistoryQuery(text: " "))) == store.exported(.all))
    }

    @Test func `starred drafts, a generation's, and those a search finds come in their order`() throws {
        let kept = try store.keep("one lamp", "two", "three lamps")
        let later = try store.keep("four lamps")
        let ids = kept.drafts.map(\.id) + later.drafts.map(\.id)
        try store.setStarred(true, draftIds: [ids[3], ids[0], ids[1]])
        try store.trash(draftIds: [ids[1]])
        #expect(try store.exported(.found(HistoryQuery(starred: true))) == [ids[0], ids[3]])
        #expect(try store.exported(.generation(kept.id)) == [ids[0], ids[2]])
        #expect(try store.exported(.found(HistoryQuery(text: "lamp"))) == [ids[3], ids[2], ids[0]])
        #expect(try store.exported(.found(HistoryQuery(text: "zebra"))).isEmpty)
        #expect(try store.exported(.drafts([ids[2], ids[1]])) == [ids[2], ids[1]])
        #expect(throws: StoreError.missingDraft(id: 99)) { try store.exported(.drafts([ids[0], 99])) }
    }

    @Test func `what is saved meanwhile neither waits nor appears`() throws {
        for number in 1...20 { try store.keep("text \(number)") }
        let other = try DraftStore.open(path: folder.store)
        var seen: [String] = []
        try store.reading(.all) { reader in
            for _ in 1...2 {
                try reader.forEach(.all) { found in
                    seen.append(found.draft.text)
                    if found.draft.text == "text 3" {
                        try other.keep("a later one")
                        try other.revise(draftId: 4, text: "edited", origin: .edit)
                    }
                }
            }
        }
        let texts = (1...20).map { "text \($0)" }
        #expect(seen == texts + texts)
        #expect(try store.draft(id: 4)?.text == "edited")
        #expect(try store.exported(.all).count == 22)
    }

    @Test func `a long export keeps no save waiting`() throws {
        try store.keep("a", "b")
        let (began, saved) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let exported = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [store] in
            try? store.reading(.all) { reader in
                try reader.forEach(.all) { _ in
                    began.signal()
                    _ = saved.wait(timeout: .now() + 60)
                }
            }
            exported.signal()
        }
        began.wait()
        try store.revise(draftId: 1, text: "edited", origin: .edit)
        #expect(try store.draft(id: 1)?.text == "edited")
        #expect(exported.wait(timeout: .now()) == .timedOut)
        for _ in 1...2 { saved.signal() }
        exported.wait()
    }

    @Test func `an error of the reader comes out as it is`() throws {
        struct NoMore: Error {}
        try store.keep("a")
        #expect(throws: NoMore.self) { try store.reading(.all) { try $0.forEach(.all) { _ in throw NoMore() } } }
    }
}
