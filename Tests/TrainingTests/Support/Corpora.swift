import Foundation
import Generation
import Inference
import Tensors

@testable import Training

/// The model in the program: small, with a chat template of <|im_start|> and <|im_end|>.
func builtInModel() throws -> any ModelSource {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    return try ModelFiles.open(path: repository.appending(path: "Sources/CEmbed/built-in.gguf").path)
}

/// A model with another chat template, or with none.
struct Retemplated: ModelOverlay {
    let base: any ModelSource
    var metadata: [String: MetadataValue]

    init(_ base: any ModelSource, template: String?) {
        self.base = base
        metadata = base.metadata
        metadata["tokenizer.chat_template"] = template.map { .string(Array($0.utf8)) }
    }
}

/// What a reader makes of files.
struct ReadCorpus {
    var rows: [NumberedRow] = []
    var count = CorpusCount()

    /// - Parameter files: contents by name; folders in names are made.
    init(_ files: [(name: String, text: String)], _ change: (inout CorpusOptions) -> Void = { _ in }) throws {
        try self.init(files.map { ($0.name, Array($0.text.utf8)) }, change)
    }

    init(_ files: [(name: String, bytes: [UInt8])], _ change: (inout CorpusOptions) -> Void = { _ in }) throws {
        let folder = try TemporaryFolder()
        var options = CorpusOptions()
        change(&options)
        var inputs: [CorpusInput] = []
        for (name, bytes) in files {
            try Data(bytes).write(to: folder.url.appending(path: name))
            inputs.append(.path("\(folder.path)/\(name)"))
        }
        try self.init(inputs, options)
    }

    init(_ inputs: [CorpusInput], _ options: CorpusOptions = CorpusOptions()) throws {
        var reader = CorpusReader(inputs, options: options)
        var rows: [NumberedRow] = []
        try reader.forEach { row, _ in
            rows.append(row)
            return nil
        }
        self.rows = rows
        count = reader.count
    }

    var texts: [String] {
        rows.compactMap { if case .text(let text, _, _) = $0.row { text } else { nil } }
    }
}

/// The sentence of the error that some work ends with; "" if it ends well.
func sentence(of work: () throws -> Void) -> String {
    do {
        try work()
        return ""
    } catch {
        return "\(error)"
    }
}

extension ExampleEncoder {
    /// The tokens of an example as text, each learned one in brackets.
    func shown(_ example: EncodedExample) -> String {
        zip(example.tokens, example.weights).map { token, weight in
            let text = String(decoding: bytes(of: token), as: UTF8.self)
            return weight > 0 ? "[\(text)]" : text
        }.joined(separator: "|")
    }

    /// The text that is learned.
    func learned(_ example: EncodedExample) -> String {
        String(
            decoding: zip(example.tokens, example.weights).flatMap { $1 > 0 ? bytes(of: $0) : [] }, as: UTF8.self)
    }
}
