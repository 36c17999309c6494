// Names that are written in one way: "Kettle & Vine", never "Kettle & vine".
// - If the model wrote a name in another case, the name is rolled back and written as it should be, token by token.
// - A name is reported when it is complete.

import Generation
import Text

/// Keeps the case of names in one draft.
struct CasingRule: DraftRule {
    private struct Name: Sendable {
        let bytes: [UInt8]
        let finder: PhraseFinder
    }

    /// A name to write, with the text between the last token before it and itself.
    private struct Correction: Sendable {
        var start: Int
        var bytes: [UInt8]
    }

    private let names: [Name]
    private let vocabulary: any TextVocabulary
    private var correction: Correction?
    private(set) var forcedToken: TokenID?
    private var rollBackCount = 0

    /// A name that cannot be written, because other rules forbid it, does not keep the draft from its end.
    private static let mostRollBacks = 16

    /// `nil` if there are no names.
    init?(_ names: [String], vocabulary: any TextVocabulary) {
        self.names = names.map { String(TextLength.trimmed($0)) }.filter { !$0.isEmpty }.map {
            Name(bytes: Array($0.utf8), finder: PhraseFinder([$0], folding: true, wholeWords: true))
        }
        self.vocabulary = vocabulary
        if self.names.isEmpty { return nil }
    }

    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) {
        forcedToken = nil
        guard !place.isProbe, let correction, place.body.endIndex >= correction.start else { return }
        let written = place.body[max(correction.start, place.body.startIndex)...]
        guard written.count < correction.bytes.count, correction.bytes.starts(with: written),
            let token = token(writing: Array(correction.bytes[written.count...])),
            workspace.logits.indices.contains(Int(token)), workspace.logits[Int(token)] > -.infinity
        else {
            self.correction = nil
            return
        }
        let logit = workspace.logits[Int(token)]
        for index in workspace.logits.indices { workspace.logits[index] = -.infinity }
        workspace.logits[Int(token)] = logit
        forcedToken = token
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        guard rollBackCount < Self.mostRollBacks else { return .continues }
        let body = text.body
        for name in names {
            guard let match = name.finder.firstMatch(in: body, newCount: bytes.count),
                !body[match].elementsEqual(name.bytes)
            else { continue }
            let start = text.start(ofToken: text.tokenIndex(atByte: match.lowerBound))
            guard text.isUnreported(fromByte: start) else { continue }
            rollBackCount += 1
            correction = Correction(start: start, bytes: Array(body[start..<match.lowerBound]) + name.bytes)
            return .rollsBack(to: match.lowerBound)
        }
        return .continues
    }

    mutating func rollBack(to text: DraftText) {
        if let correction, text.bytes.count < correction.start { self.correction = nil }
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        names.compactMap { $0.finder.possibleStart(in: body) }.min()
    }

    /// The token that writes most of these bytes' beginning.
    private func token(writing bytes: [UInt8]) -> TokenID? {
        // If the vocabulary puts a space before every text, it writes " so" and "so" alike.
        let spellings = [
            vocabulary.tokens(writing: bytes), vocabulary.tokens(writing: Array(bytes.drop { $0 == 0x20 })),
        ]
        func count(_ token: TokenID) -> Int {
            let text = vocabulary.textBytes(of: token)
            return bytes.starts(with: text) ? text.count : 0
        }
        let best = spellings.compactMap(\.first).max { count($0) < count($1) }
        return best.flatMap { count($0) > 0 ? $0 : nil }
    }
}
