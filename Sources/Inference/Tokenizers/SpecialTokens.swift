// Finds tokens that a text contains by name, such as <|im_end|>, before the rest is cut.
// - At each place the longest one wins. Text before a match is never searched again.

import Generation

/// Looks at the text beside a match.
private enum Surroundings {
    static func spaceStart(_ text: [UInt8], before end: Int, from start: Int) -> Int {
        var place = end
        while place > start, case let first = characterStart(text, before: place), first >= start {
            guard isSpace(text, first) else { break }
            place = first
        }
        return place
    }

    static func spaceEnd(_ text: [UInt8], after start: Int) -> Int {
        var place = start
        while place < text.count, isSpace(text, place) {
            place += UTF8Step(text, at: place, end: text.count).length
        }
        return place
    }

    static func touchWord(_ text: [UInt8], _ found: Range<Int>) -> Bool {
        found.lowerBound > 0 && isWord(text, characterStart(text, before: found.lowerBound))
            || found.upperBound < text.count && isWord(text, found.upperBound)
    }

    private static func characterStart(_ text: [UInt8], before end: Int) -> Int {
        var place = end - 1
        while place > 0, text[place] & 0xC0 == 0x80 { place -= 1 }
        return place
    }

    private static func isSpace(_ text: [UInt8], _ index: Int) -> Bool {
        properties(text, index)?.isWhitespace ?? false
    }

    private static func isWord(_ text: [UInt8], _ index: Int) -> Bool {
        guard let properties = properties(text, index) else { return false }
        // The two joiners join letters without being letters themselves.
        if 0x200C...0x200D ~= UTF8Step(text, at: index, end: text.count).scalar { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return properties.isAlphabetic
        }
    }

    private static func properties(_ text: [UInt8], _ index: Int) -> Unicode.Scalar.Properties? {
        Unicode.Scalar(UTF8Step(text, at: index, end: text.count).scalar)?.properties
    }
}

/// The tokens that are matched by name.
struct SpecialTokens: Sendable {
    /// Tokens that are always matched: those that the user defined.
    private let defined: Matcher
    /// Those and the control tokens, matched if special tokens are to be parsed.
    private let all: Matcher

    private let rules: [TokenID: TokenMatchRules]

    /// - Parameter normalize: selects the tokens that are searched in normalized text and normalizes their names; nil
    ///   selects the others.
    init(_ vocabulary: Vocabulary, normalizedBy normalize: (([UInt8]) -> [UInt8])? = nil) {
        rules = vocabulary.matchRules
        // Special tokens are few, so one pass finds their places for both tables.
        let places = vocabulary.types.indices.filter { place in
            [.userDefined, .control, .unknown].contains(vocabulary.types[place])
                && (vocabulary.matchRules[TokenID(place)]?.contains(.isNormalized) ?? false) == (normalize != nil)
        }
        func matcher(_ places: [Int]) -> Matcher {
            guard let normalize else { return Matcher(vocabulary.tokens, places, ids: nil) }
            let names = ByteStrings(places.map { normalize(Array(vocabulary.tokens[$0])) })
            return Matcher(names, Array(places.indices), ids: places.map { TokenID($0) })
        }
        defined = matcher(places.filter { vocabulary.types[$0] == .userDefined })
        all = matcher(places)
    }

    /// True if a special token's name is in the text.
    func holds(_ text: [UInt8]) -> Bool {
        !all.isEmpty && text.indices.contains { all.match(text, at: $0) != nil }
    }

    /// A part of the text, or a token found in it.
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
            let found = index..<index + length
            index = found.upperBound
            var (first, end) = (found.lowerBound, found.upperBound)
            if !rules.isEmpty, let rules = rules[id] {
                if rules.contains(.wholeWordsOnly), Surroundings.touchWord(text, found) { continue }
                if rules.contains(.takesSpaceBefore) {
                    first = max(start, Surroundings.spaceStart(text, before: found.lowerBound, from: start))
                }
                if rules.contains(.takesSpaceAfter) { end = Surroundings.spaceEnd(text, after: found.upperBound) }
            }
            // The space of this token may already belong to the one before.
            guard first < end else { continue }
            if start < first { parts.append(.text(start..<first)) }
            parts.append(.token(id))
            // The search continues after the name, even inside the space that this token took.
            start = end
        }
        if start < text.count { parts.append(.text(start..<text.count)) }
        return parts
    }

    private struct Matcher: Sendable {
        private let tokens: TokenTable
        /// The lengths of tokens in bytes by their first byte, longest first.
        private let lengths: [[Int]]
        let isEmpty: Bool
        /// The token of each place, if places are not token ids.
        private let ids: [TokenID]?

        init(_ strings: ByteStrings, _ places: [Int], ids: [TokenID]?) {
            self.ids = ids
            var lengths = [Set<Int>](repeating: [], count: 256)
            for index in places {
                if let first = strings[index].first { lengths[Int(first)].insert(strings[index].count) }
            }
            isEmpty = lengths.allSatisfy(\.isEmpty)
            self.lengths = lengths.map { $0.sorted(by: >) }
            tokens = TokenTable(strings, at: places)
        }

        func match(_ text: [UInt8], at index: Int) -> (TokenID, Int)? {
            for length in lengths[Int(text[index])] where length <= text.count - index {
                if let id = tokens.find(text, index..<index + length) { return (ids?[Int(id)] ?? id, length) }
            }
            return nil
        }
    }
}

extension Tokenizer {
    /// Tokens with letters that are signals to a model by their names, such as `<start_of_image>` or `[multimodal]`,
    /// although the file lists them among the words that it defines. HTML's tags, which it may list too, are words.
    func tokensNamedLikeSignals() -> Set<TokenID> {
        let types = vocabulary.types
        return Set(
            types.indices.lazy.filter { types[$0] == .userDefined || types[$0] == .unused }
                .map { TokenID($0) }.filter { Self.isNamedLikeSignal(self.bytes(of: $0)) })
    }

    private static func isNamedLikeSignal(_ name: [UInt8]) -> Bool {
        guard name.count > 2, let first = name.first, let last = name.last else { return false }
        let inner = name.dropFirst().dropLast()
        let isWord = inner.allSatisfy { byte in
            byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: ":")
                || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
                || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        switch (first, last) {
        case (UInt8(ascii: "["), UInt8(ascii: "]")): return isWord && inner.contains { $0 >= 0x41 && $0 < 0x80 }
        case (UInt8(ascii: "<"), UInt8(ascii: ">")):
            return isWord && inner.contains { $0 >= 0x80 || [UInt8(ascii: "_"), UInt8(ascii: "|")].contains($0) }
        default: return false
        }
    }
}
