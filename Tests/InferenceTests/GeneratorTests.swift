import Foundation
import Generation
import Tensors
import Testing
import Text

@testable import Inference

/// The reports of a generation, put together.
struct WrittenDrafts: Sendable {
    var texts: [String] = []
    var reasons: [FinishReason?] = []
    var tokenCounts: [Int] = []
    var alternatives: [[(likeliest: [TokenAlternative], chosen: TokenAlternative)]] = []
    var reasoning: [String] = []
    var details: [DraftDetails] = []
    /// How often the model was run.
    var stepCount = 0
    var promptText = ""
    var progress: [Int] = []
    var timings = GenerationTimings()
    var isFinished = false
    /// The numbers of the variants that had details.
    var detailed: Set<Int> = []
    var chosen: [Int] = []
    var restartCount = 0
}

/// The model that the program carries, opened once for all tests.
enum BuiltInModel {
    static let file = Result {
        try GGUFFile.open(path: Fixtures.builtInModel)
    }

    static func generator(threadCount: Int = 2) throws -> LocalGenerator {
        try LocalGenerator(file: file.get(), name: "built-in", threadCount: threadCount)
    }

    static func request(
        _ text: String = "Write an article headline about the benefits of exercise.", variantCount: Int = 1,
        seed: UInt64 = 7, _ change: (inout GenerationRequest) -> Void = { _ in }
    ) -> GenerationRequest {
        var request = GenerationRequest(prompt: .chat([Message(.user, text)]), variantCount: variantCount, seed: seed)
        request.sampling.maxTokens = 40
        change(&request)
        return request
    }
}

/// The built-in model with a norm that makes every logit NaN.
private struct SpoiltModel: ModelOverlay {
    let base: any ModelSource

    func vector(_ name: String) throws -> WeightVector {
        let vector = try base.vector(name)
        return name == "output_norm.weight" ? WeightVector(values: vector.values.map { _ in .nan }) : vector
    }
}

@Suite struct `A model whose logits are all NaN` {
    @Test func `writes nothing and says so`() async throws {
        let model = SpoiltModel(base: try BuiltInModel.file.get())
        let generator = try LocalGenerator(file: model, name: "spoilt", threadCount: 1)
        await #expect(throws: ModelError.notFinite) { try await generator.write(BuiltInModel.request()) }
        #expect(
            "\(ModelError.notFinite)"
                == "The model computes no finite numbers, only NaN or infinity, so it cannot write. "
                + "Its file is damaged or was converted wrongly: download or convert it again.")
    }
}

extension LocalGenerator {
    /// Writes the drafts of a request and checks the order of events.
    func write(_ request: GenerationRequest, stopSignal: StopSignal = StopSignal()) async throws -> WrittenDrafts {
        let count = max(request.variantCount, request.sampling.bestOf, 1)
        var drafts = WrittenDrafts()
        drafts.texts = Array(repeating: "", count: count)
        drafts.reasons = Array(repeating: nil, count: count)
        drafts.tokenCounts = Array(repeating: 0, count: count)
        drafts.alternatives = Array(repeating: [], count: count)
        drafts.reasoning = Array(repeating: "", count: count)
        drafts.details = Array(repeating: DraftDetails(), count: count)
        for try await event in generate(request, stopSignal: stopSignal) {
            #expect(!drafts.isFinished)
            switch event {
            case .started(let prompt, _): drafts.promptText = prompt
            case .promptProgress(let processed, _): drafts.progress.append(processed)
            case .notice, .standingNotice, .waiting: break
            case .text(let piece, let variant):
                #expect(drafts.reasons[variant] == nil)
                drafts.texts[variant] += piece
            case .progress(let timings):
                drafts.timings = timings
                drafts.stepCount += 1
            case .alternatives(let variant, let position, let likeliest, let chosen):
                #expect(drafts.reasons[variant] == nil && drafts.alternatives[variant].count == position)
                drafts.alternatives[variant].append((likeliest, chosen))
            case .reasoning(let piece, let variant):
                #expect(drafts.reasons[variant] == nil && drafts.texts[variant].isEmpty)
                drafts.reasoning[variant] += piece
            case .restarted(let variant):
                #expect(drafts.reasons[variant] == nil)
                drafts.texts[variant] = ""
                drafts.reasoning[variant] = ""
                drafts.restartCount += 1
            case .details(let details, let variant):
                #expect(drafts.reasons[variant] == nil)
                drafts.details[variant] = details
                drafts.detailed.insert(variant)
            case .chosen(let chosen):
                #expect(!drafts.reasons.contains(nil))
                drafts.chosen = chosen
            case .draftFinished(let variant, let reason, let tokenCount):
                #expect(drafts.reasons[variant] == nil)
                drafts.reasons[variant] = reason
                drafts.tokenCounts[variant] = tokenCount
            case .finished(let timings):
                drafts.timings = timings
                drafts.isFinished = true
            }
        }
        return drafts
    }
}

@Suite struct `A generation with the built-in model` {
    @Test func `gives each variant the same text for any number of variants`() async throws {
        let generator = try BuiltInModel.generator()
        let five = try await generator.write(BuiltInModel.request(variantCount: 5))
        #expect(five.isFinished && !five.reasons.contains(nil))
        #expect(Set(five.texts).count > 1)
        for count in [1, 2, 4] {
            let some = try await generator.write(BuiltInModel.request(variantCount: count))
            #expect(some.texts == Array(five.texts.prefix(count)))
            #expect(some.tokenCounts == Array(five.tokenCounts.prefix(count)))
        }
    }

    @Test func `gives the same text with one thread and with two`() async throws {
        let one = try await BuiltInModel.generator(threadCount: 1).write(BuiltInModel.request(variantCount: 3))
        let two = try await BuiltInModel.generator(threadCount: 2).write(BuiltInModel.request(variantCount: 3))
        #expect(one.texts == two.texts)
    }

    @Test func `gives the same text if the prompt's beginning is cached`() async throws {
        let generator = try BuiltInModel.generator()
        let first = try await generator.write(BuiltInModel.request())
        #expect(first.timings.cachedPromptTokens == 0)
        let again = try await generator.write(BuiltInModel.request())
        #expect(again.texts == first.texts)
        #expect(again.timings.cachedPromptTokens == again.timings.promptTokens - 1)
        // Another prompt with the same beginning, and back.
        let other = try await generator.write(BuiltInModel.request("Write an article headline about the sea."))
        #expect(other.timings.cachedPromptTokens > 0)
        #expect(
            other.texts
                == (try await BuiltInModel.generator().write(
                    BuiltInModel.request("Write an article headline about the sea."))).texts)
        #expect(try await generator.write(BuiltInModel.request()).texts == first.texts)
    }

    @Test func `differs by seed`() async throws {
        let generator = try BuiltInModel.generator()
        let texts = try await (0..<4).asyncMap {
            try await generator.write(BuiltInModel.request(seed: UInt64($0)) { $0.sampling.temperature = 1 }).texts[0]
        }
        #expect(Set(texts).count > 1)
    }

    @Test func `takes the most likely token at each step if greedy`() async throws {
        let generator = try BuiltInModel.generator()
        let request = BuiltInModel.request {
            $0.sampling.temperature = 0; $0.sampling.maxTokens = 8
        }
        let draft = try await generator.write(request)
        var tokens = try generator.prompts.prompt(for: request).tokens
        var expected: [TokenID] = []
        while expected.count < 8 {
            let logits = try generator.logits(ids: tokens)
            guard let peak = logits.max(), let index = logits.firstIndex(of: peak) else { break }
            if generator.tokenizer.endTokens.contains(TokenID(index)) { break }
            expected.append(TokenID(index))
            tokens.append(TokenID(index))
        }
        #expect(
            draft.texts[0] == TextLength.trimmed(String(decoding: generator.tokenizer.decode(expected), as: UTF8.self)))
    }

    @Test(arguments: [1, 8, 20, 30])
    func `keeps a limit on characters in every draft`(limit: Int) async throws {
        let generator = try BuiltInModel.generator()
        for seed in 0..<5 {
            let drafts = try await generator.write(
                BuiltInModel.request("Write a search ad headline for a desk lamp.", variantCount: 4, seed: UInt64(seed))
                {
                    $0.limits = LengthLimits(characters: limit, lines: 1)
                    $0.sampling.temperature = 1
                })
            for text in drafts.texts {
                #expect(text.count <= limit)
                #expect(text == String(TextLength.trimmed(text)) && !text.contains("\n"))
            }
        }
    }

    @Test func `reports each token of the text with its probability and the most likely others`() async throws {
        let generator = try BuiltInModel.generator()
        let request = BuiltInModel.request(variantCount: 2) {
            $0.sampling.alternatives = 3
            $0.sampling.temperature = 1
            $0.sampling.repetitionPenalty = 1.2
        }
        let drafts = try await generator.write(request)
        let prompt = try generator.prompts.prompt(for: request).tokens
        for (text, positions) in zip(drafts.texts, drafts.alternatives) {
            #expect(text == TextLength.trimmed(positions.map(\.chosen.text).joined()))
            var tokens = prompt
            for (likeliest, chosen) in positions {
                // The model's own probability, before penalties and temperature.
                let logits = try generator.logits(ids: tokens)
                let normalizer = VectorMath.logSumExp(logits)
                #expect(abs(chosen.logProbability - (logits[Int(chosen.id)] - normalizer)) < 1e-4)
                #expect(likeliest.count == 3 && likeliest.first?.logProbability == (logits.max() ?? 0) - normalizer)
                #expect(likeliest.map(\.logProbability) == likeliest.map(\.logProbability).sorted(by: >))
                tokens.append(chosen.id)
            }
        }
        var plain = request
        plain.sampling.alternatives = 0
        let without = try await generator.write(plain)
        #expect(without.texts == drafts.texts && without.alternatives.allSatisfy(\.isEmpty))
    }

    @Test func `names only tokens that are in the text if its end was cut off`() async throws {
        for limits in [LengthLimits(characters: 24), LengthLimits(words: 5, lines: 1)] {
            let drafts = try await BuiltInModel.generator().write(
                BuiltInModel.request(variantCount: 4) {
                    $0.limits = limits
                    $0.sampling.alternatives = 1
                    $0.sampling.temperature = 1
                })
            for (text, positions) in zip(drafts.texts, drafts.alternatives) {
                let joined = TextLength.trimmed(positions.map(\.chosen.text).joined())
                #expect(
                    joined.hasPrefix(text)
                        && positions.dropLast().reduce(0) { $0 + $1.chosen.text.count } <= text.count + 1)
            }
        }
    }

    @Test func `is not empty even if a limit is tiny`() async throws {
        let generator = try BuiltInModel.generator()
        for seed in 0..<12 {
            let drafts = try await generator.write(
                BuiltInModel.request("Write a search ad headline for a desk lamp.", variantCount: 4, seed: UInt64(seed))
                {
                    $0.limits = LengthLimits(characters: 1)
                    $0.sampling.temperature = 1
                })
            #expect(
                drafts.texts.allSatisfy { $0.count == 1 }, "\(drafts.texts) \(drafts.reasons) \(drafts.tokenCounts)")
        }
    }

    @Test func `stops at the next token, and keeps the text so far`() throws {
        let generator = try BuiltInModel.generator()
        let request = BuiltInModel.request("Write a short story about a lighthouse keeper.", variantCount: 2) {
            $0.sampling.minTokens = 40
            $0.speculates = false
        }
        let signal = StopSignal()
        var steps = 0
        var events: [GenerationEvent] = []
        // The signal is raised within a step, so the next look at it ends the drafts.
        try generator.write(request, isStopped: { signal.isRaised }) { event in
            events.append(event)
            if case .progress = event { steps += 1 }
            if steps == 5 { signal.raise() }
        }
        #expect(steps == 5)
        let ends = events.filter { if case .draftFinished = $0 { true } else { false } }
        #expect(ends == (0..<2).map { .draftFinished(variant: $0, reason: .stopped, tokenCount: 5) })
        #expect(events.contains { if case .text = $0 { true } else { false } })
    }

    @Test func `stops between speculated tokens`() throws {
        let generator = try BuiltInModel.generator()
        let request = BuiltInModel.request(variantCount: 2) {
            $0.prompt = .raw(String(repeating: "the sea and the sky and ", count: 12))
            $0.sampling.temperature = 0
            $0.sampling.minTokens = 40
        }
        for count in 1...40 {
            var pieces = 0
            var ends: [FinishReason] = []
            try generator.write(request, isStopped: { pieces >= count }) { event in
                if case .text = event { pieces += 1 }
                if case .draftFinished(_, let reason, _) = event { ends.append(reason) }
            }
            // Every token of this text is a piece of its own, and both variants draw in one step.
            #expect((count...(count + 1)).contains(pieces))
            #expect(ends == [.stopped, .stopped])
        }
    }

    @Test func `stops before the first token if the stop came earlier`() async throws {
        let signal = StopSignal()
        signal.raise()
        let drafts = try await BuiltInModel.generator().write(BuiltInModel.request(variantCount: 2), stopSignal: signal)
        #expect(drafts.reasons == [.stopped, .stopped] && drafts.texts == ["", ""] && drafts.isFinished)
    }

    @Test func `reports how far the prompt is read`() async throws {
        let generator = try BuiltInModel.generator()
        let drafts = try await generator.write(
            BuiltInModel.request(String(repeating: "the sea ", count: 150)) { $0.sampling.maxTokens = 2 })
        #expect(drafts.progress == drafts.progress.sorted())
        #expect(drafts.progress.last == drafts.timings.promptTokens)
        #expect(drafts.progress.count >= 2)
    }

    @Test func `ends if the context is full`() async throws {
        let generator = try BuiltInModel.generator()
        let draft = try await generator.write(
            BuiltInModel.request(String(repeating: "the sea ", count: 230)) {
                $0.sampling.maxTokens = 2000
                $0.sampling.minTokens = 2000
            })
        #expect(draft.reasons == [.length])
        #expect(draft.tokenCounts[0] + draft.timings.promptTokens == generator.contextLength + 1)
    }

    @Test func `refuses a prompt that is longer than the context, and says how long and how much fits`() async throws {
        let generator = try BuiltInModel.generator()
        let context = generator.contextLength
        let error = await #expect(throws: LocalGeneratorError.self) {
            try await generator.write(BuiltInModel.request(String(repeating: "the sea ", count: 4 * context)))
        }
        guard case .promptTooLong(let tokenCount, context) = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
        #expect(tokenCount > context)
    }

    @Test func `says in one sentence what to do about a long prompt`() {
        #expect(
            LocalGeneratorError.promptTooLong(tokenCount: 700, contextLength: 512).description
                == "The prompt has 700 tokens, and this model takes at most 511 (its context is 512, prompt and answer "
                + "together). Shorten it by 189 tokens or more, or use a model with a longer context.")
    }

    @Test func `lists the next candidates by falling probability`() throws {
        let generator = try BuiltInModel.generator()
        let candidates = try generator.nextCandidates(after: "Once upon a", top: 5)
        #expect(candidates.count == 5)
        #expect(candidates.map(\.logProbability) == candidates.map(\.logProbability).sorted(by: >))
        #expect(candidates.allSatisfy { $0.logProbability <= 0 })
    }

    @Test func `refuses token ids that are not in the vocabulary`() throws {
        let generator = try BuiltInModel.generator()
        #expect(
            throws: LocalGeneratorError.unknownToken(id: -1, vocabularySize: generator.configuration.vocabularySize)
        ) {
            try generator.logits(ids: [1, -1])
        }
        #expect(throws: LocalGeneratorError.emptyPrompt) { try generator.logits(ids: []) }
    }

    @Test func `has an identity that tells files apart and stays the same`() throws {
        let first = try BuiltInModel.generator()
        #expect(first.identity == (try BuiltInModel.generator()).identity)
        #expect(first.identity.hash.count == 16)
    }
}

extension Sequence where Self: Sendable, Element: Sendable {
    /// Maps one after another.
    func asyncMap<Mapped>(_ transform: (Element) async throws -> Mapped) async rethrows -> [Mapped] {
        var result: [Mapped] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
