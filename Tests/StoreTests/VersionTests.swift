// Every text that a draft had: kept over restarts, backups and salvage; and whether a person wrote what is there now.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct `Versions of a draft` {
    let folder: TemporaryFolder
    let clock = SteppingClock()

    init() throws { folder = try TemporaryFolder() }

    private func open() throws -> DraftStore {
        let clock = clock
        return try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    private func described(_ versions: [DraftVersion]) -> [String] {
        versions.map { "\($0.number) \($0.origin.rawValue): \($0.text)" }
    }

    @Test func `every text has its number, its origin and its time, after a restart too`() throws {
        let store = try open()
        let kept = try store.keep("one")
        let id = kept.drafts[0].id
        #expect(try described(store.versions(of: id)) == ["1 model: one"])
        try store.revise(draftId: id, text: "two", origin: .edit)
        try store.revise(draftId: id, text: "three", origin: .editor)
        try store.revise(draftId: id, text: "two", origin: .undo)
        try store.close()
        let again = try open()
        let versions = try again.versions(of: id)
        #expect(described(versions) == ["1 model: one", "2 edit: two", "3 editor: three", "4 undo: two"])
        #expect(versions[0].createdAt == kept.finishedAt)
        #expect(versions.map(\.createdAt) == versions.map(\.createdAt).sorted())
        #expect(try again.version(3, of: id).text == "three")
    }

    @Test func `the first text names what the generation did with an earlier draft`() throws {
        let store = try open()
        let first = try store.keep("one").drafts[0].id
        var new = SavedGeneration.example()
        (new.parentDraftId, new.relation) = (first, .refine)
        let refined = try store.beginGeneration(new).writing("better")
        try store.saveText(refined.drafts)
        try store.finishGeneration(refined.ended())
        #expect(try described(store.versions(of: refined.drafts[0].id)) == ["1 refine: better"])
    }

    @Test func `an earlier text comes back as a new version, and nothing is lost`() throws {
        let store = try open()
        let id = try store.keep("one").drafts[0].id
        try store.revise(draftId: id, text: "two", origin: .edit)
        guard case .restored(let draft, let number) = try store.restore(version: 1, of: id) else {
            Issue.record("the text was not brought back")
            return
        }
        #expect(draft.text == "one" && number == 3)
        #expect(try described(store.versions(of: id)) == ["1 model: one", "2 edit: two", "3 restore: one"])
        #expect(try store.found("one") == ["one"])
        guard case .unchanged = try store.restore(version: 3, of: id) else {
            Issue.record("the same text made a version")
            return
        }
        #expect(try store.versions(of: id).count == 3)
    }

    @Test func `a version that is not there is told with the number of versions`() throws {
        let store = try open()
        let id = try store.keep("one").drafts[0].id
        #expect(throws: StoreError.missingVersion(2, draftId: id, count: 1)) { try store.version(2, of: id) }
        #expect(
            StoreError.missingVersion(2, draftId: 7, count: 1).description
                == "Draft 7 has no version 2: it was never changed, so version 1 is all it has.")
        try store.revise(draftId: id, text: "two", origin: .edit)
        for number in [0, -1, 3, Int.max, Int.min] {
            #expect(throws: StoreError.missingVersion(number, draftId: id, count: 2)) {
                try store.restore(version: number, of: id)
            }
        }
        #expect(
            StoreError.missingVersion(9, draftId: 7, count: 2).description
                == "Draft 7 has no version 9. Its versions go from 1 to 2.")
        #expect(throws: StoreError.missingDraft(id: 99)) { try store.versions(of: 99) }
    }

    @Test func `a draft is edited as long as its text is not the model's, whatever is undone or brought back`() throws {
        let store = try open()
        let id = try store.keep("caf\u{E9}").drafts[0].id
        func isEdited() throws -> Bool? { try store.draft(id: id)?.isEdited }
        #expect(try isEdited() == false)
        // A change of composition is a change, although Swift takes both texts for equal.
        #expect(try store.revise(draftId: id, text: "cafe\u{301}", origin: .edit).isEdited)
        #expect(try isEdited() == true)
        try store.revise(draftId: id, text: "tea", origin: .edit)
        #expect(try isEdited() == true)
        _ = try store.restore(version: 1, of: id)
        #expect(try isEdited() == false)
        try store.revise(draftId: id, text: "tea", origin: .edit)
        try store.close()
        #expect(try open().draft(id: id)?.isEdited == true)
    }

    @Test func `what a person added survives the trash, a backup and a salvage`() throws {
        let store = try open()
        let ids = try store.keep("one", "other").drafts.map(\.id)
        try store.revise(draftId: ids[0], text: "two", origin: .edit)
        try store.tag("Client", draftIds: [ids[0]])
        try store.setNote("ask Berlin", draftId: ids[0])
        try store.setRating(4, draftId: ids[0])
        try store.trash(draftIds: [ids[0]])
        try store.restore(draftIds: [ids[0]])
        let copy = folder.path + "/copy.db"
        let saved = folder.path + "/saved.db"
        try store.backup(to: copy)
        try store.close()
        _ = try DraftStore.salvage(from: folder.store, to: saved)
        for path in [folder.store, copy, saved] {
            let read = try DraftStore.open(path: path)
            let draft = try #require(try read.draft(id: ids[0]), "\(path)")
            #expect(draft.isEdited && draft.note == "ask Berlin" && draft.rating == 4, "\(path)")
            #expect(try read.tags(of: ids[0]) == ["Client"], "\(path)")
            #expect(try described(read.versions(of: ids[0])) == ["1 model: one", "2 edit: two"], "\(path)")
            #expect(try read.draft(id: ids[1])?.isEdited == false, "\(path)")
            try read.close()
        }
    }
}
