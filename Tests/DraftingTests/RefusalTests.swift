import Generation
import Testing

@testable import Drafting

@Suite(.timeLimit(.minutes(15))) struct `A request that the generator cannot do` {
    @Test func `is refused before the first token, and the store says why`() async throws {
        let place = try TemporaryStore()
        var capabilities = GeneratorCapabilities.all(contextLength: nil)
        capabilities.keepsHardLimits = false
        capabilities.writesSeveralVariants = false
        let generator = ScriptedGenerator(capabilities)
        var order = DraftOrder.example(variants: 2)
        order.request.limits = LengthLimits(characters: 30)
        var recording = WatchedRecording(order, generator: generator, store: place.store)
        let sentence =
            "Nothing was written with scripted. This model writes one draft at a time, and 2 are asked for. Ask for one. "
            + "This model cannot keep hard limits while it writes. Make the limits soft. Or choose another model."
        #expect(await recording.rest() == ["began", "failed: \(sentence)"])
        #expect(generator.requests == [])
        let kept = try place.newest()
        #expect(kept.status == .failed)
        #expect(kept.failure == sentence)
        #expect(kept.drafts.map(\.finishReason) == [.failed, .failed])
    }

    @Test func `for its size leaves the beginning of its texts in the store, and not all of them`() async throws {
        let place = try TemporaryStore()
        var capabilities = GeneratorCapabilities.all(contextLength: 512)
        capabilities.longestPromptBytes = 60_000
        let generator = ScriptedGenerator(capabilities)
        let text = "The beginning. " + String(repeating: "lamp ", count: 200_000)
        let order = DraftOrder(prompt: text, system: nil, raw: false, seed: 7)
        let recording = WatchedRecording(order, generator: generator, store: place.store)
        let record = await recording.task.value
        #expect(record.generation.status == .failed && generator.requests == [])
        let kept = try place.newest()
        #expect(kept.failure?.contains("no prompt of more than 60000 fits") == true)
        let field = try #require(kept.fields["prompt"])
        #expect(field.hasPrefix("The beginning. lamp") && field.hasSuffix("…"))
        #expect(field.count == DraftOrder.headCharacters + 1)
        #expect(kept.prompt == field)
    }

    @Test func `is written if it asks for nothing that is missing`() async throws {
        let place = try TemporaryStore()
        var capabilities = GeneratorCapabilities.all(contextLength: nil)
        capabilities.keepsHardLimits = false
        let generator = ScriptedGenerator(capabilities)
        var order = DraftOrder.example()
        order.request.limits = LengthLimits(characters: 30, hard: false)
        let recording = WatchedRecording(order, generator: generator, store: place.store)
        generator.write("Light")
        #expect(await recording.task.value.generation.status == .complete)
        #expect(generator.requests == [order.request])
        #expect(try place.texts() == ["Light"])
    }
}
