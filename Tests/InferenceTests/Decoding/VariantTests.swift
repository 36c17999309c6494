import Generation
import Testing
import Text

@testable import Inference

@Suite struct `Variants that differ` {
    /// A request whose variants often come out alike.
    private func request(_ count: Int, _ distinct: Distinct, temperature: Float = 0) -> GenerationRequest {
        var request = BuiltInModel.request(variantCount: count)
        request.sampling.temperature = temperature
        request.sampling.distinct = distinct
        request.sampling.maxTokens = 24
        return request
    }

    @Test func `equal texts are written anew, each with another opening`() async throws {
        let generator = try BuiltInModel.generator()
        let plain = try await generator.write(request(3, .off))
        #expect(Set(plain.texts).count == 1 && plain.restartCount == 0)
        let distinct = try await generator.write(request(3, .text))
        #expect(distinct.texts[0] == plain.texts[0])
        #expect(Set(distinct.texts.map { TwinKey($0) }).count == 3)
        #expect(distinct.restartCount >= 2)
        #expect(distinct.details[1].attempts > 1)
        #expect(distinct.details.allSatisfy { $0.twinOf == nil })
    }

    @Test func `openings differ if that is asked for`() async throws {
        let drafts = try await BuiltInModel.generator().write(request(4, .opening, temperature: 0.2))
        #expect(Set(drafts.texts.map { TwinKey($0).opening }).count == 4)
    }

    @Test func `a variant is the same with any number of variants`() async throws {
        let generator = try BuiltInModel.generator()
        let five = try await generator.write(request(5, .opening, temperature: 0.3))
        let two = try await generator.write(request(2, .opening, temperature: 0.3))
        #expect(two.texts == Array(five.texts.prefix(2)))
    }

    @Test func `a text that is a field's text is written anew`() async throws {
        let generator = try BuiltInModel.generator()
        var request = request(1, .text)
        let first = try await generator.write(request)
        request.conditions.inputs = [first.texts[0].uppercased() + "!"]
        let second = try await generator.write(request)
        #expect(TwinKey(second.texts[0]) != TwinKey(first.texts[0]))
        #expect(second.details[0].attempts > 1)
    }

    @Test func `the names of the fields stand in every text, unless they are banned`() async throws {
        let generator = try BuiltInModel.generator()
        var request = request(3, .off, temperature: 0.7)
        request.sampling.maxTokens = 40
        let free = try await generator.write(request)
        #expect(!free.texts.contains { $0.contains("Zanzibar") })
        request.conditions.names = ["Zanzibar"]
        let named = try await generator.write(request)
        #expect(named.texts.allSatisfy { $0.contains("Zanzibar") })
        request.sampling.bannedPhrases = ["zanzi"]
        let banned = try await generator.write(request)
        #expect(!banned.texts.contains { $0.contains("Zanzi") } && banned.texts.allSatisfy { !$0.isEmpty })
    }

    @Test(arguments: [
        ("", true), ("- The town", false), ("- The town council", false), ("- The town hall", true), ("A", true),
    ])
    func `a variant that starts anew does not end inside an opening that it avoids`(text: String, mayEnd: Bool) throws {
        let rule = try #require(DistinctOpeningRule(avoiding: [["the", "town", "council"]], ends: [0]))
        var workspace = SamplingWorkspace()
        workspace.logits = [1, 1]
        rule.mask(&workspace, at: DraftPlace(position: 1, body: Array(text.utf8)[...], tokensLeft: 9))
        #expect((workspace.logits[0] == 1) == mayEnd && workspace.logits[1] == 1)
    }

    @Test func `a variant that cannot differ says which one it equals`() async throws {
        var request = request(2, .text)
        request.sampling.grammar = #"root ::= "Yes.""#
        let grammar = try await BuiltInModel.generator().write(request)
        #expect(grammar.texts == ["Yes.", "Yes."] && grammar.restartCount == 0)
        #expect(grammar.details[1].twinOf == 0)
    }
}

@Suite struct `The parts of a draft` {
    private func request() -> GenerationRequest {
        var request = BuiltInModel.request(variantCount: 3)
        request.limits = LengthLimits()
        request.conditions.parts = [
            PartSpecification(name: "Text", limits: LengthLimits(characters: 60)),
            PartSpecification(name: "Headline", limits: LengthLimits(characters: 30)),
            PartSpecification(name: "Description", limits: LengthLimits(characters: 20)),
        ]
        return request
    }

    @Test func `keep their own limits, a line each, without their names`() async throws {
        let drafts = try await BuiltInModel.generator().write(request())
        for text in drafts.texts {
            let parts = DraftPart.split(text, names: ["Text", "Headline", "Description"])
            #expect(text.split(separator: "\n").count == 3, "\(text)")
            #expect(parts.map(\.text.count).elementsEqual([60, 30, 20], by: <=), "\(text)")
            #expect(parts.allSatisfy { !$0.text.isEmpty && !$0.text.hasPrefix("Headline:") })
        }
    }

    @Test func `are the same with any number of variants and without speculation`() async throws {
        let generator = try BuiltInModel.generator()
        let three = try await generator.write(request())
        var one = request()
        one.variantCount = 1
        one.speculates = false
        #expect(try await generator.write(one).texts == Array(three.texts.prefix(1)))
    }
}

@Suite struct `The names of parts` {
    private func plan(namesParts: Bool = true, beginsLine: Bool = true) -> DraftPlan {
        let vocabulary = ListedVocabulary(texts: ["", "Tea"])
        var request = GenerationRequest(prompt: .raw("x"), seed: 1)
        request.conditions.parts = [PartSpecification(name: "primary text"), PartSpecification(name: "Headline")]
        return DraftPlan(
            request: request, prompt: [1], trimsWhitespace: true, beginsLine: beginsLine, namesParts: namesParts,
            vocabulary: vocabulary, shapes: TokenShapes(vocabulary), special: SamplerTokens(ends: [0]), grammar: nil,
            contextLength: 64, encode: { _ in [] })
    }

    @Test func `stand before the parts, each on a line of its own`() {
        #expect((0..<3).map(plan().label) == ["Primary text:", "\nHeadline:", ""])
        #expect(plan(beginsLine: false).label(ofPart: 0) == "\nPrimary text:")
    }

    @Test func `are left out for a model that is too small for examples`() {
        #expect((0..<2).map(plan(namesParts: false).label) == ["", "\n"])
    }
}

@Suite struct `The choice among candidates` {
    private func request(_ count: Int, bestOf: Int) -> GenerationRequest {
        var request = BuiltInModel.request(variantCount: count)
        request.sampling.bestOf = bestOf
        request.sampling.maxTokens = 32
        return request
    }

    @Test func `takes as many as are asked for, and leaves the candidates as they were`() async throws {
        let generator = try BuiltInModel.generator()
        let drafts = try await generator.write(request(3, bestOf: 8))
        #expect(drafts.chosen.count == 3 && Set(drafts.chosen).count == 3)
        #expect(drafts.detailed.count == 8 && drafts.details.allSatisfy { $0.score != nil })
        let fewer = try await generator.write(request(2, bestOf: 8))
        #expect(fewer.chosen == Array(drafts.chosen.prefix(2)))
        #expect(fewer.texts == drafts.texts)
    }

    @Test func `prefers texts that are complete, named and different`() {
        func candidate(_ text: String, _ reason: FinishReason = .stop, _ likelihood: Float = -1) -> WrittenCandidate {
            WrittenCandidate(text: text, reason: reason, logProbabilities: [likelihood])
        }
        var request = GenerationRequest(prompt: .raw("x"), variantCount: 2, seed: 1)
        request.conditions.names = ["Brook"]
        request.conditions.inputs = ["Brook, an umbrella"]
        func best(_ candidates: WrittenCandidate..., count: Int = 1) -> [Int] {
            CandidateChoice(request, candidates: candidates).best(count)
        }
        #expect(best(candidate("A dry walk"), candidate("A dry walk with BROOK")) == [1])
        #expect(best(candidate("Brook keeps you dry", .length), candidate("Brook keeps dry")) == [1])
        #expect(best(candidate("Brook, an umbrella"), candidate("Brook is here", .limit)) == [1])
        #expect(best(candidate("Brook for you,"), candidate("Brook for us")) == [1])
        #expect(best(candidate(""), candidate("Brook", .limit, -9)) == [1])
        #expect(best(candidate("Brook is dry", .stop, -2), candidate("Brook is good", .stop, -1)) == [1])
        #expect(
            best(
                candidate("Brook is dry"), candidate("Brook is dry!"), candidate("Dry with Brook", .stop, -2), count: 2)
                == [0, 2])
    }
}

@Suite struct `A banned word that leaves nothing else to write` {
    @Test func `is named with the draft that ended before it`() async throws {
        var request = BuiltInModel.request()
        let free = try await BuiltInModel.generator().write(request)
        #expect(free.details[0].endedBefore == nil)
        request.conditions.lexicon.banned = "abcdefghijklmnopqrstuvwxyz".map { "\($0)*" }
        let bound = try await BuiltInModel.generator().write(request)
        let word = try #require(bound.details[0].endedBefore)
        #expect(!word.isEmpty && !bound.texts[0].contains(where: \.isLetter), "\(bound.texts[0])")
    }
}

@Suite struct `A word that some drafts must contain` {
    @Test func `brings in the best candidate that has it, in place of the last one without`() {
        func candidate(_ text: String, _ likelihood: Float) -> WrittenCandidate {
            WrittenCandidate(text: text, reason: .stop, logProbabilities: [likelihood])
        }
        let candidates = [
            candidate("Tea by post", -0.1), candidate("Slow mornings begin here", -0.2),
            candidate("Free shipping for all", -2.5), candidate("We send with free shipping", -2.8),
        ]
        var request = GenerationRequest(prompt: .raw("x"), variantCount: 2, seed: 1)
        #expect(CandidateChoice(request, candidates: candidates).best(2) == [0, 1])
        request.conditions.lexicon.must = [Lexicon.Required(word: "free shipping", variantCount: 1)]
        #expect(CandidateChoice(request, candidates: candidates).best(2) == [0, 2])
        request.conditions.lexicon.must = [Lexicon.Required(word: "free shipping")]
        #expect(CandidateChoice(request, candidates: candidates).best(2) == [3, 2])
    }
}

@Suite struct `Tails near a hard limit` {
    @Test func `are compared, and the draft is the same with any number of variants`() async throws {
        let generator = try BuiltInModel.generator()
        var request = BuiltInModel.request(variantCount: 4)
        request.limits = LengthLimits(characters: 30)
        let four = try await generator.write(request)
        #expect(four.texts.allSatisfy { !$0.isEmpty && $0.count <= 30 })
        request.variantCount = 1
        request.speculates = false
        #expect(try await generator.write(request).texts == Array(four.texts.prefix(1)))
    }

    @Test func `a tail that the model ends beats one that the limit ends`() {
        let words = ["", "Tea", " now", " for", " the", " whole", " day", " and", " more"]
        let vocabulary = ListedVocabulary(texts: words)
        let plan = DraftPlan(
            request: GenerationRequest(prompt: .raw("x"), seed: 1), prompt: [1], trimsWhitespace: true,
            beginsLine: true,
            vocabulary: vocabulary, shapes: TokenShapes(vocabulary), special: SamplerTokens(ends: [0]), grammar: nil,
            contextLength: 64, encode: { _ in [] })
        var ended = plan.decoder(variant: 0, stream: DrawStream(), prompt: [1], avoiding: [])
        _ = ended.write(1, Array("Tea".utf8), nil)
        var cut = ended
        _ = cut.write(3, Array(" for".utf8), nil)
        ended.endLogProbability = -0.5
        _ = ended.finish(.stop)
        _ = cut.finish(.limit)
        #expect(ended.tailScore(fromToken: 0) > cut.tailScore(fromToken: 0))
    }
}
