// Tokens that stand for one byte each, for characters that are no tokens.

import Generation

/// The tokens `<0x00>` to `<0xFF>` for the bytes of characters that are not tokens.
struct ByteFallback: Sendable {
    private let ids: [TokenID?]
    private let unknownID: TokenID?

    /// - Parameter isUsed: false if bytes never become tokens, even if tokens have such names.
    init(tokens: TokenTable, unknownID: TokenID?, isUsed: Bool = true) {
        let digits = Array("0123456789ABCDEF".utf8)
        ids = (0..<256).map { byte in
            guard isUsed else { return nil }
            return tokens.find(Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + Array(">".utf8))
        }
        self.unknownID = unknownID
    }

    /// Appends the byte tokens of a text, or the unknown token if the vocabulary lacks one of them.
    /// - Parameter unlessUnknown: true to omit the unknown token, because the previous one covers this text too.
    /// - Returns: true if the text is unknown.
    @discardableResult
    func append(
        _ bytes: [UInt8], _ range: Range<Int>, into tokens: inout [TokenID], unlessUnknown isFused: Bool = false
    ) -> Bool {
        let found = bytes[range].compactMap { ids[Int($0)] }
        if found.count == range.count {
            tokens.append(contentsOf: found)
            return false
        }
        if let unknownID, !isFused { tokens.append(unknownID) }
        return true
    }

    /// The byte in a token's text `<0xXX>`.
    static func byte(of text: ArraySlice<UInt8>) -> UInt8? {
        guard text.count == 6, text.starts(with: Array("<0x".utf8)), text.last == UInt8(ascii: ">") else {
            return nil
        }
        return UInt8(String(decoding: text.dropFirst(3).dropLast(), as: UTF8.self), radix: 16)
    }
}
