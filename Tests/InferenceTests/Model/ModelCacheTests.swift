// Forks and truncated caches give the logits of a cold run.

import Inference
import Testing

@Suite struct ModelCacheTests {
    @Test(arguments: TinyModel.all)
    func `a fork continues as a cold run would, and so does its parent`(model: TinyModel) throws {
        let transformer = try model.transformer()
        let parent = transformer.makeCache()
        _ = try transformer.logits(Array(model.ids.prefix(11)), into: parent)
        let fork = parent.fork()
        #expect(fork.count == 11)
        let other = model.ids.reversed() + []
        let cold = try transformer.logits(Array(model.ids.prefix(11)) + other)
        #expect(try transformer.logits(other, into: fork) == Array(cold.dropFirst(11)))
        #expect(fork.count == 11 + other.count)
        #expect(parent.count == 11)
        let whole = try transformer.logits(model.ids)
        #expect(try transformer.logits(Array(model.ids.dropFirst(11)), into: parent) == Array(whole.dropFirst(11)))
    }

    @Test(
        arguments: ["llama-odd", "granite", "lfm2", "lfm2-long-kernel", "lfm2-convolutions", "lfm2-q8"],
        [0, 1, 4, 5, 8, 15, 16, 17, 23])
    func `a truncated cache continues as a cold run would`(name: String, length: Int) throws {
        let model = try TinyModel.named(name)
        let transformer = try model.transformer()
        let whole = try transformer.logits(model.ids)
        // Segments of 5, 3 and 8 positions, then a tail: every kind of cut.
        var cache = transformer.makeCache()
        var rest = model.ids[...]
        for count in [5, 3, 8] {
            _ = try transformer.logits(Array(rest.prefix(count)), into: cache)
            rest = rest.dropFirst(count)
            cache = cache.fork()
        }
        _ = try transformer.logits(rest.map { ($0 + 1) % 61 }, into: cache)
        let keeper = cache.fork()
        cache.truncate(to: min(length, 16))
        #expect(cache.count == min(length, 16))
        let again = try transformer.logits(Array(model.ids.dropFirst(min(length, 16))), into: cache)
        #expect(again == Array(whole.dropFirst(min(length, 16))))
        #expect(keeper.count == model.ids.count)

        // And within a tail of its own.
        let tail = transformer.makeCache()
        _ = try transformer.logits(Array(model.ids.prefix(length)) + [1, 2, 3], into: tail)
        tail.truncate(to: length)
        #expect(
            try transformer.logits(Array(model.ids.dropFirst(length)), into: tail) == Array(whole.dropFirst(length)))
    }

    @Test func `truncating at or beyond the end changes nothing`() throws {
        let transformer = try TinyModel.named("llama-odd").transformer()
        let cache = transformer.makeCache()
        _ = try transformer.logits([1, 2, 3], into: cache)
        cache.truncate(to: 3)
        cache.truncate(to: 99)
        #expect(cache.count == 3)
        cache.truncate(to: -1)
        #expect(cache.count == 0)
    }

    @Test func `a full context and an unknown token are errors, and the cache does not change`() throws {
        let transformer = try TinyModel.named("gpt2-odd").transformer()
        let cache = transformer.makeCache()
        _ = try transformer.logits(Array(repeating: 1, count: 96), into: cache)
        #expect(throws: ModelError.contextFull(contextLength: 96, needed: 97)) {
            try transformer.logits([1], into: cache)
        }
        #expect(cache.count == 96)
        cache.truncate(to: 10)
        for token: Int32 in [61, -1, .max] {
            #expect(throws: ModelError.tokenOutOfRange(token: token, vocabularySize: 61)) {
                try transformer.logits([1, token], into: cache)
            }
        }
        #expect(cache.count == 10)
        #expect(try transformer.forward([], caches: [cache]).rowCount == 0)
    }
}

@Suite struct ModelErrorTests {
    @Test func `errors say what, why and what to do`() {
        #expect(
            ModelError.contextFull(contextLength: 512, needed: 600).description
                == "The model reads at most 512 tokens, and 600 are needed. Shorten the prompt or ask for less text.")
        #expect(
            ModelError.tokenOutOfRange(token: 70, vocabularySize: 61).description
                == "The token 70 is not in the model's vocabulary: ids go from 0 to 60. "
                + "Its weights and its tokenizer do not belong together: download or convert the model again.")
        #expect(
            ModelError.unsupported(path: "a.gguf", what: "'qwen2' with experts").description
                == "a.gguf: 'qwen2' with experts is not supported. "
                + "Use another model, or another conversion of this one.")
    }
}

/// A model with other rotation factors beyond 32 tokens.
@Suite struct LongContextTests {
    @Test func `a text that crosses the length, and one rolled back over it, have the logits of cold runs`() throws {
        let model = try TinyModel.named("phi3-long")
        let transformer = try model.transformer()
        let text = Array(model.ids.prefix(4)) + model.greedy
        let long = try transformer.logits(text)
        let short = try transformer.logits(Array(text.prefix(32)))
        #expect(long.prefix(32) != short.prefix(32))

        let cache = transformer.makeCache()
        _ = try transformer.logits(Array(text.prefix(30)), into: cache)
        let shortFork = cache.fork()
        // In one batch, one sequence crosses the line and the other does not.
        var rows = text[30..<40].map { BatchRow(token: $0, cache: 0, wantsLogits: true) }
        rows.insert(BatchRow(token: text[30], cache: 1, wantsLogits: true), at: 3)
        let batch = try transformer.forward(rows, caches: [cache, shortFork])
        #expect(batch.row(3) == short[30])
        #expect(batch.row(10) == long[39])
        #expect(cache.tokens == Array(text.prefix(40)))

        cache.truncate(to: 20)
        #expect(try transformer.logits([text[20]], into: cache) == [short[20]])
    }
}
