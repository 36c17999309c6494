// Holds back the end of a draft that may turn out not to be its text, until it is clear.
// - A closing quotation mark that closes nothing, a count of characters in brackets, a note about the text.
// - A note that no text holds ("Let me know if you need any changes") ends the draft before it.

import Generation
import Text

/// Keeps the end of one draft unreported while it may still be taken off.
struct TidyEndRule: DraftRule {
    /// The line that may be a note; its first byte.
    private var line: Int?
    private var searchedEnd = 0
    /// What the rule took off the draft.
    private(set) var removed: [TidiedPart] = []

    /// `nil` if the draft stays as it is.
    init?(isOn: Bool) {
        guard isOn else { return nil }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        let body = text.body
        while true {
            if line == nil {
                guard let feed = body[max(min(searchedEnd, body.endIndex), body.startIndex)...].firstIndex(of: 0x0A)
                else { break }
                line = feed + 1
                searchedEnd = feed + 1
            }
            guard let start = line, start <= body.endIndex else { break }
            let end = body[start...].firstIndex(of: 0x0A)
            switch TrailingNote.beginning(ofLine: body[start..<(end ?? body.endIndex)], isComplete: end != nil) {
            case .open: return .continues
            case .note(let isCertain):
                guard isCertain else { return .continues }
                removed = [.note]
                return .ends(at: start)
            case .text: line = nil
            }
            guard let end else { break }
            line = end + 1
            searchedEnd = end + 1
        }
        searchedEnd = body.endIndex
        return .continues
    }

    mutating func rollBack(to text: DraftText) {
        let body = text.body
        if let line, line > body.endIndex { self.line = nil }
        if line == nil, searchedEnd > body.endIndex {
            // The last line is looked at anew.
            let feed = body.lastIndex(of: 0x0A)
            line = feed.map { $0 + 1 }
            searchedEnd = body.endIndex
        }
        removed = []
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        var first = line
        // Only the last lines are looked at, because the whole text would take longer with each token.
        let tail = body.suffix(64)
        if let start = TrailingNote.countStart(in: tail, isComplete: false) { first = min(first ?? start, start) }
        if let count = StrayQuote.byteCount(atEndOf: body) { first = min(first ?? .max, body.endIndex - count) }
        return first
    }
}
