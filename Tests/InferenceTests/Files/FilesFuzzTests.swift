import Foundation
import Generation
import Tensors
import Testing

@testable import Inference

/// Whatever is done to the files of a model, opening it gives a model or a sentence, in bounded time.
struct FilesFuzzTests {
    private static let fixtures = Fixtures.folder.path

    private static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: fixtures + "/" + name)))
    }

    /// True if `body` succeeds. Errors must be sentences of model files that begin with the file's path.
    private func succeeds(path: String, _ body: () throws -> Void) -> Bool {
        func expectSentence(_ text: String) {
            #expect(text.hasPrefix(path) && text.contains(": ") && text.hasSuffix("."), "\(text)")
        }
        do {
            try body()
            return true
        } catch let error as ModelFileError {
            expectSentence(error.description)
        } catch let error as ModelError {
            expectSentence(error.description)
        } catch {
            Issue.record("an error of another kind: \(error)")
        }
        return false
    }

    /// Changes a few bytes: a bit, or a number or a word where one stood.
    private func broken(_ bytes: [UInt8], in range: Range<Int>, _ random: inout SeededRandom) -> [UInt8] {
        let words = ["1e400", "-1", "9223372036854775808", "null", "\"", "{", "[", "]", "}", ",", "0", "[[", "\\ud800"]
        var broken = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: range, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: broken[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: broken[place] = UInt8.random(in: 0...255, using: &random)
            default:
                let word = Array(words[Int.random(in: 0..<words.count, using: &random)].utf8)
                let end = min(place + word.count, range.upperBound)
                broken.replaceSubrange(place..<end, with: word.prefix(end - place))
            }
        }
        return broken
    }

    @Test func `a whole GGUF model with broken keys runs or says why not`() throws {
        let bytes = try Self.bytes("models/llama-q4.gguf")
        let team = WorkerTeam(threadCount: 1)
        let head = (bytes.firstRange(of: Array("blk.1.ffn_down".utf8))?.lowerBound ?? 4000)
        var random = SeededRandom(seed: 11)
        var opened = 0
        for _ in 0..<400 {
            let file = broken(bytes, in: 4..<head, &random)
            let isOpen = file.withUnsafeBytes { buffer in
                succeeds(path: "fuzzed") {
                    let source = try GGUFFile.open(staticBytes: buffer, name: "fuzzed")
                    let transformer = try Transformer(file: source, team: team)
                    let rows = [BatchRow(token: 1, cache: 0, wantsLogits: true)]
                    _ = try transformer.forward(rows, caches: [transformer.makeCache()])
                }
            }
            if isOpen { opened += 1 }
        }
        #expect((1..<400).contains(opened))
    }

    @Test func `broken and shortened safetensors give tensors or a sentence`() throws {
        let bytes = try Self.bytes("files/qwen2/model.safetensors")
        let head = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
        let folder = try ScratchFolder()
        var random = SeededRandom(seed: 5)
        func opens(_ file: [UInt8]) throws -> Bool {
            let path = try folder.write(file, as: "model.safetensors")
            return succeeds(path: path) {
                for entry in try SafetensorsFile(path: path).tensors {
                    for matrix in try entry.matrices() { _ = matrix.decodedRow(matrix.rowCount - 1) }
                }
            }
        }
        var opened = 0
        for _ in 0..<150 where try opens(broken(bytes, in: 0..<head, &random)) { opened += 1 }
        #expect((1..<150).contains(opened))
        for count in stride(from: 0, to: bytes.count, by: 997) { #expect(try !opens(Array(bytes[..<count]))) }
    }

    @Test func `a broken config.json gives a model or a sentence`() throws {
        let team = WorkerTeam(threadCount: 1)
        let names = [
            "qwen2", "gemma3", "phi3", "smollm3-unrotated", "llama-yarn", "granite-dense-hybrid", "lfm2-adjusted",
        ]
        for name in names {
            let bytes = try Self.bytes("files/\(name)/config.json")
            let folder = try ScratchFolder()
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/model.safetensors",
                withDestinationPath: Self.fixtures + "/files/\(name)/model.safetensors")
            var random = SeededRandom(seed: 23)
            var opened = 0
            for _ in 0..<60 {
                _ = try folder.write(broken(bytes, in: 0..<bytes.count, &random), as: "config.json")
                let isOpen = succeeds(path: folder.path) {
                    let transformer = try Transformer(file: ModelFiles.open(path: folder.path), team: team)
                    let rows = [BatchRow(token: 1, cache: 0, wantsLogits: true)]
                    _ = try transformer.forward(rows, caches: [transformer.makeCache()])
                }
                if isOpen { opened += 1 }
            }
            #expect((1..<60).contains(opened), "\(name)")
        }
    }

    private struct TokenizerText: Decodable { var tokenizer: String }

    @Test(arguments: ["qwen2", "llama2", "unigram-words", "gemma"])
    func `a broken tokenizer.json gives a tokenizer or a sentence`(name: String) throws {
        let text = try TokenizerFixture.decode(TokenizerText.self, "folders/\(name).json").tokenizer
        let bytes = Array(text.utf8)
        // Most of the file is the vocabulary; the rules stand in front of it.
        let rules = bytes.firstRange(of: Array("\"vocab\"".utf8))?.lowerBound ?? bytes.count
        let folder = try ScratchFolder()
        var random = SeededRandom(seed: 99)
        var opened = 0
        func opens(_ file: [UInt8]) throws -> Bool {
            _ = try folder.write(file, as: "tokenizer.json")
            return succeeds(path: folder.path) {
                let vocabulary = try Vocabulary(folder: folder.path, tokenCount: nil)
                let tokenizer = try Tokenizer(vocabulary: vocabulary, path: folder.path)
                let ids = tokenizer.encodeForModel("Hello  wörld <|end|> e\u{301} 日本 😀\n\t12", parseSpecial: true)
                _ = tokenizer.decode(ids)
            }
        }
        for round in 0..<60 where try opens(broken(bytes, in: 0..<(round % 2 == 0 ? rules : bytes.count), &random)) {
            opened += 1
        }
        #expect((1..<60).contains(opened))
        for count in stride(from: 0, to: bytes.count, by: 1999) { #expect(try !opens(Array(bytes[..<count]))) }
    }

    @Test(arguments: [
        "{% for i in range(10**9) %}x{% endfor %}", "{{ range(10**9)|list }}", "{{ 'a' * 10**12 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro a() %}{{ b() }}{% endmacro %}"
            + "{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}", "{{ 10**10**10 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "{% if %}", "{{ x.y.z }",
    ])
    func `a chat template inside a GGUF file that would run for ever gets a sentence`(text: String) throws {
        var builder = GGUFBuilder.sample
        builder.add(key: "tokenizer.chat_template", string: text)
        let folder = try ScratchFolder()
        let file = try folder.open(builder.bytes)
        let source = try file.string("tokenizer.chat_template")
        let error = try #require(throws: ChatTemplateError.self) {
            let template = try ChatTemplate(source: source, model: file.path, bosText: "", eosText: "")
            _ = try template.render([Message(.user, "x")], addGenerationPrompt: true)
        }
        #expect(error.description.contains("the model's chat template cannot be used: "))
    }

    @Test func `a broken chat template gives a text or a sentence`() throws {
        let text =
            "{%- set ns = namespace(n=0) -%}{% for m in messages %}{% if m['role'] == 'system' and loop.first %}"
            + "<<{{ m.content | trim }}>>{% else %}{{ '[' + m['role'] + ']' ~ m.content[:20] }}{% set ns.n = ns.n + 1 %}"
            + "{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant]{{ ns.n }}{% endif %}"
        var random = SeededRandom(seed: 3)
        var rendered = 0
        for _ in 0..<150 {
            let source = String(
                decoding: broken(Array(text.utf8), in: 0..<text.utf8.count, &random), as: UTF8.self)
            do {
                let template = try ChatTemplate(source: source, model: "m", bosText: "", eosText: "")
                _ = try template.render([Message(.user, "x")], addGenerationPrompt: true)
                rendered += 1
            } catch {
                #expect(error is ChatTemplateError)
            }
        }
        #expect((1..<150).contains(rendered))
    }
}
