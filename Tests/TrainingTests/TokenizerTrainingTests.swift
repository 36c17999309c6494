import Foundation
import Generation
import Inference
import Testing

@testable import Training

/// What the reference learned of a corpus.
private struct Case: Decodable, CustomTestStringConvertible {
    var corpus: String
    var size: Int
    var minFrequency: Int
    var specials: [String]
    var tokenCount: Int
    /// Pairs of tokens with a space between them.
    var merges: [String]
    /// The ids of each probe.
    var ids: [[TokenID]]

    var path: String { fixture("vocabulary/\(corpus)").path }
    var training: TokenizerTraining {
        TokenizerTraining(vocabularySize: size, minFrequency: minFrequency, specials: specials, threadCount: 2)
    }
    var testDescription: String { "\(corpus), \(size), \(minFrequency), \(specials)" }

    struct List: Decodable {
        var probes: [String]
        var cases: [Case]
    }

    static let list: List = {
        guard let data = try? Data(contentsOf: fixture("vocabulary/cases.json")),
            let list = try? JSONDecoder().decode(List.self, from: data)
        else { return List(probes: [], cases: []) }
        return list
    }()
}

extension TrainedVocabulary {
    fileprivate var mergeTexts: [String] {
        merges.map { String(decoding: tokens[$0.left] + [0x20] + tokens[$0.right], as: UTF8.self) }
    }
}

@Suite struct `Training a tokenizer on files` {
    @Test func `the cases of the reference are there`() {
        #expect(Case.list.cases.count == 30 && Case.list.probes.count == 6)
    }

    @Test(arguments: Case.list.cases)
    fileprivate func `merges and tokens are those of the reference`(_ reference: Case) throws {
        let vocabulary = try reference.training.train([reference.path]).vocabulary
        #expect(vocabulary.mergeTexts == reference.merges)
        #expect(vocabulary.tokens.count == reference.tokenCount)
    }

    @Test(arguments: Case.list.cases)
    fileprivate func `Copydesk reads the file, and gives a text the ids that the reference gives it`(
        _ reference: Case
    ) throws {
        let folder = try TemporaryFolder()
        _ = try reference.training.write([reference.path], to: folder.path + "/tokenizer.json")
        let tokenizer = try Tokenizer(
            vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path)
        #expect(tokenizer.vocabularySize == reference.tokenCount)
        for (probe, ids) in zip(Case.list.probes, reference.ids) {
            #expect(tokenizer.encode(probe, parseSpecial: true) == ids, "\(probe)")
        }
    }

    @Test func `the file has the bytes that the reference writes`() throws {
        let reference = try #require(Case.list.cases.first { $0.corpus == "mixed.txt" && $0.size == 310 })
        let folder = try TemporaryFolder()
        _ = try reference.training.write([reference.path], to: folder.path + "/new.json")
        let written = try Data(contentsOf: folder.url.appending(path: "new.json"))
        #expect(try written == Data(contentsOf: fixture("vocabulary/tokenizer.json")))
    }

    @Test(arguments: [1, 3], [1, 64, 1000, 1 << 20])
    func `the result depends neither on the threads nor on what is read at once`(threads: Int, blockBytes: Int) throws {
        for reference in Case.list.cases where reference.size == 420 || reference.corpus == "mixed.txt" {
            // A line of rows.jsonl that does not fit into a block makes the block longer.
            var training = reference.training
            training.threadCount = threads
            training.blockBytes = blockBytes
            training.roundBytes = 500
            let vocabulary = try training.train([reference.path]).vocabulary
            #expect(vocabulary.mergeTexts == reference.merges, "\(reference.testDescription)")
        }
    }

    @Test func `several files count together, each from its own beginning`() throws {
        let folder = try TemporaryFolder()
        let parts = ["the cat", "the cat\nthe", " cat the cat"]
        for (index, part) in parts.enumerated() {
            try Data(part.utf8).write(to: folder.url.appending(path: "\(index).txt"))
        }
        let training = TokenizerTraining(vocabularySize: 300, threadCount: 2)
        let result = try training.train((0..<3).map { "\(folder.path)/\($0).txt" })
        // "the" begins three texts; after the first file comes no space.
        #expect(result.words == 9 && result.differentWords == 4)
        #expect(result.bytes == parts.reduce(0) { $0 + $1.utf8.count })
    }

    @Test func `bytes that are no UTF-8 count as U+FFFD and are told`() throws {
        let folder = try TemporaryFolder()
        let broken: [UInt8] = Array("ab ".utf8) + [0xE4, 0xBD] + Array(" ab".utf8) + [0xFF, 0xFE] + Array("ab\n".utf8)
        try Data(broken).write(to: folder.url.appending(path: "broken.txt"))
        try Data("ab \u{FFFD} ab\u{FFFD}\u{FFFD}ab\n".utf8).write(to: folder.url.appending(path: "whole.txt"))
        let training = TokenizerTraining(vocabularySize: 300, threadCount: 1)
        let result = try training.train([folder.path + "/broken.txt"])
        let whole = try training.train([folder.path + "/whole.txt"])
        #expect(result.brokenPieces == 3 && whole.brokenPieces == 0)
        #expect(result.vocabulary.mergeTexts == whole.vocabulary.mergeTexts)
        #expect(result.vocabulary.merges.count > 4)
    }

    @Test(arguments: [1, 2, 3])
    func `if there are too many words, the rarest are forgotten at the same places with any number of threads`(
        threads: Int
    ) throws {
        let folder = try TemporaryFolder()
        var text = ""
        // Words of letters, so that each counts as one.
        for number in 0..<4000 {
            text +=
                " often " + String(String(number).map { Character(Unicode.Scalar(UInt8($0.asciiValue ?? 48) + 49)) })
        }
        try Data(text.utf8).write(to: folder.url.appending(path: "a.txt"))
        func trained(_ threads: Int) throws -> TokenizerTraining.Result {
            var training = TokenizerTraining(vocabularySize: 400, threadCount: threads)
            training.mostWords = 1000
            training.blockBytes = 256
            training.roundBytes = 4096
            return try training.train([folder.path + "/a.txt"])
        }
        let result = try trained(threads)
        #expect(result.forgottenWords > 2000 && result.differentWords <= 1000 + 4096 / 4)
        #expect(result.words == 8000)
        let merges = result.vocabulary.mergeTexts
        #expect(merges.contains("Ġof ten") || merges.contains("Ġoft en"))
        let alone = try trained(1)
        #expect(merges == alone.vocabulary.mergeTexts && result.forgottenWords == alone.forgottenWords)
    }

    @Test func `a training that is stopped writes nothing, and an existing file stays`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tokenizer.json"
        try Data("mine".utf8).write(to: URL(filePath: path))
        var training = TokenizerTraining(vocabularySize: 600, threadCount: 2)
        training.replaces = true
        let stopSignal = StopSignal()
        #expect(throws: CancellationError.self) {
            try training.write([fixture("vocabulary/english.txt").path], to: path, stopSignal: stopSignal) { progress in
                if case .merging = progress { stopSignal.raise() }
            }
        }
        #expect(stopSignal.isRaised)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tokenizer.json"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    }
}

@Suite struct `What a tokenizer cannot be trained on` {
    private static func sentence(
        _ content: [UInt8], named name: String = "a.txt", size: Int = 300, specials: [String] = []
    ) throws -> String {
        let folder = try TemporaryFolder()
        try Data(content).write(to: folder.url.appending(path: name))
        do {
            _ = try TokenizerTraining(vocabularySize: size, specials: specials, threadCount: 2)
                .train([folder.path + "/" + name])
            return "no error"
        } catch let error as VocabularyError {
            return error.description.replacing(folder.path + "/", with: "")
        }
    }

    private static let rule =
        " Each line holds a JSON object with text, with prompt and response, or with messages. Correct the line, or "
        + "remove it."

    @Test(arguments: [
        (#"{"text": 5}"#, "text is the number 5 and no string."),
        (#"{"prompt": "a"}"#, "it has neither text, nor prompt and response, nor messages."),
        (#"{"messages": {}}"#, "messages is an object and no array."),
        (#"{"messages": ["a"]}"#, "a message is a string and no object."),
        (#"{"messages": [{"content": 1}]}"#, "content is the number 1 and no string."),
        (#"[1]"#, "it is an array and no object."),
        (#"{"text": "a"#, "a string does not end at byte 11."),
    ])
    func `a row that is none is named with its line`(row: String, problem: String) throws {
        let text = #"{"text": "fine"}"# + "\n \n" + row + "\n"
        #expect(
            try Self.sentence(Array(text.utf8), named: "a.jsonl") == "a.jsonl, line 3: " + problem + Self.rule)
    }

    @Test func `of several bad rows the first is named, in whichever block it is`() throws {
        let folder = try TemporaryFolder()
        let lines = (1...300).map { $0 == 120 || $0 > 125 ? "{}" : #"{"text": "line \#($0)"}"# }
        let path = folder.path + "/a.jsonl"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: path))
        var training = TokenizerTraining(vocabularySize: 300, threadCount: 3)
        training.blockBytes = 40
        let problem = "it has neither text, nor prompt and response, nor messages"
        #expect(throws: VocabularyError.badRow(path: path, line: 120, problem: problem)) {
            try training.train([path])
        }
    }

    @Test func `files that are no text are refused`() throws {
        #expect(
            try Self.sentence([0xFF, 0xFE, 0x61, 0]) == "a.txt is UTF-16 and no UTF-8 text. Convert or unpack it first."
        )
        #expect(
            try Self.sentence([0x1F, 0x8B, 8, 0])
                == "a.txt is packed (gzip) and no UTF-8 text. Convert or unpack it first.")
        #expect(
            try Self.sentence([])
                == "The files hold no text, so there is nothing to learn from. Name other files.")
        #expect(throws: VocabularyError.isFolder(path: "/tmp")) {
            try TokenizerTraining(vocabularySize: 300, threadCount: 1).train(["/tmp"])
        }
        #expect(throws: VocabularyError.unreadable(path: "/none/a.txt", code: ENOENT)) {
            try TokenizerTraining(vocabularySize: 300, threadCount: 1).train(["/none/a.txt"])
        }
        #expect(throws: VocabularyError.noFiles) {
            try TokenizerTraining(vocabularySize: 300, threadCount: 1).train([])
        }
    }

    @Test func `a vocabulary needs room for the bytes and the special tokens`() throws {
        let text = Array("text".utf8)
        #expect(
            try Self.sentence(text, size: 255)
                == "A vocabulary of 255 tokens has no room for the 256 bytes. Ask for at least 256, and for more so that "
                + "something is learned.")
        #expect(
            try Self.sentence(text, size: 257, specials: ["<a>", "<b>", "<a>"])
                == "A vocabulary of 257 tokens has no room for the 256 bytes and 2 special tokens. Ask for at least 258, "
                + "and for more so that something is learned.")
        #expect(try Self.sentence(text, size: 258, specials: ["<a>", "<b>", "<a>"]) == "no error")
        #expect(
            try Self.sentence(text, size: .max)
                == "A vocabulary of 9223372036854775807 tokens is too large. Ask for at most 16777216.")
        #expect(
            try Self.sentence(text, specials: [""])
                == "A special token has no characters. Give it a name, such as <|end|>.")
        #expect(
            try Self.sentence(text, size: .min).hasPrefix("A vocabulary of -9223372036854775808 tokens has no room"))
    }

    @Test func `a line without a place to cut has a limit`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.txt"
        try Data(("fine\n" + String(repeating: "a", count: 5 << 20)).utf8).write(to: URL(filePath: path))
        let specials = SpecialTexts([])
        var blocks = TextBlocks([path], specials: specials, stopSignal: StopSignal())
        blocks.blockBytes = 1 << 10
        blocks.mostBytes = 1 << 20
        #expect(try blocks.next()?.bytes == Array("fine\n".utf8))
        #expect(throws: VocabularyError.tooLong(path: path, line: 2, mostBytes: 1 << 20)) { try blocks.next() }
        #expect(
            VocabularyError.tooLong(path: "a.txt", line: 2, mostBytes: 1 << 20).description
                == "a.txt, line 2: more than 1 MiB without a place to cut. Break the line, or leave the file out.")
    }
}
