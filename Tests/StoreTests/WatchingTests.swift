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

    @Test func `a branch can be read to its end while another one is open`() throws {
        let store = try DraftStore.open(path: folder.store)
        let conversation = try store.beginConversation(Conversation(title: "Lamps", model: "m"))
        let first = try store.addExchange("One", after: nil, in: conversation.id)
        let mine = try store.addExchange("Two", after: first.answer, in: conversation.id)
        let theirs = try store.addExchange("Three", after: first.answer, in: conversation.id)
        #expect(try store.openTurns(of: conversation.id).map(\.text) == ["One", "", "Three", ""])
        #expect(try store.turns(of: conversation.id, to: mine.answer.id)?.map(\.text) == ["One", "", "Two", ""])
        #expect(try store.turns(of: conversation.id, to: mine.user.id)?.map(\.text) == ["One", "", "Two"])
        #expect(try store.openTurns(of: conversation.id).last?.id == theirs.answer.id)
        try store.trashTurns(from: mine.user.id)
        #expect(try store.turns(of: conversation.id, to: mine.answer.id) == nil)
        #expect(try store.turns(of: conversation.id, to: 9999) == nil)
    }

    @Test func `a generation is interrupted only once its writer has died`() throws {
        let watcher = try DraftStore.open(path: folder.store)
        var writer: DraftStore? = try DraftStore.open(path: folder.store)
        let begun = try writer?.beginGeneration(.example("A lamp", variants: 1))
        let id = try #require(begun?.id)
        #expect(try watcher.interruptDead().isEmpty)
        #expect(try watcher.generation(id: id)?.status == .running)
        writer = nil
        #expect(try watcher.interruptDead() == [id])
        #expect(try watcher.generation(id: id)?.drafts.map(\.finishReason) == [.interrupted])
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
