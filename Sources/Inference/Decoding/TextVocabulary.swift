// What decoding must know of a vocabulary: the text of each token, and which tokens end a text.

import Text

/// A vocabulary as decoding sees it.
protocol TextVocabulary: Sendable {
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

extension TextVocabulary {
    /// The tokens whose text contains one of some texts.
    func tokens(containing texts: [String]) -> Set<TokenID> {
        let finder = PhraseFinder(texts)
        guard !finder.isEmpty else { return [] }
        return Set(
            (0..<TokenID(clamping: vocabularySize)).filter { token in
                let bytes = textBytes(of: token)
                return finder.firstMatch(in: bytes[...], newCount: bytes.count) != nil
            })
    }
}
