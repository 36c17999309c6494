// Keeps the text of users from becoming special tokens on its way through a chat template.
// - While the template is rendered, a private-use character replaces each special token's name in a user's text.
//   The name is put back afterwards, and the text around it is encoded as plain text.
// - If a text has no such names it stays as it is, so its tokens are those of the rendered text.
// - Works on bytes, so a combining mark after a name does not hide it.

import Generation

/// Hides the names of special tokens in some texts.
struct SpecialTextShield {
    private let tokenizer: Tokenizer
    /// The names in the texts, longest first, each with its replacement.
    private var hidden: [(name: [UInt8], sign: [UInt8])] = []
    /// All special tokens with their names, longest first; empty if nothing is hidden.
    private var specials: [(id: TokenID, name: [UInt8])] = []
    /// A private-use character that occurs in none of the texts and replaces no name.
    private(set) var unusedScalar: Unicode.Scalar = "\u{F0000}"

    init(tokenizer: Tokenizer, texts: [String]) {
        self.tokenizer = tokenizer
        let used = Set(texts.flatMap { $0.unicodeScalars.filter { $0.value >= 0xF0000 } })
        var unused = (UInt32(0xF0000)...0xFFFFD).lazy.compactMap(Unicode.Scalar.init).filter { !used.contains($0) }
            .makeIterator()
        unusedScalar = unused.next() ?? unusedScalar
        let holdsSpecial = texts.contains { text in
            tokenizer.encode(text, parseSpecial: true).contains { tokenizer.isControl($0) }
        }
        guard holdsSpecial else { return }
        specials = (0..<TokenID(clamping: tokenizer.vocabularySize)).filter { tokenizer.isControl($0) }
            .map { ($0, tokenizer.bytes(of: $0)) }
            .filter { !$0.1.isEmpty }
            .sorted { $0.1.count > $1.1.count }
        for (_, name) in specials where texts.contains(where: { Self.contains(Array($0.utf8), name) }) {
            guard let scalar = unused.next() else { break }
            hidden.append((name, Array(String(scalar).utf8)))
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
    func encode(_ rendered: String) -> [TokenID] {
        guard !hidden.isEmpty else { return tokenizer.encode(rendered, parseSpecial: true) }
        let bytes = Array(rendered.utf8)
        var tokens: [TokenID] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            guard let special = specials.first(where: { bytes[index...].starts(with: $0.name) }) else {
                index += 1
                continue
            }
            tokens += tokenizer.encode(reveal(Array(bytes[start..<index])), parseSpecial: false)
            tokens.append(special.id)
            index += special.name.count
            start = index
        }
        return tokens + tokenizer.encode(reveal(Array(bytes[start...])), parseSpecial: false)
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
