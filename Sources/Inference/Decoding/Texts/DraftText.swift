// The growing text of one draft, and how much of it was reported.
// - Reported text is never rolled back: `truncate` keeps at least as much.
// - Only complete characters are reported, and trailing white space only if more text follows it.

import Generation
import Text

/// The bytes of a draft, with the place of each token.
struct DraftText {
    private(set) var bytes: [UInt8] = []
    private(set) var tokens: [TokenID] = []
    /// The alternatives of each token; empty unless the request asks for them.
    private(set) var alternatives: [PositionAlternatives] = []
    /// The first byte of each token.
    private var starts: [Int] = []
    private var reportedCount = 0
    private let trimsWhitespace: Bool

    /// - Parameter trimsWhitespace: true to drop white space before and after the text.
    init(trimsWhitespace: Bool) { self.trimsWhitespace = trimsWhitespace }

    /// The text without leading white space, if that is dropped.
    var body: ArraySlice<UInt8> {
        trimsWhitespace ? bytes.drop { UTF8Text.isASCIIWhitespace($0) } : bytes[...]
    }

    /// The index of the token that holds a byte.
    func tokenIndex(atByte offset: Int) -> Int {
        var index = starts.count - 1
        while index > 0, starts[index] > offset { index -= 1 }
        return max(index, 0)
    }

    func start(ofToken index: Int) -> Int { index < starts.count ? starts[index] : bytes.count }

    /// True if nothing from this byte on was reported.
    func isUnreported(fromByte offset: Int) -> Bool { offset >= reportedCount }

    func isUnreported(fromToken index: Int) -> Bool { start(ofToken: index) >= reportedCount }

    mutating func append(
        _ token: TokenID, _ tokenBytes: some Sequence<UInt8>, alternatives: PositionAlternatives? = nil
    ) {
        if let alternatives { self.alternatives.append(alternatives) }
        starts.append(bytes.count)
        tokens.append(token)
        bytes.append(contentsOf: tokenBytes)
    }

    /// Rolls back all but the first `count` tokens.
    mutating func truncate(tokens count: Int) {
        bytes.removeLast(bytes.count - start(ofToken: count))
        starts.removeLast(starts.count - count)
        tokens.removeLast(tokens.count - count)
        alternatives.removeLast(max(alternatives.count - count, 0))
    }

    /// How many tokens have bytes in the text; tokens that were cut off have none.
    var writtenTokenCount: Int { starts.firstIndex(of: bytes.count) ?? starts.count }

    /// The tokens that lie wholly in the reported text, and the reported text behind them.
    var reportedTokens: (tokens: [TokenID], rest: String) {
        let count = (0..<tokens.count).first { start(ofToken: $0 + 1) > reportedCount } ?? tokens.count
        let end = start(ofToken: count)
        return (Array(tokens.prefix(count)), String(decoding: bytes[end..<max(reportedCount, end)], as: UTF8.self))
    }

    /// Cuts the text before a byte; its tokens still count.
    mutating func cut(at offset: Int) {
        bytes.removeLast(max(bytes.count - max(offset, reportedCount), 0))
        for index in starts.indices { starts[index] = min(starts[index], bytes.count) }
    }

    /// Drops everything before a byte; its tokens still count. Nothing of the text may have been reported.
    mutating func dropBeginning(before offset: Int) {
        guard reportedCount == 0, offset > 0 else { return }
        let count = min(offset, bytes.count)
        bytes.removeFirst(count)
        for index in starts.indices { starts[index] = max(starts[index] - count, 0) }
    }

    /// The next piece to report: complete characters before `limit`, from which on the text may still change.
    mutating func report(upTo limit: Int, isFinal: Bool) -> String {
        let begin = max(reportedCount, body.startIndex)
        var piece = bytes[min(begin, limit)..<max(min(limit, bytes.count), min(begin, limit))]
        piece = piece.dropLast(UTF8Text.incompleteTailCount(piece))
        if !isFinal { piece = piece.dropLast(UTF8Text.openClusterCount(piece)) }
        if trimsWhitespace {
            while let (scalar, count) = UTF8Text.lastScalar(piece), ScalarClass(scalar) == .whitespace {
                piece = piece.dropLast(count)
            }
        }
        guard !piece.isEmpty else { return "" }
        reportedCount = piece.endIndex
        return String(decoding: piece, as: UTF8.self)
    }
}
