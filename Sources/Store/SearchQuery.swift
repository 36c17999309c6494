// The user's search words as an FTS5 expression that is always valid.
// - Every piece becomes a quoted phrase; all pieces must be found, in any of the indexed columns.
// - Every word matches as a beginning, so that "glac night" finds a night at the glacier; "quoted words" stay together
//   and match as they are.
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
        var phrases: [String] = []
        var signs: [String] = []
        for piece in SearchQuery.pieces(of: input) {
            let tokens = try tokenizer.tokenize(query: SearchTokenizer.normalized(piece.text)).map(\.token)
            guard let last = tokens.last, let lastScalar = last.unicodeScalars.first else {
                signs.append(piece.text)
                continue
            }
            let phrase = tokens.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: " + ")
            let isOpen = !piece.isQuoted && !SearchTokenizer.standsAlone(lastScalar)
            phrases.append(isOpen ? "\(phrase) *" : phrase)
        }
        expression = phrases.isEmpty ? nil : phrases.joined(separator: " AND ")
        // Nobody means to find a lone dash or comma between words; an emoji may be meant.
        literals = phrases.isEmpty ? signs : signs.filter { !$0.utf8.allSatisfy { $0 < 0x80 } }
    }

    struct Piece: Equatable {
        var text: String
        /// True if it was in quotes, and is found as it stands.
        var isQuoted = false
    }

    /// The pieces between spaces and quotes. A quote that is not closed holds the rest.
    static func pieces(of input: String) -> [Piece] {
        var pieces: [Piece] = []
        var piece = Piece(text: "")
        func finish(isQuoted: Bool) {
            if !piece.text.isEmpty && pieces.count < maximumPieces { pieces.append(piece) }
            piece = Piece(text: "", isQuoted: isQuoted)
        }
        for character in input.prefix(maximumCharacters) {
            if character == "\"" || character == "“" || character == "”" {
                finish(isQuoted: !piece.isQuoted)
            } else if character.isWhitespace && !piece.isQuoted {
                finish(isQuoted: false)
            } else if character != "\0" {
                piece.text.append(character)
            }
        }
        // It may still be typed.
        piece.isQuoted = false
        finish(isQuoted: false)
        return pieces
    }
}
