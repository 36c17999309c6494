// The next turn of a conversation reads only what is new, in the same process and in a later one, and writes the same.

import Foundation
import Generation
import Testing

@testable import Inference

@Suite struct `The next turn of a conversation` {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "turns-\(UUID().uuidString)")

    private func generator(_ cache: PrefixCache? = nil) throws -> LocalGenerator {
        try LocalGenerator(file: BuiltInModel.file.get(), name: "built-in", threadCount: 1, prefixCache: cache)
    }

    private func cache() -> PrefixCache {
        var limits = PrefixCache.Limits()
        limits.seconds = 0
        limits.tokens = 16
        return PrefixCache(folder: folder.path(), limits: limits)
    }

    private func files() -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? [])
    }

    private func request(
        _ texts: [String], variantCount: Int = 1, conversation: String? = "c-1", maxTokens: Int = 24
    ) -> GenerationRequest {
        let messages = texts.enumerated().map { Message($0.offset % 2 == 0 ? .user : .assistant, $0.element) }
        var request = GenerationRequest(prompt: .chat(messages), variantCount: variantCount, seed: 11)
        request.sampling.maxTokens = maxTokens
        request.sampling.tidy = false
        request.conversation = conversation
        return request
    }

    private let first = "Write three short sentences about a bakery at the corner of an old street, and its bell."
    private let second = "Now write one sentence about the rain."

    @Test(arguments: [0, 1, 2])
    func `reads only the new text, whichever draft it follows, and writes the same`(choice: Int) async throws {
        let generator = try generator()
        let one = try await generator.write(request([first], variantCount: 3))
        let next = request([first, one.texts[choice], second])
        let warm = try await generator.write(next)
        let cold = try await self.generator().write(next)
        #expect(warm.texts == cold.texts && cold.timings.cachedPromptTokens == 0)
        // Everything up to the answer, and of the answer all but what its end makes of its last words.
        let answered = try #require(await generator.measure(request([first])))
        #expect(warm.timings.cachedPromptTokens > answered.tokenCount)
        let read = warm.timings.promptTokens - warm.timings.cachedPromptTokens
        let asked = try #require(await generator.measure(request([second])))
        #expect(read <= asked.tokenCount + 6)
    }

    @Test func `finds its beginning again after turns of other conversations`() async throws {
        let generator = try generator()
        let answer = try await generator.write(request([first])).texts[0]
        for other in 2...4 {
            _ = try await generator.write(request(["Number \(other). " + second], conversation: "c-\(other)"))
        }
        let next = request([first, answer, second])
        let warm = try await generator.write(next)
        let answered = try #require(await generator.measure(request([first])))
        #expect(warm.timings.cachedPromptTokens > answered.tokenCount)
        #expect(warm.texts == (try await self.generator().write(next)).texts)
    }

    @Test func `finds its beginning on the disk in a later run, in one file for the conversation`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var texts = [first]
        for turn in 1...3 {
            let disk = cache()
            let next = request(texts)
            let warm = try await generator(disk).write(next)
            disk.finishWriting()
            #expect(files().count == 1)
            #expect(warm.texts == (try await generator().write(next)).texts)
            if turn > 1 {
                let before = try #require(await generator().measure(request(Array(texts.dropLast(2)))))
                #expect(warm.timings.cachedPromptTokens > before.tokenCount)
            }
            texts += [warm.texts[0], second]
        }
    }

    @Test func `leaves the file of a branch and of another conversation alone`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let disk = cache()
        let generator = try generator(disk)
        _ = try await generator.write(request([first]))
        disk.finishWriting()
        let before = files()
        // Another beginning of the same conversation, and another conversation with the same beginning.
        _ = try await generator.write(request(["Another: " + first]))
        _ = try await generator.write(request([first + " And more.", "Yes.", second], conversation: "c-2"))
        disk.finishWriting()
        #expect(files().count == 3 && files().isSuperset(of: before))
        // Another answer in the same place takes the place of the first.
        var again = request([first])
        again.seed = 12
        again.sampling.temperature = 1.5
        _ = try await generator.write(again)
        disk.finishWriting()
        #expect(files().count == 3)
    }

    @Test func `sees what another process has written meanwhile`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let early = cache()
        let listening = try generator(early)
        _ = try await listening.write(request(["Something else that is long enough to be kept on the disk, I think."]))
        early.finishWriting()
        let other = cache()
        let answer = try await generator(other).write(request([first], conversation: "c-9")).texts[0]
        other.finishWriting()
        let warm = try await listening.write(request([first, answer, second], conversation: "c-9"))
        let answered = try #require(await listening.measure(request([first])))
        #expect(warm.timings.cachedPromptTokens > answered.tokenCount)
    }

    @Test func `does not send the thoughts of earlier answers again, and writes the same without them`() async throws {
        let template =
            "{% for m in messages %}[{{ m.role }}]{{ m.content.split('</think>')[-1] }}{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]{% endif %}"
        let model = MarkovModel(
            controls: ["<|im_end|>"], defined: ["<think>", "</think>"],
            next: [
                "]": ["<think>"], "<think>": ["h"], "h": ["m"], "m": ["</think>"], "</think>": ["O"], "O": ["k"],
            ], template: template)
        func ask(_ generator: LocalGenerator, _ texts: [String]) async throws -> WrittenDrafts {
            var request = request(texts, maxTokens: 8)
            request.sampling.reasoning = .low
            return try await generator.write(request)
        }
        let generator = try model.generator()
        let one = try await ask(generator, ["a"])
        #expect(one.texts == ["Ok"] && one.reasoning == ["hm"])
        let two = try await ask(generator, ["a", one.texts[0], "b"])
        #expect(!two.promptText.contains("hm") && two.promptText.contains("[assistant]Ok[user]b"))
        #expect(two.timings.cachedPromptTokens > 0)
        let cold = try await ask(try model.generator(), ["a", one.texts[0], "b"])
        #expect(two.texts == cold.texts && two.reasoning == cold.reasoning)
    }
}

@Suite struct `The memory of sequences` {
    private func sequence(_ tokens: [TokenID], _ transformer: Transformer) throws -> KVCache {
        let cache = transformer.makeCache()
        _ = try transformer.forward(tokens.map { BatchRow(token: $0) }, caches: [cache])
        return cache
    }

    @Test func `takes the longest match, and drops the oldest requests`() throws {
        let transformer = try TinyModel.named("llama-odd").transformer()
        var memory = SequenceMemory()
        try memory.keep([sequence([1, 2, 3], transformer), sequence([1, 2, 4, 5], transformer)], of: nil)
        #expect(memory.longest(of: [1, 2, 4, 5, 6], most: 4)?.tokens == [1, 2, 4, 5])
        #expect(memory.longest(of: [1, 2, 4, 5], most: 3)?.tokens == [1, 2, 4])
        #expect(memory.longest(of: [7, 1, 2], most: 3) == nil)
        // What goes on takes the place of what it goes on from.
        try memory.keep([sequence([1, 2, 3, 8], transformer)], of: nil)
        #expect(memory.count == 2)
        for first: TokenID in 10..<14 { try memory.keep([sequence([first, 1], transformer)], of: nil) }
        #expect(memory.count == 4 && memory.longest(of: [1, 2, 3], most: 3) == nil)
    }

    @Test func `keeps the newest sequence whatever its size, and the others below the limit`() throws {
        let transformer = try TinyModel.named("llama-odd").transformer()
        var limits = SequenceMemory.Limits()
        limits.bytes = 1
        var memory = SequenceMemory(limits: limits)
        try memory.keep([sequence([1, 2], transformer)], of: nil)
        try memory.keep([sequence([3, 4], transformer), sequence([5, 6], transformer)], of: nil)
        #expect(memory.count == 1 && memory.longest(of: [3, 4], most: 2)?.count == 2)
    }

    @Test func `of one conversation pushes no other one out`() throws {
        let transformer = try TinyModel.named("llama-odd").transformer()
        var memory = SequenceMemory()
        try memory.keep([sequence([1, 2], transformer)], of: "a")
        for first: TokenID in 10..<16 { try memory.keep([sequence([first, 1], transformer)], of: "b") }
        #expect(memory.count == 3 && memory.longest(of: [1, 2], most: 2)?.count == 2)
    }
}
