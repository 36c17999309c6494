// The tokens of a model and their rules, as its file gives them.
// - Every list has one item per token or is empty; every special id is inside the list.
// - Tokens are spelled as in the file: byte-level vocabularies in GPT-2's printable alphabet.

import Generation

/// The role of a token, numbered as in GGUF files (llama.cpp's `llama_token_type`).
public enum TokenType: UInt8, Sendable {
    case undefined = 0
    case normal, unknown, control, userDefined, unused, byte
}

/// How a token that is matched by name treats the text around it: `lstrip`, `rstrip` and `single_word` of
/// tokenizer.json.
public struct TokenMatchRules: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let takesSpaceBefore = TokenMatchRules(rawValue: 1)
    public static let takesSpaceAfter = TokenMatchRules(rawValue: 2)
    /// No match inside a word or at the end of one.
    public static let wholeWordsOnly = TokenMatchRules(rawValue: 4)
    /// Searched in the normalized text, by its own normalized name.
    public static let isNormalized = TokenMatchRules(rawValue: 8)
}

/// Tokens, their types, and the rules that cut a text into them.
public struct Vocabulary: Sendable {
    /// The algorithm that turns text into tokens.
    public enum Model: String, Sendable, CaseIterable {
        /// Byte-level byte-pair encoding, by merges.
        case bytePairs = "gpt2"
        /// SentencePiece byte-pair encoding by scores, with byte tokens for unknown characters.
        case sentencePieces = "llama"
        /// Byte-pair encoding by merges, on text with ▁ for spaces (Gemma 4).
        case spacedPairs = "gemma4"
        /// SentencePiece unigram: the most likely way to cut.
        case unigram = "t5"
        /// BERT's word pieces.
        case wordPieces = "bert"
    }

    public var model: Model
    /// `tokenizer.ggml.pre`, the name of the patterns that cut a text before pairs are merged; empty if GGUF has no
    /// name
    /// for those of `pipeline`.
    public var preTokenizer: String
    public var tokens: ByteStrings
    public var types: [TokenType] = []
    public var scores: [Double] = []
    /// "left right" for each merge, best first.
    public var merges = ByteStrings()

    public var bosID: TokenID?
    public var eosID: TokenID?
    public var unknownID: TokenID?
    /// The unknown token that the file names although encoding never produces it.
    public var unusedUnknownID: TokenID?
    public var separatorID: TokenID?
    /// Fills up the shorter texts of a batch; nil if the file names none.
    public var paddingID: TokenID?
    /// Tokens that end a text besides `eosID`: end of turn, end of message.
    public var furtherEndIDs: [TokenID] = []
    public var addsBOS = false
    public var addsEOS = false
    public var addsSpacePrefix = false
    /// The steps before the model, if the file lists them; GGUF files only name them.
    public var pipeline: TextPipeline?
    /// How tokens that are matched by name treat the text around them.
    public var matchRules: [TokenID: TokenMatchRules] = [:]
    /// True if the bytes of a character that is not a token become tokens.
    public var fallsBackToBytes = true
    /// True if neighbouring characters that are not tokens become one unknown token.
    public var fusesUnknown = false
    /// Tokens after `bosID` at the beginning of every text.
    public var furtherBeginIDs: [TokenID] = []
    /// True if a text is composed first (Unicode's NFC); a `pipeline` has its own step for that.
    public var composes = false
    public var removesExtraWhitespace = false
    /// True if word pieces are in lower case.
    public var lowercases = true
    /// True if word pieces have no accents.
    public var removesAccents = true
    /// True if a word that is one token is used without merging (Llama 3).
    public var ignoresMerges = false
    /// SentencePiece's table of normalizations as stored; empty if there is none.
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
