import Foundation
import Generation
import Store
import Testing

@testable import Drafting

@Suite(.timeLimit(.minutes(15))) struct `Recording a generation` {
    let place: TemporaryStore

    init() throws { place = try TemporaryStore() }

    @Test func `leaves the texts, the exact prompt and how each draft ended`() async throws {
        var recording = WatchedRecording(.example(variants: 2), store: place.store)
        recording.generator.send(
            .started(prompt: "<user>Write about a lamp.", promptTokens: 9), .text("Light", variant: 0),
            .text("Glow", variant: 1), .text(", all night", variant: 0),
            .draftFinished(variant: 1, reason: .limit, tokenCount: 1),
            .draftFinished(variant: 0, reason: .stop, tokenCount: 4))
        var timings = GenerationTimings()
        timings.generatedTokens = 5
        recording.generator.send(.finished(timings))
        recording.generator.finish()
        #expect(
            await recording.rest() == [
                "began", "started", "0: Light", "1: Glow", "0: , all night", "1 limit", "0 stop", "finished",
            ])
        let record = await recording.task.value
        #expect(record.saveFailure == nil)

        let kept = try place.newest()
        #expect(kept.status == .complete)
        #expect(kept.prompt == "<user>Write about a lamp.")
        #expect(kept.timings.generatedTokens == 5)
        #expect(kept.drafts.map(\.text) == ["Light, all night", "Glow"])
        #expect(kept.drafts.map(\.finishReason) == [.stop, .limit])
        #expect(kept.drafts.map(\.tokenCount) == [4, 1])
        #expect(record.generation.drafts.map(\.id) == kept.drafts.map(\.id))
    }

    @Test func `keeps thoughts and attempts, and forgets a text that is void`() async throws {
        var recording = WatchedRecording(.example(variants: 2), store: place.store)
        var details = DraftDetails()
        details.attempts = 2
        details.tidied = [.quotes]
        details.twinOf = 0
        recording.generator.send(
            .started(prompt: "Write.", promptTokens: 2), .reasoning("Hm", variant: 0), .reasoning("…", variant: 0),
            .text("Light", variant: 0), .reasoning("void", variant: 1), .text("Light", variant: 1),
            .restarted(variant: 1), .text("light!", variant: 1), .details(details, variant: 1),
            .draftFinished(variant: 1, reason: .stop, tokenCount: 2),
            .draftFinished(variant: 0, reason: .stop, tokenCount: 1), .finished(GenerationTimings()))
        recording.generator.finish()
        _ = await recording.rest()
        _ = await recording.task.value
        let kept = try place.newest()
        #expect(kept.drafts.map(\.text) == ["Light", "light!"])
        #expect(kept.drafts[0].details.reasoning == "Hm…")
        #expect(kept.drafts[1].details == details)
    }

    @Test func `puts the chosen candidates first, and hides the others`() async throws {
        var order = DraftOrder.example(variants: 2)
        order.request.sampling.bestOf = 4
        order.request.conditions.parts = [PartSpecification(name: "Headline")]
        var recording = WatchedRecording(order, store: place.store)
        let begun = try #require(await recording.next(\.began))
        #expect(begun.drafts.count == 4)
        recording.generator.send(.started(prompt: "Write.", promptTokens: 2))
        var twin = DraftDetails()
        twin.twinOf = 3
        recording.generator.send(.details(twin, variant: 1))
        for (variant, text) in ["a", "b", "c", "d"].enumerated() {
            recording.generator.send(
                .text(text, variant: variant), .draftFinished(variant: variant, reason: .stop, tokenCount: variant))
        }
        recording.generator.send(.chosen([3, 1]), .finished(GenerationTimings()))
        recording.generator.finish()
        _ = await recording.rest()
        let record = await recording.task.value
        #expect(record.generation.candidateCount == 2)
        let kept = try place.newest()
        #expect(kept.drafts.map(\.text) == ["d", "b"] && kept.candidateCount == 2)
        #expect(kept.drafts.map(\.tokenCount) == [3, 1])
        #expect(kept.drafts[1].details.twinOf == 0, "the twin has moved")
        #expect(kept.parts == order.request.conditions.parts)
        let all = try #require(try place.store.generation(id: kept.id, includesCandidates: true))
        #expect(all.drafts.map(\.text) == ["d", "b", "a", "c"] && all.drafts.map(\.id) == begun.drafts.map(\.id))
    }

    @Test func `a choice of nothing hides nothing`() async throws {
        var recording = WatchedRecording(.example(variants: 2), store: place.store)
        recording.generator.send(.text("a", variant: 0), .text("b", variant: 1), .chosen([]))
        recording.generator.finish()
        _ = await recording.rest()
        _ = await recording.task.value
        #expect(try place.newest().drafts.map(\.text) == ["a", "b"])
    }

    @Test func `has its rows in the store before the generator is asked`() async throws {
        var recording = WatchedRecording(.example(variants: 3), store: place.store)
        let begun = try #require(await recording.next(\.began))
        let kept = try place.newest()
        #expect(kept.status == .running)
        #expect(kept.prompt == "Write about a lamp.")
        #expect(kept.fields == ["prompt": "Write about a lamp."])
        #expect(kept.drafts.map(\.id) == begun.drafts.map(\.id) && kept.drafts.count == 3)
        #expect(begun.id == kept.id && begun.uuid == kept.uuid)
        recording.generator.write("a", "b", "c")
        _ = await recording.task.value
    }

    @Test func `does not let the first text wait for a store that is being opened`() async throws {
        let mayOpen = DispatchSemaphore(value: 0)
        let place = place
        var recording = WatchedRecording(openingStore: {
            mayOpen.wait()
            return place.store
        })
        recording.generator.send(.text("One", variant: 0))
        #expect(await recording.next(\.piece) == "One")
        #expect(try place.store.history(HistoryPageRequest()).generations.isEmpty)
        mayOpen.signal()
        await recording.clock.untilSleep(1)
        recording.clock.advance(by: .milliseconds(250))
        let begun = try #require(await recording.next(\.began))
        #expect(try place.newest().id == begun.id)
        recording.generator.finish()
        _ = await recording.task.value
        #expect(try place.texts() == ["One"])
    }

    @Test func `that ends before the store is open is kept all the same`() async throws {
        let mayOpen = DispatchSemaphore(value: 0)
        let place = place
        var recording = WatchedRecording(openingStore: {
            mayOpen.wait()
            return place.store
        })
        recording.generator.write("Whole")
        _ = await recording.next { if case .generation(.finished) = $0 { true } else { nil } }
        mayOpen.signal()
        #expect(await recording.rest() == ["began"])
        #expect(try place.texts() == ["Whole"] && place.newest().status == .complete)
    }

    @Test func `fails with the reason if the store cannot be opened`() async throws {
        var recording = WatchedRecording(openingStore: { throw StoreError.missing(path: "/nowhere") })
        let failure = await recording.next { if case .failed(let error) = $0 { "\(error)" } else { nil } }
        #expect(failure == "\(StoreError.missing(path: "/nowhere"))")
        #expect(await recording.task.value.generation.status == .failed)
    }

    @Test func `saves streaming text 250 ms after the last save, even if no more text comes`() async throws {
        var recording = WatchedRecording(store: place.store)
        recording.generator.send(.text("One", variant: 0))
        _ = await recording.next(\.piece)
        await recording.clock.untilSleep(1)
        #expect(try place.texts() == [""])
        recording.clock.advance(by: .milliseconds(249))
        recording.generator.send(.text(" two", variant: 0))
        _ = await recording.next(\.piece)
        #expect(try place.texts() == [""])
        recording.clock.advance(by: .milliseconds(1))
        await recording.clock.untilSleep(2)
        #expect(try place.texts() == ["One two"])

        // A pause without text, then text: it is saved at once.
        recording.clock.advance(by: .milliseconds(250))
        recording.generator.send(.text(" three", variant: 0))
        await recording.clock.untilSleep(3)
        #expect(try place.texts() == ["One two three"])
        #expect(try place.newest().status == .running)
        recording.generator.finish()
        _ = await recording.task.value
    }

    @Test func `keeps nothing if it has no store`() async throws {
        var recording = WatchedRecording(store: nil)
        recording.generator.write("Light")
        #expect(await recording.rest() == ["began unsaved", "started", "0: Light", "0 stop", "finished"])
        let record = await recording.task.value
        #expect(record.generation.drafts.map(\.text) == ["Light"])
        #expect(record.generation.status == .complete)
        #expect(record.saveFailure == nil)
        #expect(try place.store.statistics().generations == 0)
    }

    @Test func `stops when it is asked to, and keeps the text until then`() async throws {
        var recording = WatchedRecording(.example(variants: 2), store: place.store)
        recording.generator.send(
            .text("All of it.", variant: 0), .draftFinished(variant: 0, reason: .stop, tokenCount: 4),
            .text("Half", variant: 1))
        let half: Bool? = await recording.next { $0.piece == "Half" ? true : nil }
        #expect(half == true)
        recording.stopSignal.raise()
        #expect(recording.generator.wasAskedToStop)
        recording.generator.send(.draftFinished(variant: 1, reason: .stopped, tokenCount: 1))
        recording.generator.finish()
        _ = await recording.task.value
        let kept = try place.newest()
        #expect(kept.status == .stopped)
        #expect(kept.drafts.map(\.text) == ["All of it.", "Half"])
        #expect(kept.drafts.map(\.finishReason) == [.stop, .stopped])
    }

    @Test func `ends as stopped if its task is cancelled`() async throws {
        var recording = WatchedRecording(store: place.store)
        recording.generator.send(.text("Half", variant: 0))
        _ = await recording.next(\.piece)
        recording.task.cancel()
        _ = await recording.task.value
        let kept = try place.newest()
        #expect(kept.status == .stopped)
        #expect(kept.drafts.map(\.text) == ["Half"])
    }

    @Test func `keeps the text of a generator that fails in the middle, with its sentence`() async throws {
        var recording = WatchedRecording(.example(variants: 2), store: place.store)
        recording.generator.send(
            .text("All of it.", variant: 0), .draftFinished(variant: 0, reason: .stop, tokenCount: 4),
            .text("Half", variant: 1))
        recording.generator.finish(throwing: BrokenModel())
        #expect(await recording.rest().last == "failed: The model broke. Choose another one.")
        let record = await recording.task.value
        let kept = try place.newest()
        #expect(kept.status == .failed)
        #expect(kept.failure == "The model broke. Choose another one.")
        #expect(kept.drafts.map(\.text) == ["All of it.", "Half"])
        #expect(kept.drafts.map(\.finishReason) == [.stop, .failed])
        #expect(record.generation.failure == kept.failure)
    }

    @Test func `leaves a raw prompt as a fact and not among the fields`() async throws {
        let order = DraftOrder(prompt: "Once upon a time", system: "unused", raw: true, seed: 1)
        let recording = WatchedRecording(order, store: place.store)
        recording.generator.write(" there was")
        let record = await recording.task.value
        let kept = try place.newest()
        for generation in [record.generation, kept] {
            #expect(generation.isRaw)
            #expect(generation.fields == ["prompt": "Once upon a time"])
            #expect(generation.systemPrompt == nil)
        }
    }
}

@Suite(.timeLimit(.minutes(15))) struct `Recording into a store that fails` {
    let place: TemporaryStore

    init() throws { place = try TemporaryStore() }

    @Test func `at the beginning: the model writes, and the rows are made once it works again`() async throws {
        try place.takeAway()
        var recording = WatchedRecording(store: place.store)
        recording.generator.send(.text("One", variant: 0))
        let begun = try #require(await recording.next(\.began))
        #expect(begun.id == 0 && begun.drafts.map(\.id) == [0])
        #expect(await recording.next(\.saveFailure) == place.failure)
        #expect(await recording.next(\.piece) == "One")

        await recording.clock.untilSleep(1)
        recording.clock.advance(by: .milliseconds(250))
        await recording.clock.untilSleep(2)
        try place.bringBack()
        recording.clock.advance(by: .milliseconds(250))
        // Nothing was said of the second failure.
        let saved = try #require(await recording.next()?.saved)
        let kept = try place.newest()
        #expect(saved.id == kept.id && saved.drafts.map(\.id) == kept.drafts.map(\.id) && saved.id != 0)
        #expect(kept.drafts.map(\.text) == ["One"])
        recording.generator.finish()
        _ = await recording.task.value
        #expect(try place.newest().status == .stopped)
    }

    @Test func `in the middle: nothing of the text is missing afterwards`() async throws {
        var recording = WatchedRecording(.example(variants: 2), store: place.store)
        _ = await recording.next(\.began)
        try place.takeAway()
        recording.generator.send(.text("One", variant: 0))
        _ = await recording.next(\.piece)
        await recording.clock.untilSleep(1)
        recording.clock.advance(by: .milliseconds(250))
        #expect(await recording.next(\.saveFailure) == place.failure)
        await recording.clock.untilSleep(2)
        try place.bringBack()
        #expect(try place.texts() == ["", ""])
        recording.generator.send(.text("Two", variant: 1))
        _ = await recording.next(\.piece)
        recording.clock.advance(by: .milliseconds(250))
        _ = try #require(await recording.next(\.saved))
        #expect(try place.texts() == ["One", "Two"])
        recording.generator.finish()
        _ = await recording.task.value
    }

    @Test func `at the end: the record keeps it all, with texts that were changed since, for another try`() async throws
    {
        var recording = WatchedRecording(.example(variants: 2), store: place.store)
        _ = await recording.next(\.began)
        try place.takeAway()
        recording.generator.write("Light", "Glow")
        #expect(
            await recording.rest() == [
                "started", "0: Light", "0 stop", "1: Glow", "1 stop", "finished", "not saved: \(place.failure)",
            ])
        var record = await recording.task.value
        #expect(record.saveFailure as? StoreError == place.failure)
        #expect(record.generation.status == .complete)

        record.replaceTexts(with: ["Light", "Glow, changed by hand"])
        #expect(record.save() as? StoreError == place.failure)
        try place.bringBack()
        #expect(record.save() == nil)
        #expect(record.saveFailure == nil)
        let kept = try place.newest()
        #expect(kept.status == .complete)
        #expect(kept.drafts.map(\.text) == ["Light", "Glow, changed by hand"])
        #expect(kept.drafts.map(\.finishReason) == [.stop, .stop])
    }

    @Test func `all the time: ids stay 0 until a later try has stored it`() async throws {
        try place.takeAway()
        var recording = WatchedRecording(.example(variants: 2), store: place.store)
        recording.generator.write("Light", "Glow")
        #expect(await recording.rest().prefix(2) == ["began unsaved", "not saved: \(place.failure)"])
        var record = await recording.task.value
        #expect(record.generation.id == 0 && record.generation.drafts.map(\.id) == [0, 0])
        try place.bringBack()
        #expect(try place.store.statistics().generations == 0)
        #expect(record.save() == nil)
        let kept = try place.newest()
        #expect(record.generation.id == kept.id)
        #expect(record.generation.drafts.map(\.id) == kept.drafts.map(\.id))
        #expect(kept.status == .complete && kept.drafts.map(\.text) == ["Light", "Glow"])

        // What is stored once is not written again.
        try place.store.revise(draftId: kept.drafts[0].id, text: "Edited", origin: .edit)
        #expect(record.save() == nil)
        #expect(try place.texts() == ["Edited", "Glow"])
    }

    @Test func `and a model that fails too: both are told, and both are kept`() async throws {
        var recording = WatchedRecording(store: place.store)
        _ = await recording.next(\.began)
        try place.takeAway()
        recording.generator.send(.text("Half", variant: 0))
        recording.generator.finish(throwing: BrokenModel())
        #expect(
            await recording.rest() == [
                "0: Half", "not saved: \(place.failure)", "failed: The model broke. Choose another one.",
            ])
        var record = await recording.task.value
        try place.bringBack()
        #expect(record.save() == nil)
        let kept = try place.newest()
        #expect(kept.status == .failed && kept.failure == "The model broke. Choose another one.")
        #expect(kept.drafts.map(\.text) == ["Half"])
    }
}
