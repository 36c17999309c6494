// Prompts kept on disk: later runs write the same, sooner; nothing that stands in the folder does harm.

import Foundation
import Generation
import Testing

@testable import Inference

struct PrefixCacheTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "prefix-cache-\(UUID().uuidString)")
    private let prompt =
        "Write three short paragraphs about a small bakery at the corner of an old street: who works there, what it "
        + "smells like in the morning, and why people come back. Use plain words. Mention bread, butter and the bell "
        + "over the door. End with a question to the reader that invites an answer, and keep the tone warm and calm."

    private func cache(_ change: (inout PrefixCache.Limits) -> Void = { _ in }) -> PrefixCache {
        var limits = PrefixCache.Limits()
        limits.seconds = 0
        limits.tokens = 16
        change(&limits)
        return PrefixCache(folder: folder.path(), limits: limits)
    }

    private func generator(_ cache: PrefixCache?) throws -> LocalGenerator {
        try LocalGenerator(file: BuiltInModel.file.get(), name: "built-in", threadCount: 1, prefixCache: cache)
    }

    private func files() -> [URL] {
        (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    }

    private func write(_ text: String, _ cache: PrefixCache?) async throws -> WrittenDrafts {
        let drafts = try await generator(cache).write(BuiltInModel.request(text, variantCount: 2))
        cache?.finishWriting()
        return drafts
    }

    @Test func `a prompt read in an earlier run is not read again, and the text is the same`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let cold = try await write(prompt, nil)
        _ = try await write(prompt, cache())
        let warm = try await write(prompt, cache())
        #expect(warm.texts == cold.texts)
        #expect(cold.timings.cachedPromptTokens == 0)
        #expect(warm.timings.cachedPromptTokens == warm.timings.promptTokens - 1)
    }

    @Test func `another prompt with the same beginning starts from there`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let other = prompt + " Do not mention coffee."
        let cold = try await write(other, nil)
        _ = try await write(prompt, cache())
        let warm = try await write(other, cache())
        #expect(warm.texts == cold.texts)
        #expect(warm.timings.cachedPromptTokens > 40)
        #expect(warm.timings.cachedPromptTokens < warm.timings.promptTokens - 1)
        // Kept in pieces, as it came together: read, cut back and read on.
        let again = try await write(other, cache())
        #expect(again.texts == cold.texts)
        #expect(again.timings.cachedPromptTokens == again.timings.promptTokens - 1)
    }

    @Test func `logits after a prompt from disk have the same bits`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let transformer = try generator(nil).transformer
        let tokens = (0..<50).map { TokenID($0 * 37 % 1000 + 20) }
        let cold = transformer.makeCache()
        _ = try transformer.forward(tokens.map { BatchRow(token: $0) }, caches: [cold])
        let disk = cache()
        disk.keep(cold, seconds: 1, model: "0123456789abcdef")
        disk.finishWriting()
        let warm = try #require(
            cache().longest(of: tokens, most: 50, atHand: 0, model: "0123456789abcdef", transformer: transformer))
        #expect(warm.count == 50)
        let next = [BatchRow(token: 7, wantsLogits: true)]
        let expected = try transformer.forward(next, caches: [cold]).row(0).map(\.bitPattern)
        #expect(try transformer.forward(next, caches: [warm]).row(0).map(\.bitPattern) == expected)
        #expect(
            cache().longest(of: tokens, most: 50, atHand: 0, model: "0000000000000000", transformer: transformer) == nil
        )
    }

    @Test(arguments: ["lfm2", "lfm2-long-kernel", "lfm2-convolutions", "granite-q8"])
    func `a sequence from disk, cut anywhere, goes on as a cold run`(name: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = try TinyModel.named(name)
        let transformer = try model.transformer()
        let text = model.ids + model.greedy
        let whole = try transformer.logits(text)
        // Two segments, so that a convolution looks from one into the other.
        let first = transformer.makeCache()
        _ = try transformer.logits(Array(text.prefix(19)), into: first)
        let second = first.fork()
        _ = try transformer.logits(Array(text[19..<60]), into: second)
        let disk = cache()
        disk.keep(second, seconds: 1, model: "0123456789abcdef")
        disk.finishWriting()
        for count in [16, 18, 19, 20, 21, 33, 59, 60] {
            let warm = try #require(
                cache().longest(
                    of: text, most: count, atHand: 0, model: "0123456789abcdef", transformer: transformer))
            #expect(warm.count == count)
            #expect(try transformer.logits(Array(text[count...]), into: warm) == Array(whole[count...]), "\(count)")
        }
        // A model with other convolutions does not take it.
        let other = try TinyModel.named(name == "lfm2" ? "lfm2-convolutions" : "lfm2").transformer()
        #expect(
            cache().longest(of: text, most: 60, atHand: 0, model: "0123456789abcdef", transformer: other) == nil)
    }

    @Test func `a damaged file is ignored`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let cold = try await write(prompt, cache())
        let file = try #require(files().first)
        let whole = try Data(contentsOf: file)
        for damage in [0, 20, 44, 60, whole.count / 2, whole.count - 1] {
            var broken = whole
            broken[damage] ^= 0x41
            try broken.write(to: file)
            #expect(try await write(prompt, cache()).texts == cold.texts)
        }
        for length in [0, 7, 16, 40, 60, whole.count / 3, whole.count - 1] {
            try whole.prefix(length).write(to: file)
            let drafts = try await write(prompt, cache())
            #expect(drafts.texts == cold.texts)
            #expect(drafts.timings.cachedPromptTokens == 0)
        }
        // Read anew each time, so written anew too.
        #expect(try Data(contentsOf: file) == whole)
    }

    @Test func `a file in use may be deleted, and the text goes on from it all the same`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let longer = prompt + " Do not mention coffee."
        let cold = try await write(longer, nil)
        _ = try await write(prompt, cache())
        let reading = try generator(cache())
        let first = try await reading.write(BuiltInModel.request(prompt, variantCount: 2))
        #expect(first.timings.cachedPromptTokens == first.timings.promptTokens - 1)
        try FileManager.default.removeItem(at: folder)
        let warm = try await reading.write(BuiltInModel.request(longer, variantCount: 2))
        #expect(warm.texts == cold.texts)
        #expect(warm.timings.cachedPromptTokens > 40)
    }

    @Test func `only the owner may read the files, and the oldest are deleted if there are too many`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await write(prompt, cache())
        let first = try #require(files().first)
        let facts = try FileManager.default.attributesOfItem(atPath: first.path())
        #expect(facts[.posixPermissions] as? Int == 0o600)
        let bytes = try #require(facts[.size] as? Int)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: first.path())
        _ = try await write("Now: " + prompt, cache { $0.totalBytes = bytes * 3 / 2 })
        #expect(files().count == 1)
        #expect(files().first?.lastPathComponent != first.lastPathComponent)
    }

    @Test func `quick and short prompts are not kept`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await write(prompt, cache { $0.seconds = 1000 })
        _ = try await write(prompt, cache { $0.tokens = 5000 })
        _ = try await write(prompt, cache { $0.fileBytes = 1000 })
        #expect(files().isEmpty)
    }
}
