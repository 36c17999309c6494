// Text to tokens and back.
// - Works on bytes: tokens are compared as bytes, and the bytes of a text's tokens together are the text.
// - Immutable, so many threads may use one.

import Generation

/// A model's tokenizer, read from its own file.
public final class Tokenizer: Sendable {
    public let vocabulary: Vocabulary
    public let bosID: TokenID?
    public let eosID: TokenID?
    /// Tokens that end a text: end of text, of turn, of message.
    public let endTokens: Set<TokenID>

    /// Those of them that the file lists among the words.
    private let unmarkedEndTokens: Set<TokenID>
    private let tokens: TokenTable
    private let special: SpecialTokens
    /// Tokens that are searched in normalized text.
    private let normalizedSpecial: SpecialTokens?
    private let encoder: TextEncoder

    /// - Throws: `ModelFileError`, which names the missing or unsupported part of the file.
    public convenience init(file: some ModelSource) throws {
        try self.init(vocabulary: Vocabulary(of: file), path: file.path)
    }

    /// - Parameter path: the file's name, for messages.
    public init(vocabulary: Vocabulary, path: String) throws {
        self.vocabulary = vocabulary
        tokens = TokenTable(vocabulary.tokens)
        special = SpecialTokens(vocabulary)
        normalizedSpecial = vocabulary.pipeline.map { SpecialTokens(vocabulary, normalizedBy: $0.normalized) }
        encoder = try TextEncoder(vocabulary, tokens: tokens, path: path)
        bosID = vocabulary.bosID
        eosID = vocabulary.eosID
        let ends = EndTokens.find(vocabulary, tokens)
        endTokens = ends
        unmarkedEndTokens = ends.filter { ![.control, .unknown].contains(vocabulary.type(of: $0)) }
    }

    public var vocabularySize: Int { vocabulary.tokens.count }

    /// The tokens of a text, without those at its beginning or end.
    /// - Parameter text: UTF-8; each broken piece counts as U+FFFD, as in Hugging Face's tokenizers.
    /// - Parameter parseSpecial: true if names of control tokens in the text, such as <|im_end|>, become those tokens.
    /// - Parameter keepingBrokenBytes: true to keep bytes that are not UTF-8 and compose nothing, so that decoding
    ///   gives
    ///   the same bytes.
    /// - Parameter continues: true if the text goes on after other text, so that no space is put before it.
    public func encode(
        _ text: [UInt8], parseSpecial: Bool, keepingBrokenBytes: Bool = false, continues: Bool = false
    ) -> [TokenID] {
        let text = keepingBrokenBytes ? text : UTF8Repair.repaired(text)
        var ids: [TokenID] = []
        var followsText = continues
        for part in special.parts(text, parseSpecial: parseSpecial) {
            switch part {
            case .token(let id):
                ids.append(id)
                followsText = false
            case .text(let range):
                if let pipeline = vocabulary.pipeline {
                    encode(text, range, pipeline, parseSpecial: parseSpecial, continues: continues, into: &ids)
                } else if vocabulary.composes, !keepingBrokenBytes {
                    let composed = TextNormalization.composed.apply(to: Array(text[range]))
                    encoder.encode(
                        composed, 0..<composed.count, spacePrefix: vocabulary.addsSpacePrefix && !followsText,
                        into: &ids)
                } else {
                    encoder.encode(text, range, spacePrefix: vocabulary.addsSpacePrefix && !followsText, into: &ids)
                }
                followsText = true
            }
        }
        return ids
    }

    private func encode(
        _ text: [UInt8], _ range: Range<Int>, _ pipeline: TextPipeline, parseSpecial: Bool, continues: Bool,
        into ids: inout [TokenID]
    ) {
        let normal = pipeline.normalized(Array(text[range]))
        let parts = normalizedSpecial?.parts(normal, parseSpecial: parseSpecial) ?? [.text(0..<normal.count)]
        for part in parts {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let part):
                let isFirst = !continues && range.lowerBound == 0 && part.lowerBound == 0
                for piece in pipeline.pieces(of: Array(normal[part]), isFirst: isFirst) {
                    encoder.encode(piece, into: &ids)
                }
            }
        }
    }

    public func encode(_ text: String, parseSpecial: Bool) -> [TokenID] {
        encode(Array(text.utf8), parseSpecial: parseSpecial)
    }

    /// The tokens of a text, with those that the file puts at its beginning and end.
    public func encodeForModel(_ text: [UInt8], parseSpecial: Bool) -> [TokenID] {
        var ids = encode(text, parseSpecial: parseSpecial)
        // A chat template may have written the token already.
        if ids.first != bosID { ids.insert(contentsOf: vocabulary.beginIDs, at: 0) }
        if vocabulary.addsEOS, let eosID { ids.append(eosID) }
        return ids
    }

    public func encodeForModel(_ text: String, parseSpecial: Bool) -> [TokenID] {
        encodeForModel(Array(text.utf8), parseSpecial: parseSpecial)
    }

    /// The text of one token: spaces as spaces, a byte token as its byte, a special token as its name; empty if the id
    /// is not in the vocabulary.
    /// - Parameter hidingControl: true if control tokens have no text.
    public func bytes(of id: TokenID, hidingControl: Bool = false) -> [UInt8] {
        var text: [UInt8] = []
        append(textOf: id, hidingControl: hidingControl, to: &text)
        return text
    }

    // A table of all texts would cost more time than most runs spend on the few that they need.
    func append(textOf id: TokenID, hidingControl: Bool, to text: inout [UInt8]) {
        guard id >= 0, id < vocabularySize, !(hidingControl && isControl(id)) else { return }
        TokenText.append(Int(id), of: vocabulary, to: &text)
    }

    /// The text of tokens, without the space that encoding put in front of it.
    public func decode(_ ids: some Sequence<TokenID>, hidingControl: Bool = true) -> [UInt8] {
        var text: [UInt8] = []
        var followsText = false
        for id in ids {
            var bytes = bytes(of: id, hidingControl: hidingControl)
            let isText = !isControl(id) || vocabulary.type(of: id) == .unknown
            if isText, !followsText, vocabulary.addsSpacePrefix, bytes.first == 0x20 { bytes.removeFirst() }
            followsText = isText
            text += bytes
        }
        return text
    }

    /// True if a text may hold a token that is a signal or matched by its name, parsed as text with special tokens; false
    /// only if it holds none. It costs much less than encoding the text.
    func mayHoldSpecial(_ text: String) -> Bool {
        // A normalizer may make a name of other letters, and an end token among the words is no special token.
        guard vocabulary.pipeline == nil, unmarkedEndTokens.isEmpty else { return true }
        return special.holds(Array(text.utf8))
    }

    /// True if a token is a signal to the model and not text.
    public func isControl(_ id: TokenID) -> Bool {
        switch vocabulary.type(of: id) {
        case .control, .unknown: true
        case .undefined, .normal, .userDefined, .unused, .byte:
            !unmarkedEndTokens.isEmpty && unmarkedEndTokens.contains(id)
        }
    }

    /// True if a token is matched by its name and is no word of a text: a signal, or one that the vocabulary defines.
    public func isMatchedByName(_ id: TokenID) -> Bool { isControl(id) || vocabulary.type(of: id) == .userDefined }

    /// The token of that name in the vocabulary, such as "<|im_end|>".
    public func token(named name: String) -> TokenID? { tokens.find(Array(name.utf8)) }
}
