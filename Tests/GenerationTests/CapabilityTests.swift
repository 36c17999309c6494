import Testing

@testable import Generation

@Suite struct `A request and the abilities of a generator` {
    /// A request that asks for one thing, the ability that it needs, and the answer if that is missing.
    struct Demand: Sendable, CustomTestStringConvertible {
        var missing: MissingCapability
        var ask: @Sendable (inout GenerationRequest) -> Void
        var forbid: @Sendable (inout GeneratorCapabilities) -> Void
        var sentence: String
        var testDescription: String { "\(missing)" }
    }

    static let demands: [Demand] = [
        Demand(
            missing: .longPrompt(bytes: 9, most: 8), ask: { $0.prompt = .chat([Message(.user, "123456789")]) },
            forbid: { $0.longestPromptBytes = 8 },
            sentence: "The prompt has 9 bytes, and no prompt of more than 8 fits this model's context. Shorten it."),
        Demand(
            missing: .rawPrompt, ask: { $0.prompt = .raw("Once") }, forbid: { $0.takesRawPrompts = false },
            sentence: "This model takes no raw prompts. Send the prompt as a chat."),
        Demand(
            missing: .continuedAnswer,
            ask: { $0.prompt = .chat([Message(.user, "Write."), Message(.assistant, "Once")]) },
            forbid: { $0.continuesAnswers = false },
            sentence: "This model cannot continue an answer that has begun. Ask for a new answer."),
        Demand(
            missing: .severalVariants(count: 3), ask: { $0.variantCount = 3 },
            forbid: { $0.writesSeveralVariants = false },
            sentence: "This model writes one draft at a time, and 3 are asked for. Ask for one."),
        Demand(
            missing: .exactReplay, ask: { $0.seedMustReplay = true },
            forbid: {
                $0.replaysExactly = false; $0.takesSeeds = false
            },
            sentence: "This model cannot write the same text again from a seed. Leave the seed out."),
        Demand(
            missing: .hardLimits, ask: { $0.limits = LengthLimits(words: 5) }, forbid: { $0.keepsHardLimits = false },
            sentence: "This model cannot keep hard limits while it writes. Make the limits soft."),
        Demand(
            missing: .grammar, ask: { $0.sampling.grammar = "root ::= \"a\"" }, forbid: { $0.followsGrammars = false },
            sentence: "This model cannot follow a grammar. Leave the grammar out."),
        Demand(
            missing: .jsonSchema, ask: { $0.sampling.jsonSchema = "{}" }, forbid: { $0.followsGrammars = false },
            sentence: "This model cannot follow a JSON schema. Leave the schema out."),
        Demand(
            missing: .alternatives, ask: { $0.sampling.alternatives = 2 }, forbid: { $0.reportsAlternatives = false },
            sentence: "This model does not report how likely its tokens were. Leave the likelihoods out."),
        Demand(
            missing: .option(name: "top_k"), ask: { $0.sampling.topK = 40 },
            forbid: { $0.options = ["temperature", "top_p"] },
            sentence: "This model has no option 'top_k'. Leave it out."),
    ]

    private func plainRequest() -> GenerationRequest {
        GenerationRequest(prompt: .chat([Message(.user, "Write.")]), seed: 7)
    }

    @Test(arguments: demands)
    func `what is asked for and not possible is named, and nothing else`(demand: Demand) {
        var request = plainRequest()
        demand.ask(&request)
        var capabilities = GeneratorCapabilities.all(contextLength: nil)
        #expect(capabilities.missing(for: request) == [])
        demand.forbid(&capabilities)
        #expect(capabilities.missing(for: request) == [demand.missing])
        #expect(demand.missing.description == demand.sentence)
        #expect(capabilities.missing(for: plainRequest()) == [])
    }

    @Test func `everything that is missing is named at once`() {
        let nothing = GeneratorCapabilities(
            replaysExactly: false, keepsHardLimits: false, followsGrammars: false, reportsAlternatives: false,
            takesRawPrompts: false, continuesAnswers: false, writesSeveralVariants: false, options: [],
            contextLength: nil)
        var request = plainRequest()
        #expect(nothing.missing(for: request) == [])
        for demand in Self.demands where demand.missing != .continuedAnswer { demand.ask(&request) }
        let expected = Set(Self.demands.map(\.missing)).subtracting([.continuedAnswer, .longPrompt(bytes: 9, most: 8)])
        #expect(Set(nothing.missing(for: request)) == expected)
        let refusal = GeneratorRefusal(model: "tiny", missing: [.grammar, .rawPrompt])
        #expect(
            refusal.description
                == "Nothing was written with tiny. This model cannot follow a grammar. Leave the grammar out. "
                + "This model takes no raw prompts. Send the prompt as a chat. Or choose another model.")
    }

    @Test func `soft limits and neutral options ask for nothing`() {
        var capabilities = GeneratorCapabilities.all(contextLength: nil)
        capabilities.keepsHardLimits = false
        capabilities.options = []
        var request = plainRequest()
        request.limits = LengthLimits(words: 5, hard: false)
        request.sampling.topP = 1
        request.sampling.minTokens = 0
        #expect(capabilities.missing(for: request) == [])
    }

    @Test func `each option of the table is missed by a generator without it`() {
        for option in SamplingOption.all where !["grammar", "json_schema", "logprobs"].contains(option.name) {
            var request = plainRequest()
            option.set(option.example, in: &request.sampling)
            guard option.example != option.defaultValue, option.example != option.neutral else { continue }
            var capabilities = GeneratorCapabilities.all(contextLength: nil)
            capabilities.options = Set(SamplingOption.all.map(\.name)).subtracting([option.name])
            #expect(capabilities.missing(for: request) == [.option(name: option.name)], "\(option.name)")
        }
    }
}
