// The user's search words as an FTS5 expression that is always valid.
// - Every piece becomes a quoted phrase; all pieces must be found, in any of the indexed columns.
// - "quoted words" stay together; the last word matches as a beginning, because it may still be typed.
// - Pieces without letters or digits (emoji, signs) are not in the index and are looked for in the text itself.

import GRDB

struct SearchQuery: Equatable {
    /// The FTS5 expression; `nil` if no piece has a token.
    var expression: String?
    /// Strings that text or note must contain exactly.
    var literals: [String] = []

    var isEmpty: Bool { expression == nil && literals.isEmpty }

    /// More pieces than anybody types; the rest is ignored.
    private static let maximumPieces = 32
    private static let maximumCharacters = 1000

    /// Asks for nothing.
    init() {}

    init(_ input: String, _ db: Database) throws {
        let tokenizer = try db.makeTokenizer(SearchTokenizer.tokenizerDescriptor())
        let (pieces, endsOpen) = SearchQuery.pieces(of: input)
        var phrases: [String] = []
        var signs: [String] = []
        for (index, piece) in pieces.enumerated() {
            let tokens = try tokenizer.tokenize(query: SearchTokenizer.normalized(piece)).map(\.token)
            guard let last = tokens.last, let lastScalar = last.unicodeScalars.first else {
                signs.append(piece)
                continue
            }
            let phrase = tokens.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: " + ")
            let isOpen = endsOpen && index == pieces.count - 1 && !SearchTokenizer.standsAlone(lastScalar)
            phrases.append(isOpen ? "\(phrase) *" : phrase)
        }
        expression = phrases.isEmpty ? nil : phrases.joined(separator: " AND ")
        // Nobody means to find a lone dash or comma between words; an emoji may be meant.
        literals = phrases.isEmpty ? signs : signs.filter { !$0.utf8.allSatisfy { $0 < 0x80 } }
    }

    /// The pieces between spaces and quotes, and true if the last one is a word that may continue.
    static func pieces(of input: String) -> (pieces: [String], endsOpen: Bool) {
        var pieces: [String] = []
        var piece = ""
        var isQuoted = false
        var endsOpen = false
        func finish() {
            if !piece.isEmpty && pieces.count < maximumPieces { pieces.append(piece) }
            piece = ""
        }
        for character in input.prefix(maximumCharacters) {
            if character == "\"" || character == "“" || character == "”" {
                finish()
                isQuoted.toggle()
                endsOpen = false
            } else if character.isWhitespace && !isQuoted {
                finish()
                endsOpen = false
            } else if character != "\0" {
                piece.append(character)
                endsOpen = true
            }
        }
        finish()
        return (pieces, endsOpen && !isQuoted)
    }
}
