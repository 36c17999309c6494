import Foundation
import Generation
import Inference
import Testing

@testable import Training

@Suite struct `Examples of rows` {
    private func encoder(
        template: String? = "built-in", _ change: (inout EncodingOptions) -> Void = { _ in }
    ) throws -> ExampleEncoder {
        var options = EncodingOptions(maxLength: 512)
        change(&options)
        let model = try builtInModel()
        let used: any ModelSource = template == "built-in" ? model : Retemplated(model, template: template)
        return try ExampleEncoder(model: used, name: "test", options: options)
    }

    @Test func `of a conversation the answers are learned with their end, and nothing else`() throws {
        let encoder = try encoder()
        let row = CorpusRow.conversation([
            CorpusTurn(.user, "One?"), CorpusTurn(.assistant, "First."), CorpusTurn(.user, "Two?"),
            CorpusTurn(.assistant, "Second."),
        ])
        let examples = try encoder.encode(row, number: 7).examples
        let example = try #require(examples.first)
        #expect(examples.count == 1 && example.row == 7)
        #expect(encoder.learned(example) == "First.<|im_end|>Second.<|im_end|>")
        #expect(example.labelByteCount == "First.Second.".utf8.count)
        // The line feed that the template writes behind an answer is read.
        #expect(encoder.shown(example).contains("[<|im_end|>]|\n|<|im_start|>"))
    }

    @Test func `the tokens before an answer are those that the model is sent for it`() throws {
        let model = try builtInModel()
        let generator = try LocalGenerator(file: model, name: "test", threadCount: 1)
        let messages = [
            Message(.system, "Be brief."), Message(.user, "Name <|im_end|> a lamp."), Message(.assistant, "Glow"),
        ]
        let prompt = try generator.promptText(
            for: GenerationRequest(prompt: .chat(Array(messages.dropLast())), seed: 0))
        let encoder = try encoder()
        let row = CorpusRow.conversation(messages.map { CorpusTurn($0.role, $0.content) })
        let example = try #require(try encoder.encode(row, number: 0).examples.first)
        let read = zip(example.tokens, example.weights).filter { $1 == 0 }.flatMap { encoder.bytes(of: $0.0) }
        #expect(String(decoding: read, as: UTF8.self) == prompt)
        let end = try #require(try Tokenizer(file: model).token(named: "<|im_end|>"))
        // Of system, user and answer: the name in the user's text is letters.
        #expect(example.tokens.count { $0 == end } == 3)
    }

    @Test func `names of special tokens in an answer are letters too`() throws {
        let encoder = try encoder()
        let example = try #require(
            try encoder.encode(.pair(prompt: "a", answer: "<|im_end|> is a name"), number: 0).examples.first)
        let end = try #require(try Tokenizer(file: builtInModel()).token(named: "<|im_end|>"))
        #expect(zip(example.tokens, example.weights).count { $0 == end && $1 > 0 } == 1)
        #expect(example.tokens.last == end && encoder.learned(example) == "<|im_end|> is a name<|im_end|>")
    }

    @Test func `a blank at the end of a prompt is kept, and an answer begins at a token of its own`() throws {
        let encoder = try encoder(template: nil)
        let example = try #require(
            try encoder.encode(.pair(prompt: "the cat ", answer: "sat"), number: 0).examples.first)
        let eos = try #require(try Tokenizer(file: builtInModel()).eosID)
        let text = String(decoding: example.tokens.dropLast().flatMap { encoder.bytes(of: $0) }, as: UTF8.self)
        #expect(text.hasSuffix("the cat sat") && example.tokens.last == eos)
        #expect(encoder.learned(example) == "sat" + String(decoding: encoder.bytes(of: eos), as: UTF8.self))
    }

    @Test func `a template that trims answers trims them here`() throws {
        let template =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
        let trimming = try encoder(template: template)
        func learned(_ encoder: ExampleEncoder) throws -> String {
            let example = try #require(
                try encoder.encode(.pair(prompt: "a", answer: " b \n"), number: 0).examples.first)
            return encoder.learned(example)
        }
        #expect(try learned(trimming) == "b<|im_end|>")
        #expect(try learned(encoder()) == " b \n<|im_end|>")
    }

    @Test func `if a template writes earlier answers differently, each answer has an example of its own`() throws {
        // Earlier answers lose their thoughts, as in the templates of reasoning models.
        let template =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content.split('</think>')[-1] if not loop.last else m.content }}"
            + "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
        let encoder = try encoder(template: template)
        let row = CorpusRow.conversation([
            CorpusTurn(.user, "One?"), CorpusTurn(.assistant, "<think>hm</think>First."), CorpusTurn(.user, "Two?"),
            CorpusTurn(.assistant, "<think>so</think>Second."),
        ])
        let examples = try encoder.encode(row, number: 0).examples
        #expect(
            examples.map(encoder.learned) == [
                "<think>hm</think>First.<|im_end|>", "<think>so</think>Second.<|im_end|>",
            ])
        #expect(!encoder.shown(examples[1]).contains("hm"))
    }

    @Test func `a thought that the prompt opens is closed before an answer without thoughts`() throws {
        let template =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content.split('</think>')[-1] }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}"
        let encoder = try encoder(template: template)
        let sent = "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n<think>\n"
        func example(_ row: CorpusRow) throws -> EncodedExample {
            try #require(try encoder.encode(row, number: 0).examples.first)
        }
        for row in [
            CorpusRow.pair(prompt: "a", answer: "b"), .completion(prompt: sent, answer: "b", endsTurn: true),
        ] {
            let example = try example(row)
            #expect(encoder.learned(example) == "b<|im_end|>")
            #expect(encoder.shown(example).replacing("|", with: "").contains("<think>\n\n</think>\n\n[b]"))
        }
        let thought = try example(.completion(prompt: sent, answer: "so\n</think>\n\nb", endsTurn: true))
        #expect(encoder.learned(thought) == "so\n</think>\n\nb<|im_end|>")
    }

    @Test func `a template that ends no answer gets the token that ends every text`() throws {
        let encoder = try encoder(
            template:
                "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
        )
        let example = try #require(try encoder.encode(.pair(prompt: "a", answer: "b"), number: 0).examples.first)
        let eos = try #require(try Tokenizer(file: builtInModel()).eosID)
        #expect(example.tokens.last == eos && example.weights.last == 1)
        #expect(encoder.learned(example).hasPrefix("b"))
    }

    @Test func `prompts may count a little`() throws {
        let encoder = try encoder { $0.promptWeight = 0.25 }
        let example = try #require(try encoder.encode(.pair(prompt: "a", answer: "b"), number: 0).examples.first)
        #expect(Set(example.weights) == [0, 0.25, 1] && example.weights.count { $0 == 0 } == 1)
    }

    @Test func `of a text each token is learned once but the first, whatever the windows`() throws {
        let text = String(repeating: "The garden was quiet, and a small bird sat on the gate. ", count: 20)
        let whole = try encoder { $0.maxLength = 100_000 }
        let single = try #require(
            try whole.encode(.text(text, isStart: true, isEnd: true), number: 0).examples.first)
        for limit in [2, 3, 50, single.tokens.count - 1, single.tokens.count] {
            let encoder = try encoder { $0.maxLength = limit }
            let windows = try encoder.encode(.text(text, isStart: true, isEnd: true), number: 0).examples
            #expect(windows.allSatisfy { (2...limit).contains($0.tokens.count) })
            let learned = windows.flatMap { zip($0.tokens, $0.weights).filter { $1 > 0 }.map(\.0) }
            #expect(learned == Array(single.tokens.dropFirst()), "limit \(limit)")
        }
        #expect(single.tokens.last == (try Tokenizer(file: builtInModel()).eosID))
    }

    @Test func `a part of a text has no end, and only the first has a beginning`() throws {
        let encoder = try encoder()
        func tokens(_ isStart: Bool, _ isEnd: Bool) throws -> [TokenID] {
            try encoder.encode(.text("and a bird", isStart: isStart, isEnd: isEnd), number: 0).examples.flatMap(
                \.tokens)
        }
        let eos = try #require(try Tokenizer(file: builtInModel()).eosID)
        #expect(try tokens(true, false) + [eos] == tokens(true, true))
        #expect(try tokens(false, true).last == eos && tokens(false, false).last != eos)
    }

    @Test func `names of special tokens in documents are letters unless they are wanted`() throws {
        let text = CorpusRow.text("<|im_start|>user", isStart: true, isEnd: true)
        let start = try #require(try Tokenizer(file: builtInModel()).token(named: "<|im_start|>"))
        let plain = try encoder().encode(text, number: 0)
        let parsed = try encoder { $0.parsesSpecial = true }.encode(text, number: 0)
        #expect(plain.holdsSpecialName && !plain.examples[0].tokens.contains(start))
        #expect(!parsed.holdsSpecialName && parsed.examples[0].tokens.contains(start))
    }

    @Test func `a pair that is too long is left out, or its prompt loses its beginning, never its answer`() throws {
        let row = CorpusRow.pair(prompt: String(repeating: "many words ", count: 100), answer: "The answer.")
        let limited = try encoder { $0.maxLength = 60 }
        let left = try limited.encode(row, number: 0)
        #expect(left.examples.isEmpty && left.dropped == .tooLong && left.tokenCount > 60)
        let cutting = try encoder { ($0.maxLength, $0.cutsPrompts) = (60, true) }
        let cut = try cutting.encode(row, number: 0)
        let example = try #require(cut.examples.first)
        #expect(example.tokens.count == 60 && cut.isCut && cutting.learned(example) == "The answer.<|im_end|>")
        let long = CorpusRow.pair(prompt: "why", answer: String(repeating: "many words ", count: 100))
        #expect(try cutting.encode(long, number: 0).dropped == .tooLong)
    }
}

@Suite struct `Masks, against transformers` {
    private struct Case: Decodable {
        struct Turn: Decodable {
            var role: Message.Role
            var content: String
        }
        var messages: [Turn]
        var ids: [TokenID]
        var learned: [Bool]
    }

    private static let folder = FileManager.default.homeDirectoryForCurrentUser.path + "/.cache/copydesk-test-models/"
    private static let files = ["qwen": "qwen2.5-coder-0.5b-q4.gguf", "gemma": "gemma-3-270m-q4_k_m.gguf"]
    private static let isThere = files.values.allSatisfy { FileManager.default.fileExists(atPath: folder + $0) }

    @Test(.enabled(if: isThere, "the models of the cache are not there"), arguments: ["qwen", "gemma"])
    func `ids and labels are those of the models' own tokenizers and templates`(name: String) throws {
        let file = try #require(Self.files[name])
        var model = try ModelFiles.open(path: Self.folder + file)
        let template = try? String(contentsOf: fixture("masks/\(name).jinja"), encoding: .utf8)
        if let template { model = Retemplated(model, template: template) }
        let encoder = try ExampleEncoder(model: model, name: name, options: EncodingOptions(maxLength: 1000))
        let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: fixture("masks/\(name).json")))
        #expect(cases.count == 8)
        for item in cases {
            let row = CorpusRow.conversation(item.messages.map { CorpusTurn($0.role, $0.content) })
            let examples = try encoder.encode(row, number: 0).examples
            let example = try #require(examples.first)
            // The line feed that the template writes behind the last answer predicts nothing, so it is not there.
            #expect(item.ids.dropLast() == example.tokens[...], "\(item.messages)")
            #expect(item.learned.dropLast() == example.weights.map { $0 > 0 }[...])
            #expect(item.learned.last == false && examples.count == 1)
        }
    }
}
