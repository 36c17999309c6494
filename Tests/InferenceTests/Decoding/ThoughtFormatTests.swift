import Generation
import Testing

@testable import Inference

@Suite struct `The marks of thoughts` {
    /// A model of one family: its special tokens, a template of its form, and what it writes after each ending of the
    /// text so far, thoughts and answer.
    struct Family: Sendable, CustomTestStringConvertible {
        var name: String
        var controls: [String]
        var template: String
        /// What the model writes, with special tokens by name.
        var output: String
        var testDescription: String { name }
    }

    private static let harmonyTurn =
        "{% for m in messages %}<|start|>user<|message|>{{ m.content }}<|end|>{% endfor %}<|start|>assistant"
    private static let turn = "{% for m in messages %}<|user|>{{ m.content }}{% endfor %}"

    static let families = [
        Family(
            name: "tags", controls: ["<eos>", "<|user|>", "<think>", "</think>"],
            template: turn + "<|user|>{# </think> #}", output: "\n<think>\nI plan.\n</think>\n\nTea warms.<eos>"),
        Family(
            name: "tags in letters", controls: ["<eos>", "<|user|>"], template: turn + "{# </think> #}<think>\n",
            output: "I plan.</think>\n\nTea warms.<eos>"),
        Family(
            name: "Seed", controls: ["<eos>", "<|user|>", "<seed:think>", "</seed:think>"],
            template: turn + "{# <seed:think></seed:think> #}",
            output: "<seed:think>I plan.</seed:think>Tea warms.<eos>"),
        Family(
            name: "thought tags", controls: ["<eos>", "<|user|>"], template: turn + "<thought>\n{# </thought> #}",
            output: "I plan.\n</thought>\nTea warms.<eos>"),
        Family(
            name: "Cohere",
            controls: ["<eos>", "<|user|>", "<|START_THINKING|>", "<|END_THINKING|>", "<|START_TEXT|>"],
            template: turn + "<|START_THINKING|>",
            output: "I plan.<|END_THINKING|><|START_TEXT|>Tea warms.<eos>"),
        Family(
            name: "Magistral", controls: ["<eos>", "<|user|>", "[THINK]", "[/THINK]"], template: turn,
            output: "[THINK]I plan.[/THINK]Tea warms.<eos>"),
        Family(
            name: "Apriel", controls: ["<eos>", "<|user|>"],
            template: "Answer behind [BEGIN FINAL RESPONSE]." + turn + "\nHere are my reasoning steps:\n",
            output: "I plan.\n[BEGIN FINAL RESPONSE]\nTea warms.<eos>"),
        Family(
            name: "Harmony",
            controls: ["<|return|>", "<|call|>", "<|user|>", "<|start|>", "<|end|>", "<|channel|>", "<|message|>"],
            template: harmonyTurn,
            output: "<|channel|>analysis<|message|>I plan.<|end|><|start|>assistant<|channel|>final<|message|>"
                + "Tea warms.<|return|>"),
        Family(
            name: "Harmony that ends by an end of its channel",
            controls: ["<|return|>", "<|call|>", "<|user|>", "<|start|>", "<|end|>", "<|channel|>", "<|message|>"],
            template: harmonyTurn,
            output: "<|channel|>commentary<|message|>I plan.<|end|><|start|>assistant<|channel|>final<|message|>"
                + "Tea warms.<|end|><|start|>assistant"),
        Family(
            name: "Solar", controls: ["<|calls|>", "<|begin|>", "<|think|>", "<|content|>", "<|end|>"],
            template: "{% for m in messages %}<|begin|>user<|content|>{{ m.content }}<|end|>{% endfor %}"
                + "<|begin|>assistant",
            output: "<|think|>I plan.<|end|><|begin|>assistant<|content|>Tea warms.<|end|>"),
        Family(
            name: "Muse", controls: ["<|eot|>", "<|start|>", "<|message|>", "<|eom|>"],
            template: "{# to=self #}" + harmonyTurn.replacing("<|end|>", with: "<|eot|>"),
            output: " to=self<|message|>I plan.<|eom|><|start|>assistant to=user<|message|>Tea warms.<|eot|>"),
        Family(
            name: "Apertus", controls: ["<eos>", "<|user|>", "<|inner_prefix|>", "<|inner_suffix|>"], template: turn,
            output: "<|inner_prefix|>I plan.<|inner_suffix|>Tea warms.<eos>"),
        Family(
            name: "tags, with results of tools in others", controls: ["<eos>", "<|user|>", "<think>", "</think>"],
            template: turn + "{# <response>, </response>, </think> #}<think>\n",
            output: "I plan.</think>\n\nTea warms.<eos>"),
        Family(
            name: "Gemma 4", controls: ["<eos>", "<|user|>", "<|channel>", "<channel|>"], template: turn,
            output: "<|channel>thought\nI plan.<channel|>Tea warms.<eos>"),
        Family(
            name: "Kimi", controls: ["<|end_of_msg|>", "<|user|>", "<|open|>", "<|close|>", "<|sep|>"],
            template: turn + "<|open|>message<|sep|><|open|>think<|sep|>",
            output: "I plan.<|close|>think<|sep|><|open|>response<|sep|>Tea warms.<|close|>response<|sep|>"),
        Family(
            name: "Granite", controls: ["<eos>", "<|user|>"],
            template: "Use <think></think> and <response></response>." + turn,
            output: "<think>I plan.</think>\n\n<response>Tea warms.</response><eos>"),
    ]

    /// Decodes one draft with a model that writes the family's output, and whatever the decoder writes of it itself.
    private func write(
        _ family: Family, effort: ReasoningEffort = .auto, thoughtTokens: Int? = nil, output: String? = nil
    ) throws -> (text: String, reasoning: String, sequence: String, reason: FinishReason?) {
        let model = MarkovModel(controls: family.controls, template: family.template)
        let generator = try model.generator()
        let tokenizer = generator.tokenizer
        var request = BuiltInModel.request("A line about tea")
        request.sampling.temperature = 0
        request.sampling.reasoning = effort
        let prompt = try generator.prompts.prompt(for: request)
        var rules = DraftRules(
            sampling: request.sampling, limits: LengthLimits(), seed: 1, trimsWhitespace: true,
            markers: MarkerTokens(tokenizer, generator.prompts.thoughts))
        rules.thoughts = ThoughtPlan(
            generator.prompts.thoughts, start: prompt.thoughts, request.sampling, answerTokens: 40, tokenRoom: 400,
            tokenizer: tokenizer)
        if let thoughtTokens { rules.thoughts?.tokenLimit = thoughtTokens }
        var decoder = DraftDecoder(
            rules: rules, variant: 0, prompt: prompt.tokens, vocabulary: tokenizer, shapes: TokenShapes(tokenizer),
            special: SamplerTokens(ends: tokenizer.endTokens))
        let lineFeed = try #require(tokenizer.encode("\n", parseSpecial: false).first)
        let script = tokenizer.encode(output ?? family.output, parseSpecial: true)
        var reasoning = ""
        var text = ""
        var workspace = SamplingWorkspace()
        for _ in 0..<2000 {
            workspace.logits = [Float](repeating: 0, count: tokenizer.vocabularySize)
            let written = Array(decoder.sequence.dropFirst(prompt.tokens.count))
            workspace.logits[
                Int(Self.next(after: written, in: script, lineFeed: lineFeed) ?? tokenizer.endTokens.min() ?? 0)] = 9
            let step = decoder.step(&workspace)
            reasoning += decoder.takeReasoning()
            text += decoder.takeText()
            if case .finished(let reason) = step {
                let sequence = tokenizer.decode(decoder.sequence, hidingControl: false)
                return (text, reasoning, String(decoding: sequence, as: UTF8.self), reason)
            }
        }
        return (text, reasoning, "", nil)
    }

    /// The token of the script after the longest end of the text that is in it. Line feeds are not compared, and one
    /// is enough: the decoder may write its own.
    private static func next(after written: [TokenID], in script: [TokenID], lineFeed: TokenID) -> TokenID? {
        guard !written.isEmpty else { return script.first }
        let places = script.indices.filter { script[$0] != lineFeed }
        let text = written.filter { $0 != lineFeed }
        let isBlank = written.last == lineFeed
        guard !text.isEmpty else { return places.first.map { script[$0] } }
        var best: (length: Int, end: Int)?
        for end in places.indices.dropFirst() {
            var length = 0
            while length < min(end, text.count), script[places[end - 1 - length]] == text[text.count - 1 - length] {
                length += 1
            }
            if length > best?.length ?? 0 { best = (length, end) }
        }
        return best.map { isBlank ? script[places[$0.end]] : script[places[$0.end - 1] + 1] }
    }

    @Test(arguments: families)
    func `are known in each family, and none of them stands in a draft`(family: Family) throws {
        let draft = try write(family, effort: .high)
        #expect(draft.text == "Tea warms.")
        #expect(draft.reasoning == "I plan.")
        #expect(draft.reason == .stop)
    }

    @Test(arguments: families)
    func `are written by the decoder if a thought gets too long`(family: Family) throws {
        let whole = try write(family, effort: .high)
        let draft = try write(family, effort: .high, thoughtTokens: 6)
        #expect(draft.text == "Tea warms.", "\(draft.sequence)")
        #expect(whole.reasoning.hasPrefix(draft.reasoning) && draft.reasoning.count < 7 && draft.reasoning.count > 3)
    }

    @Test(arguments: families.filter { $0.name != "Granite" })
    func `are written into the prompt if no thoughts are wanted`(family: Family) throws {
        let answer = family.output.split(separator: "Tea warms.")
        let draft = try write(family, effort: .off, output: "Tea warms.\(answer.last ?? "")")
        #expect(draft.text == "Tea warms." && draft.reasoning.isEmpty, "\(draft.sequence)")
    }

    @Test func `are letters in a user's text`() throws {
        let model = MarkovModel(
            controls: ["<eos>", "<|user|>"], defined: ["<think>", "</think>"], template: Self.turn + "<think>\n")
        let generator = try model.generator()
        let text = "Explain </think> and <think>."
        let prompt = try generator.prompts.prompt(for: BuiltInModel.request(text))
        let think = try #require(generator.tokenizer.token(named: "<think>"))
        let closing = try #require(generator.tokenizer.token(named: "</think>"))
        #expect(prompt.tokens.filter { $0 == think }.count == 1 && !prompt.tokens.contains(closing))
        #expect(prompt.text == "<|user|>\(text)<think>" && prompt.thoughts == .open)
        let decoded = generator.tokenizer.decode(prompt.tokens, hidingControl: false)
        #expect(String(decoding: decoded, as: UTF8.self) == prompt.text)
    }

    @Test func `in a user's text open no thought`() throws {
        let model = MarkovModel(controls: ["<eos>", "<|user|>"], template: Self.turn + "{# </think> #}")
        let prompt = try model.generator().prompts.prompt(for: BuiltInModel.request("Say <think>"))
        #expect(prompt.thoughts == .possible)
    }

    @Test func `before the assistant's own words are closed, and the words go on`() throws {
        let template = """
            {%- for m in messages %}{{ '<|user|>' }}{% if m.role == 'assistant' %}{{ '<think>\\n\\n' }}{% endif %}\
            {{ m.content }}{% endfor %}{# </think> #}
            """
        let generator = try MarkovModel(controls: ["<eos>", "<|user|>", "<think>", "</think>"], template: template)
            .generator()
        var request = BuiltInModel.request("A line")
        request.prompt = .chat([Message(.user, "A line"), Message(.assistant, "Tea warms")])
        let prompt = try generator.prompts.prompt(for: request)
        #expect(prompt.text == "<|user|>A line<|user|><think>\n\n\n</think>\n\nTea warms")
        #expect(prompt.thoughts == .none && !prompt.isAnswered)
    }

    @Test func `are in no model that does not think`() throws {
        let built = try BuiltInModel.generator()
        #expect(built.prompts.thoughts == nil)
        #expect(ThoughtFormat.find(template: "{{ messages[0].content }}", hasSpecialToken: { _ in false }) == nil)
    }
}
