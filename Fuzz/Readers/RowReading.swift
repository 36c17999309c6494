// Reads files of rows as data to train on, and encodes what comes out with the model in the program.

import Foundation
import Generation
import Inference
import Training

enum RowReading {
    private static let encoder: ExampleEncoder? = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/CEmbed/built-in.gguf").standardized.path
        var options = EncodingOptions(maxLength: 64)
        options.cutsPrompts = true
        return try? ExampleEncoder(model: ModelFiles.open(path: file), name: "built-in", options: options)
    }()

    /// As all kinds of files, where damaged rows are skipped; then as what it looks like, and strictly.
    static func read(_ bytes: [UInt8]) throws {
        let path = NSTemporaryDirectory() + "copydesk-fuzz-rows-\(getpid())"
        try Data(bytes).write(to: URL(filePath: path))
        defer { unlink(path) }
        for end: DocumentEnd in [.file, .blankLine, .line, .separator("---")] {
            try readSkipping(path, .text, end)
        }
        for format: CorpusFormat in [.json, .csv, .tsv] { try readSkipping(path, format, .file) }
        var options = CorpusOptions()
        if bytes.starts(with: Array("text".utf8)) || bytes.starts(with: Array("prompt".utf8)) { options.format = .csv }
        if bytes.first == UInt8(ascii: "[") { options.format = .json }
        _ = try read(path, options)
    }

    private static func readSkipping(_ path: String, _ format: CorpusFormat, _ end: DocumentEnd) throws {
        var options = CorpusOptions()
        (options.format, options.documentEnd, options.skipsDamaged) = (format, end, true)
        do {
            let (count, used) = try read(path, options)
            let rest = count.duplicates + count.dropped.values.reduce(0, +)
            precondition(count.read == used + rest, "a row that is neither used nor counted")
        } catch is CorpusError {
            // What is read strictly says it.
        }
    }

    private static func read(_ path: String, _ options: CorpusOptions) throws -> (count: CorpusCount, used: Int) {
        guard let encoder else { fatalError("the model in the program cannot be opened") }
        var reader = CorpusReader([.path(path)], options: options)
        var (last, used) = (-1, 0)
        try reader.forEach { row in
            precondition(row.number > last, "the numbers of rows rise")
            (last, used) = (row.number, used + 1)
            let encoded = try encoder.encode(row.row, number: row.number)
            precondition(encoded.examples.isEmpty == (encoded.dropped != nil), "a row without examples or reason")
            for example in encoded.examples {
                precondition((2...64).contains(example.tokens.count), "an example of another length than allowed")
                precondition(example.labelCount > 0 && example.weights[0] == 0, "an example without labels")
            }
        }
        return (reader.count, used)
    }
}
