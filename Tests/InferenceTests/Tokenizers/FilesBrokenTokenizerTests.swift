import Foundation
import Testing

@testable import Inference

/// The known ways in which tokenizer.json and chat_template.jinja are broken, one by one: each gets a sentence that
/// names the field.
struct FilesBrokenTokenizerTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func complaint(tokenizer text: String) throws -> String {
        _ = try folder.write(Array(text.utf8), as: "tokenizer.json")
        return folder.sentence(
            try #require(throws: ModelFileError.self) {
                _ = try Tokenizer(vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path)
            })
    }

    @Test func `tokenizer nested 10000 deep`() throws {
        let deep = String(repeating: #"{"normalizer":"#, count: 10_000)
        #expect(try complaint(tokenizer: deep).contains("values are nested deeper than 128"))
        #expect(
            try complaint(tokenizer: String(repeating: "[", count: 10_000))
                .contains("values are nested deeper than 128"))
    }

    @Test(arguments: ["1e400", "-1", "0.5", "99999999999999999999", "1e18", "\"1\"", "null", "[1]"])
    func `tokenizer whose ids are no ids`(id: String) throws {
        let sentence = try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":\#(id)},"merges":[]}}"#)
        #expect(sentence.hasPrefix("tokenizer.json: ") && sentence.contains("token's id"))
        let added = try complaint(
            tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0}},"added_tokens":[{"id":\#(id),"content":"b"}]}"#)
        #expect(added.hasPrefix("tokenizer.json: "))
    }

    @Test func `tokenizer with merges that are no pairs`() throws {
        for merge in ["[1,2]", #"["a"]"#, #"["a","b","c"]"#, "7", #""a""#, #""a a a""#, #""""#] {
            #expect(
                try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[\#(merge)]}}"#)
                    == "tokenizer.json: model.merges cannot be read: a merge is not a pair. "
                    + "The file is damaged: download it again.")
        }
    }

    @Test(arguments: [#"["a","x"]"#, #"["x","a"]"#, #"["a","b"]"#, #""b a""#, #""a ""#, #""  a""#, #"["a","b c"]"#])
    func `tokenizer with merges of tokens that it does not have`(merge: String) throws {
        let sentence = try complaint(
            tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0,"b":1,"aa":2},"merges":["a a",\#(merge)]}}"#)
        if merge.contains("  a") {
            #expect(sentence.contains("model.merges cannot be read: a merge is not a pair."))
            return
        }
        let pair = merge.filter { !#"[]""#.contains($0) }.replacingOccurrences(of: ",", with: " ")
        #expect(
            sentence
                == "tokenizer.json: model.merges cannot be read: the merge '\(pair)' has or makes a token that is not in "
                + "model.vocab. The file is damaged: download it again.")
    }

    @Test func `tokenizer whose merges begin with a version`() throws {
        _ = try folder.write(
            Array(##"{"model":{"type":"BPE","vocab":{"a":0,"aa":1},"merges":["#version: 0.2","a a"]}}"##.utf8),
            as: "tokenizer.json")
        #expect(try Vocabulary(folder: folder.path, tokenCount: nil).merges.count == 1)
    }

    @Test func `tokenizer that is no UTF-8 text`() throws {
        var bytes = Array(#"{"model":{"type":"BPE","vocab":{"é":0},"merges":[]}}"#.utf8)
        bytes[try #require(bytes.firstIndex(of: 0xC3))] = 0x43
        _ = try folder.write(bytes, as: "tokenizer.json")
        let error = try #require(throws: ModelFileError.self) {
            _ = try Vocabulary(folder: folder.path, tokenCount: nil)
        }
        #expect(
            folder.sentence(error)
                == "tokenizer.json: the JSON cannot be read: it is not UTF-8 text at byte 34. "
                + "The file is damaged: download it again.")
    }

    @Test func `a template that is no UTF-8 text`() throws {
        _ = try folder.write([0x61, 0xFF], as: "chat_template.jinja")
        let error = try #require(throws: ModelFileError.self) { _ = try FolderFiles.chatTemplate(folder.path) }
        #expect(
            folder.sentence(error)
                == "chat_template.jinja: the template cannot be read: it is not UTF-8 text. "
                + "The file is damaged: download it again.")
    }

    @Test func `tokenizer with two tokens of one id`() throws {
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}}"#)
                == "tokenizer.json: model.vocab cannot be read: the tokens 'a' and 'b' have the same id, 0. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint(
                tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"#
                    + #""added_tokens":[{"id":0,"content":"a"},{"id":0,"content":"<s>"}]}"#)
                == "tokenizer.json: added_tokens cannot be read: the tokens 'a' and '<s>' have the same id, 0. "
                + "The file is damaged: download it again.")
    }

    @Test(arguments: [-1, 2, 1 << 40])
    func `tokenizer whose unknown piece is none`(id: Int) throws {
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"Unigram","vocab":[["a",0],["b",-1]],"unk_id":\#(id)}}"#)
                == "tokenizer.json: key 'model.unk_id' is \(id); it must be below the number of tokens, 2. "
                + "The file is damaged: convert or download it again.")
    }

    @Test(arguments: [
        (#""model":{"type":"BPE","vocab":"x","merges":[]}"#, "model.vocab", "an object", "a string"),
        (#""model":{"type":"Unigram","vocab":{"a":0}}"#, "model.vocab", "a list", "an object"),
        (#""model":{"type":"BPE","vocab":{"a":0},"merges":"x"}"#, "model.merges", "a list", "a string"),
        (#""model":{"type":5,"vocab":{"a":0},"merges":[]}"#, "model.type", "a string", "the number 5"),
        (#""model":"x""#, "model", "an object", "a string"),
        (#""added_tokens":"x""#, "added_tokens", "a list of objects", "a string"),
        (#""added_tokens":["x"]"#, "added_tokens", "a list of objects", "a list with a string"),
        (
            #""added_tokens":[{"id":1,"content":"b","special":"x"}]"#, "added_tokens.special", "true or false",
            "a string"
        ),
        (#""normalizer":"NFC""#, "normalizer", "an object", "a string"),
        (#""normalizer":{"type":"Prepend","prepend":5}"#, "normalizer.prepend", "a string", "the number 5"),
        (#""pre_tokenizer":{"type":"Split","pattern":"x"}"#, "pre_tokenizer.pattern", "an object", "a string"),
        (
            #""pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":"x"}]}"#,
            "pre_tokenizer.pretokenizers.individual_digits", "true or false", "a string"
        ),
        (
            #""post_processor":{"type":"TemplateProcessing","single":"x"}"#, "post_processor.single",
            "a list of objects", "a string"
        ),
    ])
    func `tokenizer with values of a wrong type`(part: String, key: String, expected: String, found: String) throws {
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},\#(part)}"#)
                == "tokenizer.json: key '\(key)' should be \(expected) and is \(found). "
                + "The file is damaged: convert or download it again.")
    }

    @Test(arguments: [
        (#""model":{"type":"BPE","merges":[]}"#, "model.vocab"),
        (#""model":{"type":"BPE","vocab":{"a":0}}"#, "model.merges"), (#""model":null"#, "model"),
        (#""pre_tokenizer":{"type":"Split","pattern":{}}"#, "pre_tokenizer.pattern.String"),
        (#""normalizer":{"type":"Replace","content":""}"#, "normalizer.pattern"),
    ])
    func `tokenizer without what it needs`(part: String, key: String) throws {
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},\#(part)}"#)
                == "tokenizer.json: has no key '\(key)', which is needed to run the model. "
                + "The file is incomplete: convert or download it again.")
    }

    @Test func `tokenizer whose table of characters is none`() throws {
        for map in ["?", "AAAA", "/////w=="] {
            #expect(
                try complaint(
                    tokenizer: #"{"model":{"type":"Unigram","vocab":[["a",0]]},"#
                        + #""normalizer":{"type":"Precompiled","precompiled_charsmap":"\#(map)"}}"#)
                    == "tokenizer.json: normalizer.precompiled_charsmap cannot be read: it is not a valid table. "
                    + "The file is damaged: download it again.")
        }
    }

    @Test func `tokenizer with names that stand twice takes the last`() throws {
        let text =
            #"{"model":{"type":"BPE","vocab":{"b":0,"b":1,"a":2,"ab":3},"merges":[],"merges":["a b"]},"#
            + #""decoder":{"type":"ByteLevel"},"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false}}"#
        _ = try folder.write(Array(text.utf8), as: "tokenizer.json")
        let tokenizer = try Tokenizer(
            vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path)
        #expect(tokenizer.encode("a", parseSpecial: true) == [2])
        #expect(tokenizer.encode("ab", parseSpecial: true) == [3])
        #expect(tokenizer.vocabularySize == 4)
    }

    @Test func `tokenizer whose replacements feed each other`() throws {
        let step = #"{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaa"}"#
        let steps = Array(repeating: step, count: 30).joined(separator: ",")
        #expect(
            try complaint(
                tokenizer: #"{"normalizer":{"type":"Sequence","normalizers":[\#(steps)]},"#
                    + #""model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#)
                == "tokenizer.json: normalizer cannot be read: its replacements can make a text more than 64 times longer. "
                + "The file is damaged: download it again.")
    }

    @Test(arguments: [
        ("normalizer", "normalizers", "NFKC"), ("pre_tokenizer", "pretokenizers", "Digits"),
        ("decoder", "decoders", "Fuse"),
    ])
    func `tokenizer of more steps than any text can take`(field: String, list: String, type: String) throws {
        func text(_ count: Int) -> String {
            let steps = Array(repeating: #"{"type":"\#(type)"}"#, count: count).joined(separator: ",")
            return #"{"\#(field)":{"type":"Sequence","\#(list)":[\#(steps)]},"#
                + #""model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
        }
        #expect(
            try complaint(tokenizer: text(20_000))
                == "tokenizer.json: \(field) cannot be read: it has 20000 steps, and at most 100 are allowed. "
                + "The file is damaged: download it again.")
        _ = try folder.write(Array(text(100).utf8), as: "tokenizer.json")
        _ = try Vocabulary(folder: folder.path, tokenCount: nil)
    }

    @Test func `tokenizer whose steps add more than any text is`() throws {
        func text(_ count: Int) -> String {
            let step = #"{"type":"Prepend","prepend":"\#(String(repeating: "a", count: count))"}"#
            return #"{"normalizer":{"type":"Sequence","normalizers":[\#(step),\#(step)]},"#
                + #""model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
        }
        #expect(
            try complaint(tokenizer: text(50_000))
                == "tokenizer.json: normalizer cannot be read: its steps add 100000 bytes to a text, and at most 65536 are "
                + "allowed. The file is damaged: download it again.")
        _ = try folder.write(Array(text(32_768).utf8), as: "tokenizer.json")
        _ = try Vocabulary(folder: folder.path, tokenCount: nil)
    }

    @Test func `tokenizer of an unknown kind is named`() throws {
        #expect(
            try complaint(
                tokenizer:
                    #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"UnicodeScripts"}}"#)
                == "tokenizer.json: pre_tokenizer is 'UnicodeScripts', which is not supported. "
                + "Use a model with one of ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, "
                + "BertPreTokenizer, CharDelimiterSplit, Metaspace.")
        #expect(
            try complaint(
                tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"#
                    + #""pre_tokenizer":{"type":"Split","pattern":{"Regex":"a(?#b)"}}}"#)
                == "tokenizer.json: pre_tokenizer.pattern is 'a(?#b)' with "
                + "'a group that begins with '(?' and then not with :, i, =, !, <=, <! or >', which is not supported. "
                + "Use a model with one of the usual expressions.")
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0}},"decoder":{"type":"CTC"}}"#)
                .hasPrefix("tokenizer.json: decoder is 'CTC', which is not supported."))
        #expect(
            try complaint(
                tokenizer:
                    #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"normalizer":{"type":"BertNormalizer"}}"#
            ).hasPrefix("tokenizer.json: normalizer is 'BertNormalizer', which is not supported."))
    }
}
