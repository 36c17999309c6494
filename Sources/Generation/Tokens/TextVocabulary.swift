// A vocabulary as grammars and decoding see it; they need texts, not a tokenizer.

/// The texts of a vocabulary's tokens, and the tokens that end a text.
package protocol TextVocabulary: Sendable {
    var vocabularySize: Int { get }
    /// The bytes that a token adds to a text; empty for control tokens and ids out of range.
    func textBytes(of token: TokenID) -> [UInt8]
    /// Appends the same bytes, for who looks at every token of a vocabulary.
    func appendText(of token: TokenID, to bytes: inout [UInt8])
    /// The token's text, or its name if it adds nothing to a text.
    func name(of token: TokenID) -> String
    /// The tokens of a text that continues another one, as far as the vocabulary has them.
    func tokens(writing text: [UInt8]) -> [TokenID]
    /// Tokens that end a text.
    var endTokens: Set<TokenID> { get }
    /// Tokens that are signals to a model or places without a text, and so never part of a text; those that end a text are
    /// among them. Making the list reads the whole vocabulary.
    var specialTokens: [TokenID] { get }
}

extension TextVocabulary {
    package var specialTokens: [TokenID] { [] }
    package func appendText(of token: TokenID, to bytes: inout [UInt8]) { bytes += textBytes(of: token) }
}
