// What stands before the text that a server wrote: white space, quotation marks, a label, a preamble, Markdown.
// - The beginning is held back until it is clear. Then it never changes.

import Generation
import Text

/// Finds the first byte of the text itself.
struct OpeningCut {
    enum Answer: Equatable {
        /// Only more text will tell.
        case open
        /// The text begins here.
        case begins(at: Int, removed: [TidiedPiece])
    }

    let trims: Bool
    /// `nil` if only white space is taken off.
    let tidying: TextOpening.Allowed?

    /// A quotation that is not closed within so many bytes is the text's own only behind the mark.
    private static let longestQuotation = 400

    /// Looks at a growing text.
    func answer(for bytes: [UInt8]) -> Answer {
        var rest = bytes[...]
        if trims {
            rest = trimmed(rest)
            guard !rest.isEmpty else { return .open }
        }
        guard let tidying else { return .begins(at: rest.startIndex, removed: []) }
        var removed: [TidiedPiece] = []
        for _ in 0..<8 {
            guard case .decoration(let part, let end) = TextOpening.of(rest, isComplete: false, allowing: tidying)
            else { break }
            switch part {
            case .quotes, .markdown:
                // What closes it will tell if it is taken off.
                guard isLong(rest) else { return .open }
                if isQuotation(rest, mark: end) { return .begins(at: rest.startIndex, removed: removed) }
            case .label, .preamble, .note: break
            }
            if !removed.contains(where: { $0.rawValue == part.rawValue }), let piece = TidiedPiece(part) {
                removed.append(piece)
            }
            rest = trimmed(rest[min(end, rest.endIndex)...])
        }
        switch TextOpening.of(rest, isComplete: false, allowing: tidying) {
        case .open: return .open
        case .plain, .decoration: return .begins(at: rest.startIndex, removed: removed)
        }
    }

    private func isLong(_ rest: ArraySlice<UInt8>) -> Bool { rest.count > Self.longestQuotation }

    /// True if text follows the quotation at the beginning.
    private func isQuotation(_ rest: ArraySlice<UInt8>, mark: Int) -> Bool {
        // With the quotation allowed, only one with text behind it is plain.
        var allowed = TextOpening.Allowed()
        allowed.quotations = true
        return TextOpening.of(rest, isComplete: true, allowing: allowed) == .plain
    }

    private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text.drop(while: UTF8Text.isASCIIWhitespace)
    }
}

extension TidiedPiece {
    init?(_ part: TidiedPart) { self.init(rawValue: part.rawValue) }
}
