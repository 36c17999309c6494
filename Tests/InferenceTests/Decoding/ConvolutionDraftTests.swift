// Drafts of a model with short convolutions: what such a layer has seen belongs to the sequence, as keys and values do.

import Foundation
import Generation
import Tensors
import Testing

@testable import Inference

/// A tiny model of the fixtures with a vocabulary of single characters.
private struct LetterModel: ModelOverlay {
    let base: any ModelSource
    let metadata: [String: MetadataValue]

    init(_ name: String) throws {
        base = try GGUFFile.open(path: TinyModel.folder.appendingPathComponent("\(name).gguf").path)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzĠĊ.,!?").map { Array(String($0).utf8) }
        let names = ["<pad>", "<s>", "</s>"].map { Array($0.utf8) } + letters
        let types = [3, 3, 3] + letters.map { _ in 1 }
        let own: [String: MetadataValue] = [
            "model": .string(Array("gpt2".utf8)), "pre": .string(Array("lfm2".utf8)),
            "tokens": .array(MetadataArray(strings: ByteStrings(names))),
            "token_type": .array(MetadataArray(integers: types)),
            "merges": .array(MetadataArray(strings: ByteStrings([]))), "bos_token_id": .uint32(1),
            "eos_token_id": .uint32(2),
        ]
        metadata = base.metadata.merging(own.map { ("tokenizer.ggml." + $0.key, $0.value) }) { $1 }
    }
}

@Suite struct `Drafts of a model with short convolutions` {
    static let models = ["lfm2", "lfm2-long-kernel", "lfm2-convolutions", "lfm2-q8"]

    private let folder = FileManager.default.temporaryDirectory.appending(path: "convolutions-\(UUID().uuidString)")

    private func cache() -> PrefixCache {
        var limits = PrefixCache.Limits()
        limits.seconds = 0
        limits.tokens = 16
        return PrefixCache(folder: folder.path(), limits: limits)
    }

    private func generator(_ name: String, threads: Int = 1, _ cache: PrefixCache? = nil) throws -> LocalGenerator {
        try LocalGenerator(file: LetterModel(name), name: name, threadCount: threads, prefixCache: cache)
    }

    private func request(
        _ variantCount: Int, banned: [String] = [], prompt: String = "Write a line about bread, butter and a bell."
    ) -> GenerationRequest {
        var request = GenerationRequest(prompt: .raw(prompt), variantCount: variantCount, seed: 11)
        request.sampling.temperature = 1
        request.sampling.topP = 1
        request.sampling.maxTokens = 30
        request.sampling.bannedPhrases = banned
        return request
    }

    /// Pairs of letters that the model writes if it is free, so that it must take them back.
    private func pairs(_ generator: LocalGenerator) async throws -> [String] {
        let texts = try await generator.write(request(4)).texts
        let pairs = texts.compactMap { text in
            let letters = Array(text)
            return letters.indices.dropFirst(3).first {
                letters[$0].isLetter && letters[$0 - 1].isLetter
            }.map { String(letters[($0 - 1)...$0]) }
        }
        #expect(!pairs.isEmpty, "\(texts)")
        return pairs
    }

    @Test(arguments: models)
    func `are the same alone, among others, with any number of threads, and when phrases are taken back`(
        name: String
    ) async throws {
        let banned = try await pairs(generator(name))
        for phrases in [[], banned] {
            let four = try await generator(name).write(request(4, banned: phrases)).texts
            #expect(Set(four).count == 4)
            #expect(four.allSatisfy { text in !phrases.contains { text.contains($0) } })
            for count in [1, 2] {
                let some = try await generator(name, threads: 3).write(request(count, banned: phrases)).texts
                #expect(some == Array(four.prefix(count)))
            }
        }
    }

    @Test(arguments: models)
    func `are the same behind a prompt from memory or from disk, whole or cut`(name: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let other = "Write a line about bread, butter and a bicycle?"
        let cold = try await generator(name).write(request(3)).texts
        let coldOther = try await generator(name).write(request(3, prompt: other)).texts
        #expect(cold != coldOther)

        let disk = cache()
        let first = try generator(name, disk)
        #expect(try await first.write(request(3)).texts == cold)
        disk.finishWriting()
        for generator in [first, try generator(name, cache())] {
            let again = try await generator.write(request(3))
            #expect(again.texts == cold)
            #expect(again.timings.cachedPromptTokens == again.timings.promptTokens - 1)
        }
        // The one without memory comes first, because it keeps the other prompt on disk.
        for generator in [try generator(name, cache()), first] {
            let next = try await generator.write(request(3, prompt: other))
            #expect(next.texts == coldOther)
            #expect(next.timings.cachedPromptTokens >= 30)
            #expect(next.timings.cachedPromptTokens < next.timings.promptTokens - 1)
        }
    }
}
