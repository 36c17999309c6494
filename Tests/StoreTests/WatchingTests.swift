// Changes of an open store by other processes.

import Foundation
import Generation
import Store
import Testing

@Suite struct WatchingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `the mark changes when another connection writes, and not when this one does`() throws {
        let mine = try DraftStore.open(path: folder.store)
        let theirs = try DraftStore.open(path: folder.store)
        let before = try mine.foreignChangeMark()
        try mine.keep("mine")
        #expect(try mine.foreignChangeMark() == before)
        try theirs.keep("theirs")
        let after = try mine.foreignChangeMark()
        #expect(after != before)
        #expect(try mine.foreignChangeMark() == after)
    }

    @Test func `a store that was deleted or moved away refuses to write, until it is back`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("one")
        try FileManager.default.moveItem(atPath: folder.store, toPath: folder.path + "/elsewhere.db")
        #expect(throws: StoreError.gone(path: folder.store)) { try store.keep("two") }
        try FileManager.default.moveItem(atPath: folder.path + "/elsewhere.db", toPath: folder.store)
        try store.keep("three")
        #expect(try Set(store.found("")) == ["one", "three"])
    }

    @Test func `the sentence for a store that is gone says what to do`() {
        #expect(
            StoreError.gone(path: "a.db").description
                == "a.db was moved or deleted while it was in use, so nothing can be saved in it. "
                + "Put it back and try again, or copy what you need and start anew.")
    }
}
