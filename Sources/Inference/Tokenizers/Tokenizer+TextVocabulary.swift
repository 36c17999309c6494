// A model's tokenizer as grammars and decoding see it.

import Generation

extension Tokenizer: TextVocabulary {
    package func textBytes(of token: TokenID) -> [UInt8] { bytes(of: token, hidingControl: true) }
    package func appendText(of token: TokenID, to bytes: inout [UInt8]) {
        append(textOf: token, hidingControl: true, to: &bytes)
    }
    package func name(of token: TokenID) -> String { String(decoding: bytes(of: token), as: UTF8.self) }
    package func tokens(writing text: [UInt8]) -> [TokenID] { encode(text, parseSpecial: false) }

    package var specialTokens: [TokenID] {
        (0..<TokenID(clamping: vocabularySize)).filter { id in
            switch vocabulary.type(of: id) {
            case .control, .unknown, .unused: true
            case .userDefined: SpecialNames.holds(bytes(of: id))
            case .undefined, .normal, .byte: endTokens.contains(id)
            }
        }
    }
}

/// The names of tokens that a file calls user-defined although they are no text.
/// HTML tags, runs of spaces and the markers of a model's thoughts are text, or have a meaning of their own.
private enum SpecialNames {
    private static let beginnings = [
        "unused", "reserved", "pad", "mask", "unk", "multimodal", "image", "audio", "video", "extra_id",
    ].map { Array($0.utf8) }

    /// True for names such as `<start_of_image>`, `<|box|>`, `</tool_call>`, `[multimodal]`.
    static func holds(_ name: [UInt8]) -> Bool {
        guard name.count > 2, let first = name.first, let last = name.last,
            first == UInt8(ascii: "<") && last == UInt8(ascii: ">")
                || first == UInt8(ascii: "[") && last == UInt8(ascii: "]")
        else { return false }
        let inner = name[1..<(name.count - 1)].drop { $0 == UInt8(ascii: "/") }
        guard inner.allSatisfy({ (0x21..<0x7F).contains($0) && $0 != first && $0 != last }) else { return false }
        if inner.first == UInt8(ascii: "|"), inner.last == UInt8(ascii: "|") { return true }
        if first == UInt8(ascii: "<"), inner.contains(UInt8(ascii: "_")) { return true }
        let lower = inner.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return beginnings.contains { lower.starts(with: $0) }
    }
}
