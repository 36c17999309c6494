// Reads everything that comes from outside, from bytes to the end, for the fuzz targets and the tests of the corpora.
// - Whatever the bytes are, reading them ends in a result or in one of our sentences; anything else traps.

import Downloads
import Endpoints
import Foundation
import Generation
import Grammar
import Importing
import Inference
import Settings
import Tensors
import Training
import YAMLReading

/// The readers, one for each kind of file.
public enum FuzzReader: String, CaseIterable, Sendable {
    /// A GGUF file. If it is a model, it writes four tokens.
    case gguf
    /// Files of a model folder whose other files are valid.
    case safetensors, config, index, tokenizer
    /// An adapter in GGUF format, or a file of an adapter's folder.
    case adapter
    /// A model's chat template.
    case template
    case grammar, schema
    /// The file of settings; a value is set in it and removed again.
    case settings
    /// The answer of a server: a stream of events with JSON; the body of a failure.
    case events, failure
    /// What a server of models answers: headers, and the JSON of a Hub or of Ollama's registry.
    case hub
    /// A file of another program: conversations, a character, an archive of them.
    case importFile = "import"
    /// A file of rows to train on, read as text, JSON Lines and CSV.
    case rows

    /// - Returns: the error's sentence; nil if the bytes could be read.
    public func complaint(_ bytes: [UInt8]) -> String? {
        do {
            try read(bytes)
            return nil
        } catch {
            precondition(Self.isOurs(error), "an error of another kind: \(error)")
            let sentence = "\(error)"
            precondition(!sentence.isEmpty, "an error without a sentence")
            return sentence
        }
    }

    private static func isOurs(_ error: any Error) -> Bool {
        error is ModelFileError || error is AdapterError || error is ModelError || error is ChatTemplateError
            || error is GrammarError
            || error is JSONSchemaError || error is LocalGeneratorError || error is FileProblem
            || error is ServerFailure || error is EventStreamError
            || error is DownloadError || error is UnreadableAnswer || error is ImportError
            || error is CorpusError
    }

    private func read(_ bytes: [UInt8]) throws {
        switch self {
        case .gguf: try readGGUF(bytes)
        case .safetensors: try ModelFolder.shared.read(bytes, as: "model.safetensors")
        case .config: try ModelFolder.shared.read(bytes, as: "config.json")
        case .index: try ModelFolder.shared.read(bytes, as: "model.safetensors.index.json")
        case .tokenizer: try readTokenizer(bytes)
        case .adapter: try AdapterReading.read(bytes)
        case .template: try readTemplate(bytes)
        case .grammar: try Self.match(GBNFGrammar(String(decoding: bytes, as: UTF8.self)))
        case .settings: try readSettings(bytes)
        case .events: try ServerReading.readStream(bytes)
        case .failure: try ServerReading.readFailure(bytes)
        case .hub: try ServerAnswer.read(bytes)
        case .importFile: try ImportReading.read(bytes)
        case .rows: try RowReading.read(bytes)
        case .schema: try Self.match(JSONSchemaGrammar(String(decoding: bytes, as: UTF8.self)).grammar)
        }
    }

    private func readGGUF(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            let file = try GGUFFile.open(staticBytes: buffer, name: "fuzzed.gguf")
            try Self.readTensors(file)
            for key in file.metadata.keys {
                _ = try? file.optionalIntArray(key)
                _ = try? file.optionalFloatArray(key)
                _ = try? file.byteStrings(key)
            }
            try Self.write(file)
        }
    }

    static func readTensors(_ source: any ModelSource) throws {
        for name in source.tensorNames {
            for matrix in try source.weights(name) { _ = matrix.decodedRow(matrix.rowCount - 1) }
        }
    }

    /// Lets the model answer "hello", with the usual sampling and greedily.
    private static func write(_ source: any ModelSource) throws {
        let generator = try LocalGenerator(file: source, name: "fuzzed", threadCount: 1)
        for temperature: Float in [0.8, 0] {
            var request = GenerationRequest(prompt: .chat([Message(.user, "hello")]), variantCount: 2, seed: 1)
            request.sampling.temperature = temperature
            request.sampling.maxTokens = 4
            let outcome = Outcome()
            let done = DispatchSemaphore(value: 0)
            Task { [request] in
                do {
                    for try await _ in generator.generate(request, stopSignal: StopSignal()) {}
                } catch {
                    outcome.error = error
                }
                done.signal()
            }
            done.wait()
            if let error = outcome.error { throw error }
        }
    }

    private func readSettings(_ bytes: [UInt8]) throws {
        let settings = UserSettings(bytes: bytes, file: "config.yaml")
        if let editor = try? SettingsEditor(bytes: bytes, file: "config.yaml") {
            for name in ["model", "sampling.stop", "per_model.a.sampling.top_k", "lexicon.must", "brand.tone"] {
                let key = try SettingKey(name)
                guard let value = key.setting?.example, let text = try? editor.setting(key, to: value) else { continue }
                let edited = UserSettings(bytes: Array(text.utf8), file: "config.yaml")
                precondition(edited.value(key) == value, "a value that is set is read back")
                _ = try? SettingsEditor(bytes: Array(text.utf8), file: "config.yaml").removing(key)
            }
        }
        if let problem = settings.problems.first { throw problem }
    }

    private func readTokenizer(_ bytes: [UInt8]) throws {
        try ModelFolder.shared.put(bytes, as: "tokenizer.json")
        let path = ModelFolder.shared.path
        let tokenizer = try Tokenizer(vocabulary: Vocabulary(folder: path, tokenCount: nil), path: path)
        for text in ["Hello  wörld <|end|> e\u{301} 日本 😀\n\t12", String(repeating: "ab ", count: 200)] {
            _ = tokenizer.decode(tokenizer.encodeForModel(text, parseSpecial: true))
        }
    }

    private func readTemplate(_ bytes: [UInt8]) throws {
        let template = try ChatTemplate(
            source: String(decoding: bytes, as: UTF8.self), model: "fuzzed.gguf", bosText: "<s>", eosText: "</s>")
        _ = try template.render(
            [Message(.system, "Be brief."), Message(.user, "Hello"), Message(.assistant, "Hi"), Message(.user, "é\n")],
            addGenerationPrompt: true)
    }

    /// A token for each byte, and some longer ones.
    private static let tokens: [[UInt8]] =
        (0...255).map { [$0] } + (1..<64).map { Array("\"a\": [1, {\"b\": \($0)".utf8.prefix($0 % 15 + 1)) }

    private static let trie = TokenTrie(vocabularySize: tokens.count) { tokens[Int($0)] }

    /// Writes a text of the grammar, first always with the first allowed token, then with others.
    private static func match(_ grammar: GBNFGrammar) throws {
        for pace in [1, 7] {
            var matcher = GrammarMatcher(grammar)
            for step in 0..<24 {
                let mask = try matcher.allowedTokens(in: trie)
                let allowed = tokens.indices.filter { mask[TokenID($0)] }
                precondition(!allowed.isEmpty || matcher.isComplete, "every text can be completed")
                guard !allowed.isEmpty else { break }
                let isAccepted = matcher.accept(tokens[allowed[step * pace % allowed.count]])
                precondition(isAccepted, "what is allowed is accepted")
            }
        }
    }
}

/// Sendable without checks, because the semaphore orders the write before the read.
private final class Outcome: @unchecked Sendable {
    var error: (any Error)?
}
