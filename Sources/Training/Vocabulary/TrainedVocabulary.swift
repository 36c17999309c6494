// What a trained tokenizer knows, as tokenizer.json.
// - The file has the bytes that Hugging Face's tokenizers 0.23 write for the same tokenizer.

/// Tokens and merges of a byte-level tokenizer.
public struct TrainedVocabulary: Sendable {
    /// The text of each token by its id, in UTF-8: the special tokens, the bytes in GPT-2's alphabet, and what is merged.
    public var tokens: [[UInt8]]
    /// The two tokens of each merge, in the order in which they are merged.
    public var merges: [(left: Int, right: Int)]
    /// How many of the tokens are special; they come first.
    public var specialCount: Int

    init(_ merging: PairMerging, specialCount: Int) {
        tokens = merging.symbols.texts
        self.specialCount = specialCount
        // A pair may be merged a second time if its text came about in two ways; then the later place counts.
        var last: [SymbolPair: Int] = [:]
        for (place, pair) in merging.merges.enumerated() { last[pair] = place }
        merges = merging.merges.enumerated().filter { last[$1] == $0 }.map { (Int($1.left), Int($1.right)) }
    }

    /// The text of tokenizer.json.
    public var json: [UInt8] {
        var writer = JSONText()
        writer.add("{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": ")
        writer.addList(0..<specialCount, indent: 2, "[", "]") { writer, id in
            writer.add("{\n      \"id\": \(id),\n      \"content\": ")
            writer.addString(tokens[id])
            for rule in ["single_word", "lstrip", "rstrip", "normalized"] { writer.add(",\n      \"\(rule)\": false") }
            writer.add(",\n      \"special\": true\n    }")
        }
        writer.add(",\n  \"normalizer\": null,\n  \"pre_tokenizer\": ")
        writer.add(Self.byteLevel(addsPrefixSpace: false))
        writer.add(",\n  \"post_processor\": null,\n  \"decoder\": ")
        writer.add(Self.byteLevel(addsPrefixSpace: true))
        writer.add(",\n  \"model\": {\n    \"type\": \"BPE\"")
        for field in ["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"] {
            writer.add(",\n    \"\(field)\": null")
        }
        for field in ["fuse_unk", "byte_fallback", "ignore_merges"] { writer.add(",\n    \"\(field)\": false") }
        writer.add(",\n    \"vocab\": ")
        writer.addList(tokens.indices, indent: 4, "{", "}") { writer, id in
            writer.addString(tokens[id])
            writer.add(": \(id)")
        }
        writer.add(",\n    \"merges\": ")
        writer.addList(merges.indices, indent: 4, "[", "]") { writer, index in
            writer.add("[\n        ")
            writer.addString(tokens[merges[index].left])
            writer.add(",\n        ")
            writer.addString(tokens[merges[index].right])
            writer.add("\n      ]")
        }
        writer.add("\n  }\n}")
        return writer.bytes
    }

    private static func byteLevel(addsPrefixSpace: Bool) -> String {
        "{\n    \"type\": \"ByteLevel\",\n    \"add_prefix_space\": \(addsPrefixSpace),\n"
            + "    \"trim_offsets\": true,\n    \"use_regex\": true\n  }"
    }
}

/// Indented JSON.
private struct JSONText {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ text: String) { bytes += text.utf8 }

    /// - Parameter text: UTF-8.
    mutating func addString(_ text: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): add("\\\"")
            case UInt8(ascii: "\\"): add("\\\\")
            case 0x08: add("\\b")
            case 0x09: add("\\t")
            case 0x0A: add("\\n")
            case 0x0C: add("\\f")
            case 0x0D: add("\\r")
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                add("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Items of an array or object, each on lines of its own.
    /// - Parameter indent: of the closing bracket, in spaces.
    mutating func addList(
        _ items: Range<Int>, indent: Int, _ open: String, _ close: String, _ item: (inout JSONText, Int) -> Void
    ) {
        add(open)
        let space = String(repeating: " ", count: indent)
        for index in items {
            add(index == items.lowerBound ? "\n\(space)  " : ",\n\(space)  ")
            item(&self, index)
        }
        if !items.isEmpty { add("\n\(space)") }
        add(close)
    }
}
