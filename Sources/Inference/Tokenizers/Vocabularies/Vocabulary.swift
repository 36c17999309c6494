// The tokens of a model and the rules for them, as its file gives them.
// - Every list has one item a token, or is empty; every special id is inside the list.
// - Tokens are kept as the file writes them: byte-level vocabularies in GPT-2's printable alphabet.

import Generation

/// What a token is for, numbered as GGUF files do (llama.cpp's `llama_token_type`).
public enum TokenType: UInt8, Sendable {
    case undefined = 0
    case normal, unknown, control, userDefined, unused, byte
}

/// How a token that is matched by its name treats what is around it; `lstrip`, `rstrip` and `single_word` of
/// tokenizer.json.
public struct TokenMatchRules: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let takesSpaceBefore = TokenMatchRules(rawValue: 1)
    public static let takesSpaceAfter = TokenMatchRules(rawValue: 2)
    /// Not inside a word, nor at one's end.
    public static let wholeWordsOnly = TokenMatchRules(rawValue: 4)
    /// Searched for in the normalized text, as it is normalized itself.
    public static let isNormalized = TokenMatchRules(rawValue: 8)
}

/// Tokens, their types, and how text is cut into them.
public struct Vocabulary: Sendable {
    /// How text becomes tokens.
    public enum Model: String, Sendable, CaseIterable {
        /// Byte-level byte-pair encoding, by merges.
        case bytePairs = "gpt2"
        /// SentencePiece byte-pair encoding, by scores, with byte tokens for what has none.
        case sentencePieces = "llama"
        /// Byte-pair encoding by merges on text whose spaces are written as ▁ (Gemma 4).
        case spacedPairs = "gemma4"
        /// SentencePiece unigram: the most likely cutting.
        case unigram = "t5"
        /// BERT's word pieces.
        case wordPieces = "bert"
    }

    public var model: Model
    /// `tokenizer.ggml.pre`, the way that text is cut before pairs are merged; empty where GGUF files have no name for
    /// what `pipeline` does.
    public var preTokenizer: String
    public var tokens: ByteStrings
    public var types: [TokenType] = []
    public var scores: [Double] = []
    /// "left right" for each merge, best first.
    public var merges = ByteStrings()

    public var bosID: TokenID?
    public var eosID: TokenID?
    public var unknownID: TokenID?
    /// What a file calls the unknown token although no text is cut into it.
    public var unusedUnknownID: TokenID?
    public var separatorID: TokenID?
    /// Fills up the shorter texts of a batch; a text has none.
    public var paddingID: TokenID?
    /// Tokens besides `eosID` that end a text: end of turn, end of message.
    public var furtherEndIDs: [TokenID] = []
    public var addsBOS = false
    public var addsEOS = false
    public var addsSpacePrefix = false
    /// What is done to a text first, where the file writes it out; GGUF files have names for it.
    public var pipeline: TextPipeline?
    /// How tokens that are matched by their names treat what is around them.
    public var matchRules: [TokenID: TokenMatchRules] = [:]
    /// Whether bytes of characters that are no tokens become tokens of their own.
    public var fallsBackToBytes = true
    /// Whether characters in a row that are no tokens are one unknown token.
    public var fusesUnknown = false
    /// Tokens that follow `bosID` at the beginning of every text.
    public var furtherBeginIDs: [TokenID] = []
    /// Whether a text is composed first (Unicode's NFC); a `pipeline` says so itself.
    public var composes = false
    public var removesExtraWhitespace = false
    /// Whether word pieces are of small letters.
    public var lowercases = true
    /// Whether word pieces are without accents.
    public var removesAccents = true
    /// Whether a word that is a token as a whole is taken without merging (Llama 3).
    public var ignoresMerges = false
    /// SentencePiece's table of normalizations, as it is; empty where there is none.
    public var charactersMap: [UInt8] = []

    public init(model: Model, preTokenizer: String, tokens: ByteStrings) {
        self.model = model
        self.preTokenizer = preTokenizer
        self.tokens = tokens
    }

    /// The tokens that begin every text.
    var beginIDs: [TokenID] { addsBOS ? [bosID].compactMap(\.self) + furtherBeginIDs : [] }

    public func type(of id: TokenID) -> TokenType {
        types.indices.contains(Int(id)) ? types[Int(id)] : .normal
    }
}
