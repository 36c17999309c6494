// Turns text without special tokens into token ids, for each kind of vocabulary.

import Generation

/// Cuts text into tokens by the vocabulary's own model.
enum TextEncoder: Sendable {
    case bytePairs(ByteLevelEncoder)
    case spacedPairs(SpacedPairEncoder)
    case sentencePieces(SentencePieceEncoder)
    case unigram(UnigramEncoder, UnigramNormalizer)
    case wordPieces(WordPieceEncoder)

    /// - Throws: `ModelFileError.unsupportedTokenizer` if the pre-tokenizer is unknown.
    init(_ vocabulary: Vocabulary, tokens: TokenTable, path: String) throws {
        let fallback = ByteFallback(
            tokens: tokens, unknownID: vocabulary.unknownID, isUsed: vocabulary.fallsBackToBytes)
        switch vocabulary.model {
        case .bytePairs:
            if let pipeline = vocabulary.pipeline {
                self = .bytePairs(ByteLevelEncoder(vocabulary, tokens: tokens, pipeline))
                return
            }
            guard let preTokenizer = PreTokenizer(named: vocabulary.preTokenizer) else {
                throw ModelFileError.unsupportedTokenizer(
                    path: path, field: "tokenizer.ggml.pre", name: vocabulary.preTokenizer,
                    known: PreTokenizer.names.joined(separator: ", "))
            }
            self = .bytePairs(ByteLevelEncoder(vocabulary, tokens: tokens, cuts: preTokenizer.cuts))
        case .spacedPairs:
            let words = WordBounds(tokens: vocabulary.tokens)
            self = .spacedPairs(
                SpacedPairEncoder(
                    pairs: BytePairEncoder(merges: MergeTable(vocabulary.merges, tokens: tokens)), tokens: tokens,
                    fallback: fallback, splitsLines: vocabulary.pipeline == nil && vocabulary.preTokenizer != "whole",
                    takesWholePieces: vocabulary.pipeline != nil && vocabulary.ignoresMerges,
                    fusesUnknown: vocabulary.fusesUnknown,
                    words: tokens.find(SpaceEscaping.mark) == nil ? .none : words))
        case .sentencePieces:
            self = .sentencePieces(
                SentencePieceEncoder(
                    tokens: tokens, scores: vocabulary.scores.map { Float($0) }, fallback: fallback,
                    words: WordBounds(tokens: vocabulary.tokens)))
        case .unigram:
            self = .unigram(
                UnigramEncoder(
                    vocabulary: vocabulary,
                    fallback: ByteFallback(
                        tokens: tokens, unknownID: vocabulary.unknownID ?? 0,
                        isUsed: vocabulary.pipeline != nil && vocabulary.fallsBackToBytes)),
                UnigramNormalizer(
                    map: CharactersMap(vocabulary.charactersMap), mergesSpaces: vocabulary.removesExtraWhitespace))
        case .wordPieces:
            let tokenBytes = (0..<vocabulary.tokens.count).map { vocabulary.tokens.range($0).count }
            self = .wordPieces(
                WordPieceEncoder(
                    tokens: tokens, unknownID: vocabulary.unknownID ?? 0, longestToken: max(1, tokenBytes.max() ?? 1),
                    lowercases: vocabulary.lowercases, removesAccents: vocabulary.removesAccents))
        }
    }

    /// Appends the tokens of `text[range]`.
    /// - Parameter spacePrefix: true to put a space first, for vocabularies that begin words with one.
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

    /// Appends the tokens of one piece from the steps of a tokenizer.json.
    func encode(_ piece: [UInt8], into ids: inout [TokenID]) {
        switch self {
        case .bytePairs(let encoder): encoder.encode(piece, 0..<piece.count, into: &ids)
        case .spacedPairs(let encoder): encoder.encode(piece, into: &ids)
        case .sentencePieces(let encoder): encoder.encode(piece, into: &ids)
        case .unigram(let encoder, _): encoder.encode(piece, into: &ids)
        case .wordPieces(let encoder): encoder.encode(piece, into: &ids)
        }
    }

    private static func escaped(_ text: ArraySlice<UInt8>, _ spacePrefix: Bool) -> [UInt8] {
        (spacePrefix ? SpaceEscaping.mark : []) + SpaceEscaping.escaped(text)
    }
}

/// Byte-level byte-pair encoding, as in GPT-2, Llama 3 and Qwen.
struct ByteLevelEncoder: Sendable {
    private let pairs: BytePairEncoder
    private let cuts: [SplitCut]
    /// The token of each byte; -1 if the vocabulary has none.
    private let byteIDs: [TokenID]
    /// Words that are used without merging; nil if every word is merged.
    private let words: TokenTable?
    /// True if the text is already in GPT-2's alphabet.
    private var isInAlphabet = false
    /// The token for bytes that are not tokens, if there is one.
    private var unknownID: TokenID?
    private var fusesUnknown = false

    init(_ vocabulary: Vocabulary, tokens: TokenTable, cuts: [SplitCut]) {
        pairs = BytePairEncoder(merges: MergeTable(vocabulary.merges, tokens: tokens))
        self.cuts = cuts
        byteIDs = (UInt8.min...UInt8.max).map { byte in
            var name: [UInt8] = []
            ByteAlphabet.append(byte, to: &name)
            return tokens.find(name) ?? -1
        }
        words = vocabulary.ignoresMerges ? tokens : nil
    }

    init(_ vocabulary: Vocabulary, tokens: TokenTable, _ pipeline: TextPipeline) {
        self.init(vocabulary, tokens: tokens, cuts: pipeline.wordCuts)
        isInAlphabet = pipeline.steps.contains { if case .byteAlphabet = $0 { true } else { false } }
        unknownID = vocabulary.unknownID
        fusesUnknown = vocabulary.fusesUnknown
    }

    func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [TokenID]) {
        if isInAlphabet {
            var bytes: [UInt8] = []
            _ = ByteAlphabet.decode(text, range, into: &bytes)
            return encodeWord(bytes, 0..<bytes.count, into: &ids)
        }
        let laidOut = ScalarText(text, range)
        for piece in SplitCut.pieces(laidOut, by: cuts) { encodeWord(text, laidOut.bytes(piece), into: &ids) }
    }

    private func encodeWord(_ text: [UInt8], _ bytes: Range<Int>, into ids: inout [TokenID]) {
        if let words {
            var name: [UInt8] = []
            for index in bytes { ByteAlphabet.append(text[index], to: &name) }
            if let id = words.find(name, 0..<name.count) { return ids.append(id) }
        }
        var symbols: [TokenID] = []
        symbols.reserveCapacity(bytes.count)
        var followsUnknown = false
        for index in bytes {
            let id = byteIDs[Int(text[index])]
            if id >= 0 {
                symbols.append(id)
            } else if let unknownID, !(fusesUnknown && followsUnknown) {
                symbols.append(unknownID)
            }
            followsUnknown = id < 0
        }
        pairs.merge(&symbols)
        ids.append(contentsOf: symbols)
    }
}

/// Byte-pair encoding of characters with spaces as U+2581, as tokenizer.json describes SentencePiece vocabularies.
struct SpacedPairEncoder: Sendable {
    let pairs: BytePairEncoder
    let tokens: TokenTable
    let fallback: ByteFallback
    /// True if no token spans the end of a line, as in Gemma 4's GGUF files.
    let splitsLines: Bool
    /// True if a piece that is one token is used without merging.
    let takesWholePieces: Bool
    let fusesUnknown: Bool
    let words: WordBounds

    /// - Parameter text: with escaped spaces.
    func encode(_ text: [UInt8], into ids: inout [TokenID]) {
        if takesWholePieces, let id = tokens.find(text) { return ids.append(id) }
        guard splitsLines else { return encodeLine(text, 0..<text.count, into: &ids) }
        var start = 0
        while start < text.count {
            let isFeed = text[start] == 0x0A
            let end = text[start...].firstIndex { ($0 == 0x0A) != isFeed } ?? text.count
            // A run of line breaks is one token if there is one of that length.
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
        var symbols: [TokenID] = []
        var followsUnknown = false
        var index = range.lowerBound
        while index < range.upperBound {
            let end = index + UTF8Step(text, at: index, end: range.upperBound).length
            if let id = tokens.find(text, index..<end) {
                symbols.append(id)
                followsUnknown = false
            } else {
                followsUnknown = fallback.append(
                    text, index..<end, into: &symbols, unlessUnknown: fusesUnknown && followsUnknown)
            }
            index = end
        }
        pairs.merge(&symbols)
        ids.append(contentsOf: symbols)
    }
}
