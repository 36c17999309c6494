// A writer's changes of drafts: texts, stars, notes, ratings, tags, and the trash.

import Generation
import Store
import Testing

@Suite struct EditingTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    @Test func `every text a draft had before is kept, oldest first`() throws {
        let id = try store.keep("model's").drafts[0].id
        #expect(try store.revisions(of: id).isEmpty)
        #expect(try store.revise(draftId: id, text: "second", origin: .edit).text == "second")
        try store.revise(draftId: id, text: "third", origin: .editor)
        let revisions = try store.revisions(of: id)
        #expect(revisions.map(\.text) == ["model's", "second"])
        #expect(revisions.map(\.origin) == [.edit, .editor])
        #expect(try store.draft(id: id)?.text == "third")
        #expect(try store.found("second").isEmpty)
        #expect(try store.found("third") == ["third"])
    }

    @Test func `an edit is saved only over the text that it began from`() throws {
        let saved = try store.keep("model's")
        let id = saved.drafts[0].id
        func revise(_ id: Int64, of uuid: String? = saved.uuid, from base: String, to text: String) throws
            -> RevisionOutcome
        {
            try store.revise(draftId: id, of: uuid, from: base, to: text, origin: .edit)
        }
        guard case .saved(let second) = try revise(id, from: "model's", to: "second") else {
            Issue.record("the first edit was not saved")
            return
        }
        #expect(second.text == "second")
        #expect(try revise(id, from: "model's", to: "late") == .changed(second))
        // Tried again after it was saved, it is no conflict.
        #expect(try revise(id, from: "model's", to: "second") == .saved(second))
        #expect(try revise(id, of: "another", from: "second", to: "late") == .gone)
        #expect(try revise(id + 1, from: "second", to: "late") == .gone)
        #expect(try store.draft(id: id) == second)
        #expect(try store.revisions(of: id).map(\.text) == ["model's"])
        #expect(try store.found("late").isEmpty)
    }

    @Test func `the same text is not an edit, another composition of it is one`() throws {
        let id = try store.keep("caf\u{E9}").drafts[0].id
        try store.revise(draftId: id, text: "caf\u{E9}", origin: .edit)
        #expect(try store.revisions(of: id).isEmpty)
        try store.revise(draftId: id, text: "cafe\u{301}", origin: .edit)
        #expect(try store.revisions(of: id).count == 1)
    }

    @Test func `a draft that is being written cannot be edited`() throws {
        let id = try store.beginGeneration(.example()).drafts[0].id
        #expect(throws: StoreError.stillWriting(draftId: id)) {
            try store.revise(draftId: id, text: "mine", origin: .edit)
        }
        #expect(
            StoreError.stillWriting(draftId: id).description
                == "Draft \(id) is still being written. Stop it first, then edit it.")
    }

    @Test func `stars, notes and ratings come and go`() throws {
        let kept = try store.keep("one", "two")
        let ids = kept.drafts.map(\.id)
        try store.setStarred(true, draftIds: ids)
        #expect(try store.found("", in: HistoryQuery(starred: true)) == ["two", "one"])
        try store.setStarred(false, draftIds: [ids[1]])
        #expect(try store.found("", in: HistoryQuery(starred: true)) == ["one"])
        try store.setNote("for the newsletter", draftId: ids[0])
        #expect(try store.found("newsletter") == ["one"])
        try store.setNote("", draftId: ids[0])
        #expect(try store.draft(id: ids[0])?.note == nil)
        #expect(try store.found("newsletter").isEmpty)
        try store.setRating(4, draftId: ids[0])
        #expect(try store.draft(id: ids[0])?.rating == 4)
        try store.setRating(nil, draftId: ids[0])
        #expect(try store.draft(id: ids[0])?.rating == nil)
        #expect(throws: StoreError.ratingOutOfRange(6)) { try store.setRating(6, draftId: ids[0]) }
        #expect(throws: StoreError.missingDraft(id: 77)) { try store.setStarred(true, draftIds: [77]) }
    }

    @Test func `tags of different case are one, and one that nobody has is gone`() throws {
        let ids = try store.keep("one", "two").drafts.map(\.id)
        try store.tag("Spring  Campaign ", draftIds: ids)
        try store.tag("spring campaign", draftIds: [ids[0]])
        try store.tag("灯具", draftIds: [ids[0]])
        #expect(try store.tags(of: ids[0]) == ["Spring Campaign", "灯具"])
        #expect(try store.allTags().map(\.name) == ["Spring Campaign", "灯具"])
        #expect(try store.allTags().map(\.draftCount) == [2, 1])
        #expect(try store.found("campaign") == ["two", "one"])
        #expect(try store.found("灯具") == ["one"])
        #expect(try store.found("", in: HistoryQuery(tag: "SPRING  CAMPAIGN")) == ["two", "one"])
        try store.untag("SPRING campaign", draftIds: ids)
        #expect(try store.allTags().map(\.name) == ["灯具"])
        #expect(try store.found("campaign").isEmpty)
        #expect(throws: StoreError.emptyTag) { try store.tag("  ", draftIds: ids) }
    }

    @Test func `a tag on a draft that is not there changes no other draft`() throws {
        let id = try store.keep("one").drafts[0].id
        #expect(throws: StoreError.missingDraft(id: 50)) { try store.tag("x", draftIds: [id, 50]) }
        #expect(try store.tags(of: id).isEmpty)
    }

    @Test func `the trash gives everything back until it is emptied`() throws {
        let kept = try store.keep("one", "two")
        let ids = kept.drafts.map(\.id)
        try store.setStarred(true, draftIds: ids)
        try store.revise(draftId: ids[0], text: "one, edited", origin: .edit)
        #expect(try store.trash(draftIds: ids) == ids)
        #expect(try store.trash(draftIds: ids).isEmpty)
        #expect(try store.found("one").isEmpty)
        #expect(try store.found("one", in: HistoryQuery(inTrash: true)) == ["one, edited"])
        #expect(try store.found("", in: HistoryQuery(starred: true)).isEmpty)
        #expect(try store.search(HistoryQuery(inTrash: true), limit: 9).map(\.id) == ids.reversed())
        #expect(try store.restore(draftIds: [ids[0]]) == [ids[0]])
        #expect(try store.draft(id: ids[0])?.starred == true)
        #expect(try store.emptyTrash() == 1)
        #expect(try store.draft(id: ids[1]) == nil)
        #expect(try store.generation(id: kept.id)?.drafts.map(\.text) == ["one, edited"])
        try store.trash(draftIds: [ids[0]])
        #expect(try store.emptyTrash() == 1)
        #expect(try store.generation(id: kept.id) == nil)
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `emptying the trash spares a draft that is being written`() throws {
        let begun = try store.beginGeneration(.example())
        try store.trash(draftIds: [begun.drafts[0].id])
        #expect(try store.emptyTrash() == 0)
        try store.finishGeneration(begun.writing("kept").ended())
        #expect(try store.draft(id: begun.drafts[0].id)?.text == "kept")
    }

    @Test func `a child outlives its parent draft`() throws {
        let parent = try store.keep("parent")
        var new = SavedGeneration.example()
        new.parentDraftId = parent.drafts[0].id
        new.relation = .continue
        let child = try store.beginGeneration(new)
        try store.trash(draftIds: [parent.drafts[0].id])
        try store.emptyTrash()
        #expect(try store.generation(id: child.id)?.parentDraftId == nil)
    }
}
