// Drafts and kept prompts know a model with its adapters and their scales.

import Foundation
import Generation
import Inference
import Testing

@Suite struct AdapterIdentityTests {
    /// An adapter for the built-in model.
    private func adapter(_ model: any ModelSource, factor: Float) throws -> LoRAAdapter {
        var entries: [String: LoRAAdapter.Entry] = [:]
        for name in ["blk.0.attn_q.weight", "blk.1.ffn_down.weight"] {
            let shape = try #require(model.shape(of: name))
            entries[name] = LoRAAdapter.Entry(
                inputCount: shape[0], outputCount: shape[1], rank: 2,
                a: (0..<2 * shape[0]).map { factor * Float($0 % 7 - 3) / 30 },
                b: (0..<2 * shape[1]).map { Float($0 % 5 - 2) / 5 }, scale: 1)
        }
        return LoRAAdapter(architecture: "llama", entries: entries, path: "made")
    }

    @Test func `the hash of a model depends on its adapters, their scales and their order`() throws {
        let file = try GGUFFile.open(path: Fixtures.builtInModel)
        let first = try adapter(file, factor: 1), second = try adapter(file, factor: 2)
        func hash(_ adapters: [(LoRAAdapter, Float)]) throws -> String {
            let model = try AdaptedModel(file, adapters.map { AppliedAdapter($0, scale: $1) })
            return try LocalGenerator(file: model, name: "m", threadCount: 1).identity.hash
        }
        let alone = try LocalGenerator(file: file, name: "m", threadCount: 1).identity.hash
        let hashes = try [
            hash([(first, 1)]), hash([(first, 0.5)]), hash([(second, 1)]), hash([(first, 1), (second, 1)]),
            hash([(second, 1), (first, 1)]),
        ]
        #expect(Set(hashes + [alone]).count == 6 && hashes.allSatisfy { $0.utf8.count == 16 })
        #expect(try hash([]) == alone && hash([(first, 0)]) == alone)
        #expect(try hash([(first, 0), (second, 1)]) == hashes[2])
    }

    @Test func `a prompt that was kept for a model is not used with an adapter`() async throws {
        let folder = NSTemporaryDirectory() + "copydesk-prefixes-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try GGUFFile.open(path: Fixtures.builtInModel)
        let applied = [AppliedAdapter(try adapter(file, factor: 1))]
        var limits = PrefixCache.Limits()
        (limits.tokens, limits.seconds) = (4, 0)
        func write(_ model: any ModelSource, keeps: Bool) async throws -> (text: String, cached: Int) {
            let cache = keeps ? PrefixCache(folder: folder, limits: limits) : nil
            let generator = try LocalGenerator(file: model, name: "m", threadCount: 1, prefixCache: cache)
            let words = "The morning was bright, and the harbour full of boats that had come in during the night."
            var request = GenerationRequest(prompt: .raw(words), variantCount: 1, seed: 3)
            (request.sampling.temperature, request.sampling.maxTokens) = (0, 12)
            var text = "", cached = -1
            for try await event in generator.generate(request, stopSignal: StopSignal()) {
                switch event {
                case .text(let piece, _): text += piece
                case .finished(let timings): cached = timings.cachedPromptTokens
                default: break
                }
            }
            cache?.finishWriting()
            return (text, cached)
        }
        let expected = try await write(AdaptedModel(file, applied), keeps: false).text
        let alone = try await write(file, keeps: true)
        let first = try await write(AdaptedModel(file, applied), keeps: true)
        let again = try await write(AdaptedModel(file, applied), keeps: true)
        #expect(alone.cached == 0 && first.cached == 0 && again.cached > 0)
        #expect(first.text == expected && again.text == expected && alone.text != expected && !expected.isEmpty)
    }
}
