// Another process keeps the store in use: the text goes on, and is kept in the end.

import Foundation
import Generation
import Glibc
import Store
import Synchronization
import Testing

@testable import Drafting

/// Keeps every writer of a store waiting, as another process does that checkpoints it.
private final class OtherWriter {
    private let descriptor: CInt

    init(_ store: DraftStore) throws {
        descriptor = open(store.path + "-lock", O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX) == 0)
    }

    func letGo() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}

@Suite(.timeLimit(.minutes(15))) struct `Recording into a store that is in use` {
    let place: TemporaryStore

    init() throws { place = try TemporaryStore() }

    /// The same store, with calls that wait for others this long.
    private func store(patienceSeconds: Double) throws -> DraftStore {
        try DraftStore.open(path: place.store.path, patienceSeconds: patienceSeconds)
    }

    @Test func `from the beginning: the text comes at once, and its rows when the store is free`() async throws {
        let store = try store(patienceSeconds: 600)
        let other = try OtherWriter(store)
        var recording = WatchedRecording(.example(variants: 2), store: store)
        recording.generator.send(.text("Light", variant: 0))
        await recording.rowsClock.untilSleep(1)
        recording.rowsClock.advance(by: RecordedGeneration.rowsInterval)
        let begun = try #require(await recording.next(\.began))
        #expect(begun.id == 0)
        #expect(await recording.next(\.piece) == "Light")
        recording.generator.send(.text("Glow", variant: 1))
        #expect(await recording.next(\.piece) == "Glow")
        #expect(try place.store.statistics().generations == 0)

        other.letGo()
        let saved = try #require(await recording.next(\.saved))
        let kept = try place.newest()
        #expect(saved.id == kept.id && saved.drafts.map(\.id) == kept.drafts.map(\.id))
        recording.generator.finish()
        _ = await recording.task.value
        #expect(try place.texts() == ["Light", "Glow"])
        try store.close()
    }

    @Test func `in the middle: the text goes on while a save waits`() async throws {
        let store = try store(patienceSeconds: 600)
        var recording = WatchedRecording(store: store)
        _ = await recording.next(\.began)
        let other = try OtherWriter(store)
        await recording.clock.untilSleep(1)
        recording.generator.send(.text("One", variant: 0))
        #expect(await recording.next(\.piece) == "One")
        recording.clock.advance(by: .milliseconds(250))  // now a save waits
        for piece in [" two", " three"] {
            recording.generator.send(.text(piece, variant: 0))
            #expect(await recording.next(\.piece) == piece)
        }
        #expect(try place.texts() == [""])
        other.letGo()
        recording.generator.finish()
        let record = await recording.task.value
        #expect(record.saveFailure == nil)
        #expect(try place.texts() == ["One two three"])
        try store.close()
    }

    @Test func `at the end: it is tried until the store is free`() async throws {
        let store = try store(patienceSeconds: 0.01)
        var recording = WatchedRecording(store: store)
        _ = await recording.next(\.began)
        let other = try OtherWriter(store)
        recording.generator.write("Light")
        #expect(await recording.next(\.saveFailure) == .busy(path: store.path))
        other.letGo()
        _ = try #require(await recording.next(\.saved))
        let record = await recording.task.value
        #expect(record.saveFailure == nil)
        #expect(try place.newest().status == .complete)
        #expect(try place.texts() == ["Light"])
        try store.close()
    }

    @Test func `while it is opened: it is opened again until that succeeds`() async throws {
        let place = place
        let tries = Mutex(0)
        var recording = WatchedRecording(openingStore: {
            let number = tries.withLock { tries in
                tries += 1
                return tries
            }
            if number < 3 { throw StoreError.busy(path: place.store.path) }
            return place.store
        })
        recording.generator.write("Light")
        #expect(
            await recording.rest() == [
                "started", "0: Light", "0 stop", "finished", "not saved: \(StoreError.busy(path: place.store.path))",
                "began", "saved",
            ])
        let record = await recording.task.value
        #expect(record.saveFailure == nil)
        #expect(try place.newest().status == .complete)
        #expect(try place.texts() == ["Light"])
    }

    @Test func `and stays in use: the text is complete, and the record says why it is not kept`() async throws {
        let place = place
        var recording = WatchedRecording(
            endPatience: .zero, openingStore: { throw StoreError.busy(path: place.store.path) })
        recording.generator.write("Light")
        let words = await recording.rest()
        #expect(words.contains("0: Light") && words.contains("finished"))
        #expect(!words.contains { $0.hasPrefix("failed") })
        let record = await recording.task.value
        #expect(record.saveFailure as? StoreError == .busy(path: place.store.path))
        #expect(record.generation.status == .complete)
        #expect(record.generation.drafts.map(\.text) == ["Light"])
    }
}
