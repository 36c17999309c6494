// The way from a stretch of text without special tokens to token ids, for each kind of vocabulary.

/// Cuts text into tokens by the vocabulary's own model.
enum TextEncoder: Sendable {
    case bytePairs(ByteLevelEncoder)
    case spacedPairs(SpacedPairEncoder)
    case sentencePieces(SentencePieceEncoder)
    case unigram(UnigramEncoder, UnigramNormalizer)
    case wordPieces(WordPieceEncoder)

    /// - Throws: `ModelFileError.unsupportedTokenizer` for a pre-tokenizer that is not known.
    init(_ vocabulary: Vocabulary, tokens: TokenTable, path: String) throws {
        let fallback = ByteFallback(tokens: tokens, unknownID: vocabulary.unknownID)
        switch vocabulary.model {
        case .bytePairs:
            guard let preTokenizer = PreTokenizer(named: vocabulary.preTokenizer) else {
                throw ModelFileError.unsupportedTokenizer(
                    path: path, field: "tokenizer.ggml.pre", name: vocabulary.preTokenizer,
                    known: PreTokenizer.names.joined(separator: ", "))
            }
            self = .bytePairs(ByteLevelEncoder(vocabulary, tokens: tokens, preTokenizer: preTokenizer))
        case .spacedPairs:
            self = .spacedPairs(
                SpacedPairEncoder(
                    pairs: BytePairEncoder(merges: MergeTable(vocabulary.merges, tokens: tokens)), tokens: tokens,
                    fallback: fallback, splitsLines: vocabulary.preTokenizer != "whole",
                    splitsWords: vocabulary.splitsWords, words: WordBounds(tokens: vocabulary.tokens)))
        case .sentencePieces:
            self = .sentencePieces(
                SentencePieceEncoder(
                    tokens: tokens, scores: vocabulary.scores, fallback: fallback,
                    words: WordBounds(tokens: vocabulary.tokens)))
        case .unigram:
            self = .unigram(
                UnigramEncoder(vocabulary: vocabulary),
                UnigramNormalizer(
                    // Tables that stand in `normalization` are applied already.
                    map: vocabulary.normalization.isEmpty ? CharactersMap(vocabulary.charactersMap) : nil,
                    mergesSpaces: vocabulary.removesExtraWhitespace))
        case .wordPieces:
            self = .wordPieces(
                WordPieceEncoder(
                    tokens: tokens, unknownID: vocabulary.unknownID ?? 0,
                    longestToken: (0..<vocabulary.tokens.count).reduce(1) { max($0, vocabulary.tokens.range($1).count) }
                ))
        }
    }

    /// Appends the tokens of `text[range]`.
    /// - Parameter spacePrefix: whether a space goes in front, for vocabularies that begin words with one.
    func encode(_ text: [UInt8], _ range: Range<Int>, spacePrefix: Bool, into ids: inout [TokenID]) {
        switch self {
        case .bytePairs(let encoder):
            guard spacePrefix else { return encoder.encode(text, range, into: &ids) }
            encoder.encode([0x20] + text[range], 0..<range.count + 1, into: &ids)
        case .spacedPairs(let encoder): encoder.encode(Self.escaped(text[range], spacePrefix), into: &ids)
        case .sentencePieces(let encoder): encoder.encode(Self.escaped(text[range], spacePrefix), into: &ids)
        case .unigram(let encoder, let normalizer):
            encoder.encode(normalizer.normalized(Array(text[range]), addsSpacePrefix: spacePrefix), into: &ids)
        case .wordPieces(let encoder): encoder.encode(Array(text[range]), into: &ids)
        }
    }

    private static func escaped(_ text: ArraySlice<UInt8>, _ spacePrefix: Bool) -> [UInt8] {
        (spacePrefix ? SpaceEscaping.mark : []) + SpaceEscaping.escaped(text)
    }
}

/// Byte-level byte-pair encoding, as GPT-2, Llama 3 and Qwen have it.
struct ByteLevelEncoder: Sendable {
    private let pairs: BytePairEncoder
    private let preTokenizer: PreTokenizer
    /// The token of each byte; -1 where the vocabulary has none.
    private let byteIDs: [TokenID]
    /// Words taken whole; nil where every word goes through the merges.
    private let words: TokenTable?

    init(_ vocabulary: Vocabulary, tokens: TokenTable, preTokenizer: PreTokenizer) {
        pairs = BytePairEncoder(merges: MergeTable(vocabulary.merges, tokens: tokens))
        self.preTokenizer = preTokenizer
        byteIDs = (UInt8.min...UInt8.max).map { byte in
            var name: [UInt8] = []
            ByteAlphabet.append(byte, to: &name)
            return tokens.find(name) ?? -1
        }
        words = vocabulary.ignoresMerges ? tokens : nil
    }

    func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [TokenID]) {
        let laidOut = ScalarText(text, range)
        var symbols: [TokenID] = []
        var name: [UInt8] = []
        for piece in preTokenizer.pieces(laidOut) {
            let bytes = laidOut.bytes(piece)
            if let words {
                name.removeAll(keepingCapacity: true)
                for index in bytes { ByteAlphabet.append(text[index], to: &name) }
                if let id = words.find(name, 0..<name.count) {
                    ids.append(id)
                    continue
                }
            }
            symbols.removeAll(keepingCapacity: true)
            // A byte that is no token is left out before merging, as Hugging Face's BPE does.
            for index in bytes where byteIDs[Int(text[index])] >= 0 { symbols.append(byteIDs[Int(text[index])]) }
            pairs.merge(&symbols)
            ids.append(contentsOf: symbols)
        }
    }
}

/// Byte-pair encoding on characters with spaces as U+2581, as tokenizer.json describes SentencePiece vocabularies.
struct SpacedPairEncoder: Sendable {
    let pairs: BytePairEncoder
    let tokens: TokenTable
    let fallback: ByteFallback
    /// Whether no token reaches over the end of a line, as in Gemma 4's GGUF files.
    let splitsLines: Bool
    /// Whether each ▁ begins a word that no token reaches out of.
    let splitsWords: Bool
    let words: WordBounds

    /// - Parameter text: spaces escaped.
    func encode(_ text: [UInt8], into ids: inout [TokenID]) {
        var start = 0
        if splitsWords {
            let mark = SpaceEscaping.mark
            for index in 1..<max(text.count, 1)
            where text[index] == mark[0] && text[index...].starts(with: mark) {
                encodeLine(text, start..<index, into: &ids)
                start = index
            }
            return encodeLine(text, start..<text.count, into: &ids)
        }
        guard splitsLines else { return encodeLine(text, 0..<text.count, into: &ids) }
        while start < text.count {
            let isFeed = text[start] == 0x0A
            let end = text[start...].firstIndex { ($0 == 0x0A) != isFeed } ?? text.count
            // A run of line breaks is a token of its own where there is one so long.
            if isFeed, let id = tokens.find(text, start..<end) {
                ids.append(id)
            } else {
                encodeLine(text, start..<end, into: &ids)
            }
            start = end
        }
    }

    private func encodeLine(_ text: [UInt8], _ range: Range<Int>, into ids: inout [TokenID]) {
        words.forEachWord(text, range) { encodeWord(text, $0, into: &ids) }
    }

    private func encodeWord(_ text: [UInt8], _ range: Range<Int>, into ids: inout [TokenID]) {
        // A character that is no token joins nothing; its bytes are written at the end, in order.
        var symbols: [TokenID] = []
        var unknown: [Range<Int>] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let length = UTF8Step(text, at: index, end: range.upperBound).length
            if let id = tokens.find(text, index..<index + length) {
                symbols.append(id)
            } else {
                unknown.append(index..<index + length)
                symbols.append(-1)
            }
            index += length
        }
        pairs.merge(&symbols)
        var next = 0
        for symbol in symbols {
            if symbol >= 0 {
                ids.append(symbol)
            } else {
                fallback.append(text, unknown[next], into: &ids)
                next += 1
            }
        }
    }
}
