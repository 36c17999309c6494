// Keeps the text of users from becoming special tokens on its way through a chat template.
// - While the template is rendered, a private-use character replaces each special token's name in a user's text.
//   The name is put back afterwards, and the text around it is encoded as plain text.
// - Tokens that mark thoughts are hidden too. A vocabulary may match them in any text, so their names are encoded in
//   two parts.
// - If a text has no such names it stays as it is, so its tokens are those of the rendered text.
// - Works on bytes, so a combining mark after a name does not hide it.

import Generation

/// Hides the names of special tokens in some texts.
struct SpecialTextShield {
    private let tokenizer: Tokenizer
    /// A name in the texts, and its replacement.
    private struct Hidden {
        var name: [UInt8]
        var sign: [UInt8]
        /// True if the tokenizer would find the token even in plain text.
        var isAlwaysMatched: Bool
    }

    /// The names in the texts, longest first.
    private var hidden: [Hidden] = []
    /// All special tokens with their names, longest first; empty if nothing is hidden.
    private var specials: [(id: TokenID, name: [UInt8])] = []
    /// A private-use character that occurs in none of the texts and replaces no name.
    private(set) var unusedScalar: Unicode.Scalar = "\u{F0000}"

    /// - Parameter markers: tokens that mark thoughts.
    init(tokenizer: Tokenizer, texts: [String], markers: Set<TokenID> = []) {
        self.tokenizer = tokenizer
        let used = Set(texts.flatMap { $0.unicodeScalars.filter { $0.value >= 0xF0000 } })
        var unused = (UInt32(0xF0000)...0xFFFFD).lazy.compactMap(Unicode.Scalar.init).filter { !used.contains($0) }
            .makeIterator()
        unusedScalar = unused.next() ?? unusedScalar
        let holdsSpecial = texts.contains { text in
            tokenizer.mayHoldSpecial(text)
                && tokenizer.encode(text, parseSpecial: true).contains {
                    tokenizer.isControl($0) || markers.contains($0)
                }
        }
        guard holdsSpecial else { return }
        specials = (0..<TokenID(clamping: tokenizer.vocabularySize))
            .filter { tokenizer.isControl($0) || markers.contains($0) }
            .map { ($0, tokenizer.bytes(of: $0)) }
            .filter { !$0.1.isEmpty }
            .sorted { $0.1.count > $1.1.count }
        for (id, name) in specials where texts.contains(where: { Self.contains(Array($0.utf8), name) }) {
            guard let scalar = unused.next() else { break }
            hidden.append(
                Hidden(name: name, sign: Array(String(scalar).utf8), isAlwaysMatched: !tokenizer.isControl(id)))
        }
    }

    func hide(_ text: String) -> String {
        guard !hidden.isEmpty else { return text }
        let bytes = hidden.reduce(Array(text.utf8)) { Self.replace($1.name, in: $0, by: $1.sign) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func reveal(_ text: String) -> String {
        guard !hidden.isEmpty else { return text }
        return String(decoding: reveal(Array(text.utf8)), as: UTF8.self)
    }

    private func reveal(_ bytes: [UInt8]) -> [UInt8] {
        hidden.reduce(bytes) { Self.replace($1.sign, in: $0, by: $1.name) }
    }

    /// The tokens of a rendered text: names that the template wrote are special tokens, names that a user wrote are
    /// text.
    /// - Parameter continues: true if the text goes on after other text.
    func encode(_ rendered: String, continues: Bool = false) -> [TokenID] {
        guard !hidden.isEmpty else {
            return tokenizer.encode(Array(rendered.utf8), parseSpecial: true, continues: continues)
        }
        let bytes = Array(rendered.utf8)
        var tokens: [TokenID] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            guard let special = specials.first(where: { bytes[index...].starts(with: $0.name) }) else {
                index += 1
                continue
            }
            tokens += encodeText(Array(bytes[start..<index]), continues: continues && start == 0)
            tokens.append(special.id)
            index += special.name.count
            start = index
        }
        return tokens + encodeText(Array(bytes[start...]), continues: continues && start == 0)
    }

    /// The tokens of text between special tokens, where every name is letters.
    private func encodeText(_ bytes: [UInt8], continues: Bool) -> [TokenID] {
        let matched = hidden.filter(\.isAlwaysMatched)
        var tokens: [TokenID] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            guard let item = matched.first(where: { bytes[index...].starts(with: $0.sign) }) else {
                index += 1
                continue
            }
            // The first letter belongs to the text before the name, and the others to the text after it.
            tokens += tokenizer.encode(
                reveal(Array(bytes[start..<index])) + item.name.prefix(1), parseSpecial: false,
                continues: continues && start == 0)
            tokens += letters(item.name.dropFirst())
            index += item.sign.count
            start = index
        }
        return tokens
            + tokenizer.encode(
                reveal(Array(bytes[start...])), parseSpecial: false, continues: continues && start == 0)
    }

    /// The tokens of a name's end. If the vocabulary puts a space before a text, each letter's own token, so that the
    /// name stays one word.
    private func letters(_ name: ArraySlice<UInt8>) -> [TokenID] {
        let single = name.compactMap { tokenizer.token(named: String(Unicode.Scalar($0))) }
        let isSpaced = tokenizer.vocabulary.addsSpacePrefix
        return isSpaced && single.count == name.count ? single : tokenizer.encode(Array(name), parseSpecial: false)
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }

    private static func replace(_ part: [UInt8], in bytes: [UInt8], by other: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == part[0], bytes[index...].starts(with: part) {
                result += other
                index += part.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
