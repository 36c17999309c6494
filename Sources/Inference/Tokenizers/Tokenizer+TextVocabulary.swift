// A model's tokenizer as grammars and decoding see it.

import Generation

extension Tokenizer: TextVocabulary {
    package func textBytes(of token: TokenID) -> [UInt8] { bytes(of: token, hidingControl: true) }
    package func name(of token: TokenID) -> String { String(decoding: bytes(of: token), as: UTF8.self) }
    package func tokens(writing text: [UInt8]) -> [TokenID] { encode(text, parseSpecial: false) }
}
