import Generation
import Testing

@testable import Inference

@Suite struct `The thoughts of a model` {
    /// A template that ends with these words.
    private static func template(_ end: String) -> String {
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n\(end){% endif %}{# </think> #}"
    }

    /// Thinks "I plan first", and answers "Tea warms the hand.".
    private static let thinker = MarkovModel(
        controls: ["<|im_end|>", "<|im_start|>"], defined: ["<think>", "</think>"],
        words: [" I", " plan", " first", "Tea", " warms", " the", " hand", " a", " b"],
        next: [
            "<think>": [" I"], " I": [" plan"], " plan": [" first"], " first": ["</think>"], "</think>": ["\n"],
            "\n": ["Tea"], "Tea": [" warms"], " warms": [" the"], " the": [" hand"], " hand": ["."],
        ], template: template("<think>"))

    private func request(_ change: (inout GenerationRequest) -> Void = { _ in }) -> GenerationRequest {
        BuiltInModel.request("A line about tea", variantCount: 2) {
            $0.sampling.temperature = 0
            change(&$0)
        }
    }

    @Test func `that the template opens are kept apart from the draft`() async throws {
        let drafts = try await Self.thinker.generator().write(request())
        #expect(drafts.texts == ["Tea warms the hand.", "Tea warms the hand."])
        #expect(drafts.reasoning == ["I plan first", "I plan first"])
        #expect(drafts.details.map(\.reasoning) == drafts.reasoning)
        #expect(drafts.reasons == [.stop, .stop])
        #expect(drafts.tokenCounts == [5, 5])
    }

    @Test(arguments: [["<think>"], ["\n"]])
    func `that the model opens are kept apart too, behind white space as well`(first: [String]) async throws {
        var model = Self.thinker
        model.template = Self.template("!")
        model.next["!"] = first
        // After the template's line feed the model opens a thought; after a thought, its answer.
        if first == ["\n"] { model.next["\n"] = ["<think>"] }
        model.next["</think>"] = ["Tea"]
        let drafts = try await model.generator().write(request())
        #expect(drafts.texts == ["Tea warms the hand.", "Tea warms the hand."])
        #expect(drafts.reasoning == ["I plan first", "I plan first"])
    }

    @Test func `are not missed if the model begins with its answer`() async throws {
        var model = Self.thinker
        model.template = Self.template("!")
        model.next["!"] = ["\n"]
        let drafts = try await model.generator().write(request())
        #expect(drafts.texts == ["Tea warms the hand.", "Tea warms the hand."])
        #expect(drafts.reasoning == ["", ""] && drafts.details.allSatisfy { $0.reasoning == nil })
    }

    @Test func `are not judged by limits, stops, a grammar or banned phrases`() async throws {
        let generator = try Self.thinker.generator()
        let limited = try await generator.write(request { $0.limits = LengthLimits(characters: 19, lines: 1) })
        #expect(limited.texts[0] == "Tea warms the hand.")
        let drafts = try await generator.write(
            request {
                $0.sampling.stop = ["plan", " hand"]
                $0.sampling.bannedPhrases = ["first"]
                $0.sampling.minTokens = 3
                $0.sampling.maxTokens = 4
            })
        #expect(drafts.texts[0] == "Tea warms the" && drafts.reasoning[0] == "I plan first")
        let held = try await generator.write(
            request { $0.sampling.grammar = #"root ::= "Tea warms" " the hand"? "." "# })
        #expect(held.texts[0] == "Tea warms the hand." && held.reasoning[0] == "I plan first")
    }

    @Test func `are written by off neither where the template opens them nor where the model does`() async throws {
        let opened = try await Self.thinker.generator().write(request { $0.sampling.reasoning = .off })
        #expect(opened.promptText.hasSuffix("<|im_start|>assistant\n<think>\n</think>\n\n"))
        #expect(opened.texts[0] == "Tea warms the hand." && opened.reasoning[0] == "")
        var model = Self.thinker
        model.template = Self.template("")
        let own = try await model.generator().write(request { $0.sampling.reasoning = .off })
        #expect(own.promptText.hasSuffix("<|im_start|>assistant\n<think>\n\n</think>\n\n"))
        #expect(own.texts[0] == "Tea warms the hand." && own.reasoning[0] == "")
    }

    /// Thinks for ever.
    private static var endless: MarkovModel {
        var model = thinker
        model.next["<think>"] = [" a"]
        model.next[" a"] = [" b"]
        model.next[" b"] = [" a"]
        return model
    }

    @Test(arguments: [(ReasoningEffort.low, 256), (.medium, 1024), (.high, 4096)])
    func `end when their budget is used up, and the answer follows`(effort: ReasoningEffort, count: Int) async throws {
        var model = Self.endless
        model.contextLength = 4400
        let drafts = try await model.generator().write(
            request {
                $0.variantCount = 1
                $0.sampling.reasoning = effort
            })
        #expect(drafts.texts == ["Tea warms the hand."])
        #expect(drafts.reasoning[0].split(separator: " ").count == count)
        #expect(drafts.tokenCounts == [5])
    }

    @Test(arguments: [96, 128, 200])
    func `leave the answer its room in a small context`(contextLength: Int) async throws {
        var model = Self.endless
        model.contextLength = contextLength
        let drafts = try await model.generator().write(request { $0.sampling.maxTokens = 10 })
        #expect(drafts.texts == ["Tea warms the hand.", "Tea warms the hand."])
        #expect(!drafts.reasoning[0].isEmpty)
    }

    @Test func `that fill the context leave an empty draft that ends by its length`() async throws {
        var model = Self.endless
        model.contextLength =
            try model.generator().tokenize(
                model.generator().promptText(for: request()), parseSpecial: true
            ).count + 3
        let drafts = try await model.generator().write(request())
        #expect(drafts.texts == ["", ""] && drafts.reasons == [.length, .length])
    }

    @Test func `that the model leaves by an end are closed, and the answer follows`() async throws {
        var model = Self.thinker
        model.next[" first"] = ["<|im_end|>"]
        let drafts = try await model.generator().write(request())
        #expect(drafts.texts[0] == "Tea warms the hand." && drafts.reasoning[0] == "I plan first")
    }

    @Test func `are the same with any number of variants and threads, and replayed`() async throws {
        var model = Self.thinker
        model.next["<think>"] = [" I", " a", " b"]
        model.next[" a"] = [" a", " b", " I", "</think>"]
        model.next[" b"] = [" a", " b", "</think>"]
        model.next["Tea"] = [" a", " warms", " b"]
        func write(_ count: Int, threads: Int, speculates: Bool = true) async throws -> WrittenDrafts {
            try await model.generator(threadCount: threads).write(
                request {
                    $0.variantCount = count
                    $0.sampling.temperature = 1
                    $0.sampling.maxTokens = 12
                    $0.speculates = speculates
                })
        }
        let six = try await write(6, threads: 2)
        #expect(Set(six.reasoning).count > 1 && Set(six.texts).count > 1)
        for (count, threads, speculates) in [(1, 1, true), (3, 2, false), (6, 1, true), (6, 2, false)] {
            let some = try await write(count, threads: threads, speculates: speculates)
            #expect(some.texts == Array(six.texts.prefix(count)))
            #expect(some.reasoning == Array(six.reasoning.prefix(count)))
        }
    }

    @Test func `are reported as whole characters while they are written`() async throws {
        var pieces: [String] = []
        try Self.thinker.generator().write(request { $0.variantCount = 1 }, isStopped: { false }) { event in
            if case .reasoning(let piece, 0) = event { pieces.append(piece) }
            if case .text = event, pieces.count < 3 { Issue.record("the answer came before the thoughts") }
        }
        #expect(pieces == ["I", " plan", " first"])
    }

    @Test func `that were stopped stay, with an empty draft`() throws {
        var thoughts = ""
        var ends: [FinishReason] = []
        try Self.endless.generator().write(request { $0.variantCount = 1 }, isStopped: { thoughts.count > 8 }) {
            event in
            if case .reasoning(let piece, _) = event { thoughts += piece }
            if case .text = event { Issue.record("a thought became the draft") }
            if case .draftFinished(_, let reason, let count) = event, count == 0 { ends.append(reason) }
        }
        #expect(ends == [.stopped] && thoughts.hasPrefix("a b a b"))
    }

    @Test func `count for penalties on what was written before`() async throws {
        var model = Self.thinker
        model.next["<think>"] = [" a"]
        model.next[" a"] = ["</think>"]
        model.next["Tea"] = [" a", " b"]
        let generator = try model.generator()
        let plain = try await generator.write(request())
        let penalized = try await generator.write(request { $0.sampling.presencePenalty = 2 })
        #expect(plain.texts[0].hasPrefix("Tea a") && penalized.texts[0].hasPrefix("Tea b"))
        let unrepeated = try await generator.write(request { $0.sampling.noRepeatNgramSize = 1 })
        #expect(unrepeated.reasoning[0] == "a" && unrepeated.texts[0].hasPrefix("Tea b"))
    }

    @Test func `come once before a draft in parts, and its names come after them`() async throws {
        var model = Self.thinker
        model.next[":"] = [" warms"]
        model.next[" warms"] = ["<|im_end|>"]
        let drafts = try await model.generator().write(
            request {
                $0.conditions.parts = [
                    PartSpecification(name: "headline", limits: LengthLimits(characters: 30)),
                    PartSpecification(name: "text", limits: LengthLimits(characters: 30)),
                ]
            })
        // Parts of one kind open differently.
        #expect(drafts.texts == ["warms\nTea warms", "warms\nTea warms"])
        #expect(drafts.reasoning == ["I plan first", "I plan first"])
        #expect(drafts.promptText.hasSuffix("assistant\n<think>"))
    }

    @Test func `are thought anew if a variant starts anew`() async throws {
        let drafts = try await Self.thinker.generator().write(request { $0.sampling.distinct = .text })
        #expect(drafts.restartCount > 0)
        #expect(drafts.reasoning == ["I plan first", "I plan first"] && drafts.texts[1] != drafts.texts[0])
        #expect(drafts.details[1].reasoning == "I plan first" && drafts.details[1].attempts > 1)
    }

    @Test func `count as tokens that the model wrote`() async throws {
        let drafts = try await Self.thinker.generator().write(request { $0.variantCount = 1 })
        #expect(drafts.timings.generatedTokens > drafts.tokenCounts[0] + 3)
    }

    @Test func `are cut from raw text only behind its own opening`() async throws {
        let generator = try Self.thinker.generator()
        let opened = try await generator.write(request { $0.prompt = .raw("Say:<think>") })
        #expect(opened.texts[0] == "Tea warms the hand." && opened.reasoning[0] == "I plan first")
        let plain = try await generator.write(request { $0.prompt = .raw("About <think> only:\n") })
        #expect(plain.texts[0] == "Tea warms the hand." && plain.reasoning[0] == "")
    }
}

@Suite struct `Special tokens with letters` {
    private func model(_ defined: [String], writing chain: [String]) -> MarkovModel {
        var model = MarkovModel(controls: ["<|im_end|>"], defined: defined, words: ["Tea", " warms", " cools"])
        for (token, follower) in zip(["\n"] + chain, chain) { model.next[token, default: []].append(follower) }
        return model
    }

    private func write(_ model: MarkovModel) async throws -> String {
        try await model.generator().write(
            GenerationRequest(prompt: .raw("Go\n"), sampling: SamplingOptions.with { $0.temperature = 0 }, seed: 1)
        ).texts[0]
    }

    @Test(arguments: ["<start_of_image>", "[multimodal]", "<|tool|>", "<tool_call>"])
    func `never stand in a draft`(name: String) async throws {
        let text = try await write(model([name], writing: ["Tea", name, "<|im_end|>"]))
        #expect(text.hasPrefix("Tea") && !text.contains(name))
        // Without the signal's name it would be there.
        #expect(try await write(model(["<h1>"], writing: ["Tea", "<h1>", "<|im_end|>"])) == "Tea<h1>")
    }

    @Test func `do not change a draft that has none`() async throws {
        let with = try await write(model(["<start_of_image>"], writing: ["Tea", " warms", "<|im_end|>"]))
        let without = try await write(model([], writing: ["Tea", " warms", "<|im_end|>"]))
        #expect(with == without && with == "Tea warms")
    }
}

extension SamplingOptions {
    static func with(_ change: (inout SamplingOptions) -> Void) -> SamplingOptions {
        var options = SamplingOptions()
        change(&options)
        return options
    }
}
