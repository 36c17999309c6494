// The steps from a text to the pieces that a model's vocabulary encodes, as a tokenizer.json lists them.
// - The text is normalized first, then cut. A step may also rewrite a piece, for example with ▁ for spaces.
// tokenizers (Hugging Face), src/pre_tokenizers.

/// The steps, in order.
public struct TextPipeline: Sendable {
    var normalization: [TextNormalization] = []
    var steps: [PieceStep] = []
    /// The last cuts of a byte-level vocabulary; its encoder makes them, without a copy of each word.
    var wordCuts: [SplitCut] = []

    func normalized(_ text: [UInt8]) -> [UInt8] { normalization.reduce(text) { $1.apply(to: $0) } }

    /// - Parameter isFirst: true if the text begins the prompt.
    func pieces(of text: [UInt8], isFirst: Bool) -> [[UInt8]] {
        var pieces = text.isEmpty ? [] : [Piece(bytes: text, isFirst: isFirst)]
        for step in steps { pieces = pieces.flatMap(step.apply) }
        return pieces.map(\.bytes)
    }
}

struct Piece {
    var bytes: [UInt8]
    /// True if the piece begins the prompt.
    var isFirst: Bool
}

/// One step of cutting.
enum PieceStep: Sendable {
    /// Which pieces get a ▁ in front.
    enum Prefix: String, Sendable { case always, first, never }

    case cuts([SplitCut])
    /// Puts a space before pieces that do not begin with one.
    case leadingSpace
    /// Writes bytes in GPT-2's alphabet.
    case byteAlphabet
    /// Writes spaces as ▁; if `beginsPieces` is true, each begins a piece.
    case spaceMarks(Prefix, beginsPieces: Bool)

    func apply(_ piece: Piece) -> [Piece] {
        switch self {
        case .cuts(let cuts):
            let text = ScalarText(piece.bytes, 0..<piece.bytes.count)
            return SplitCut.pieces(text, by: cuts).map { range in
                Piece(bytes: Array(piece.bytes[text.bytes(range)]), isFirst: piece.isFirst && range.lowerBound == 0)
            }
        case .leadingSpace:
            return piece.bytes.first == 0x20 ? [piece] : [Piece(bytes: [0x20] + piece.bytes, isFirst: piece.isFirst)]
        case .byteAlphabet:
            var bytes: [UInt8] = []
            for byte in piece.bytes { ByteAlphabet.append(byte, to: &bytes) }
            return [Piece(bytes: bytes, isFirst: piece.isFirst)]
        case .spaceMarks(let prefix, let beginsPieces):
            var bytes = SpaceEscaping.escaped(piece.bytes)
            let isWanted = prefix == .always || prefix == .first && piece.isFirst
            if isWanted, !bytes.starts(with: SpaceEscaping.mark) { bytes = SpaceEscaping.mark + bytes }
            guard beginsPieces else { return [Piece(bytes: bytes, isFirst: piece.isFirst)] }
            return Self.cutBeforeMarks(bytes).enumerated().map { index, bytes in
                Piece(bytes: bytes, isFirst: piece.isFirst && index == 0)
            }
        }
    }

    private static func cutBeforeMarks(_ bytes: [UInt8]) -> [[UInt8]] {
        let mark = SpaceEscaping.mark
        var pieces: [[UInt8]] = []
        var start = 0
        for index in bytes.indices.dropFirst()
        where bytes[index] == mark[0] && bytes[index...].starts(with: mark) {
            pieces.append(Array(bytes[start..<index]))
            start = index
        }
        return pieces + [Array(bytes[start...])]
    }
}
