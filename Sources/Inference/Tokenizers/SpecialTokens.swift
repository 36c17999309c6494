// Finds tokens that stand in the text by their names, such as <|im_end|>, before the rest is cut.
// - At each place the longest of them wins; the text before the first is never looked at again.

/// Which tokens are matched whole.
struct SpecialTokens: Sendable {
    /// Tokens that are matched always: those that a user defined.
    private let defined: Matcher
    /// Those and the control tokens, matched where a prompt is read with special tokens.
    private let all: Matcher

    init(_ vocabulary: Vocabulary) {
        func matcher(_ types: Set<TokenType>) -> Matcher {
            let hasTypes = !vocabulary.types.isEmpty
            return Matcher(vocabulary.tokens) { hasTypes && types.contains(vocabulary.types[$0]) }
        }
        defined = matcher([.userDefined])
        all = matcher([.userDefined, .control, .unknown])
    }

    /// A stretch of text, or a token found in it.
    enum Part {
        case text(Range<Int>)
        case token(TokenID)
    }

    /// Cuts `text` at the special tokens in it.
    func parts(_ text: [UInt8], parseSpecial: Bool) -> [Part] {
        let matcher = parseSpecial ? all : defined
        guard !matcher.isEmpty else { return text.isEmpty ? [] : [.text(0..<text.count)] }
        var parts: [Part] = []
        var start = 0
        var index = 0
        while index < text.count {
            guard let (id, length) = matcher.match(text, at: index) else {
                index += 1
                continue
            }
            if start < index { parts.append(.text(start..<index)) }
            parts.append(.token(id))
            index += length
            start = index
        }
        if start < text.count { parts.append(.text(start..<text.count)) }
        return parts
    }

    private struct Matcher: Sendable {
        private let tokens: TokenTable
        /// Lengths in bytes of tokens by their first byte, the longest first.
        private let lengths: [[Int]]
        let isEmpty: Bool

        init(_ strings: ByteStrings, where include: (Int) -> Bool) {
            var lengths = [Set<Int>](repeating: [], count: 256)
            for index in 0..<strings.count where include(index) {
                if let first = strings[index].first { lengths[Int(first)].insert(strings[index].count) }
            }
            isEmpty = lengths.allSatisfy(\.isEmpty)
            self.lengths = lengths.map { $0.sorted(by: >) }
            tokens = isEmpty ? TokenTable(ByteStrings()) : TokenTable(strings, where: include)
        }

        func match(_ text: [UInt8], at index: Int) -> (TokenID, Int)? {
            for length in lengths[Int(text[index])] where length <= text.count - index {
                if let id = tokens.find(text, index..<index + length) { return (id, length) }
            }
            return nil
        }
    }
}
