// A vocabulary for those who work on texts and not on tokenizers: grammars and decoding.

/// The texts of a vocabulary's tokens, and which tokens end a text.
package protocol TextVocabulary: Sendable {
    var vocabularySize: Int { get }
    /// The bytes that a token adds to a text; none for control tokens and ids out of range.
    func textBytes(of token: TokenID) -> [UInt8]
    /// The token's text, or its name where it adds none to a text.
    func name(of token: TokenID) -> String
    /// The tokens of a text in the middle of another, as far as the vocabulary has any.
    func tokens(writing text: [UInt8]) -> [TokenID]
    /// Tokens that end a text.
    var endTokens: Set<TokenID> { get }
}
