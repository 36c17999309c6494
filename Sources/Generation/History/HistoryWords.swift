// The words of a search: filters such as `is:starred` and `rating:>=4`, and words to find.
// - One reader for the studio, the command line and exports, so that the same words find the same drafts.
// - A word with a colon is a filter only if its name is one, or is so near to one that a slip is likely: "Note: milk" and
//   "http://example.org" are words to find. In quotes, everything is.
// - Filters combine: a draft is found if all of them hold.

/// What was typed to find drafts.
public struct HistoryWords: Sendable, Hashable {
    /// The filters, and in `text` the words to find.
    public private(set) var query: HistoryQuery
    /// The filters that cannot be read; nothing should be looked for while there are any.
    public private(set) var problems: [FilterProblem] = []
    /// Words with a colon that are no filters and are looked for as they stand, such as `colour:red`.
    public private(set) var unknown: [String] = []
    /// True if a filter was among the words.
    public var hasFilters: Bool {
        var plain = query
        plain.text = start.text
        return plain != start
    }

    private let start: HistoryQuery
    private var texts: [String] = []

    /// - Parameters:
    ///   - input: as it was typed.
    ///   - start: conditions that hold too, such as a switch to the trash; its text is replaced.
    ///   - seconds: seconds since 1970 at which a date begins; `nil` if it is too far away.
    public init(
        _ input: String, in start: HistoryQuery = HistoryQuery(), seconds: (TypedDate) -> Double?
    ) {
        (query, self.start) = (start, start)
        for word in TypedWord.all(in: input) {
            guard let colon = word.colon else {
                texts.append(word.text)
                continue
            }
            take(
                word.text[..<colon], HistoryWords.unquoted(word.text[word.text.index(after: colon)...]), word.text,
                seconds)
        }
        query.text = texts.joined(separator: " ")
    }

    private static func unquoted(_ value: Substring) -> String { value.filter { !TypedWord.isQuote($0) } }

    private mutating func take(_ name: Substring, _ value: String, _ word: String, _ seconds: (TypedDate) -> Double?) {
        guard let filter = HistoryFilter(rawValue: name.lowercased()) else {
            let near = HistoryWords.nearest(to: name.lowercased())
            if let near, !value.isEmpty {
                problems.append(.unknownFilter(word, nearest: "\(near.rawValue):\(value)"))
            } else {
                if !value.isEmpty { unknown.append(word) }
                texts.append(word)
            }
            return
        }
        if value.isEmpty { return problems.append(.noValue(filter)) }
        switch filter {
        case .is: take(state: value)
        case .has: take(mark: value)
        case .template, .model, .project, .tag:
            guard let kind = NameCondition.Kind(rawValue: filter.rawValue) else { return }
            query.names.append(NameCondition(kind, value))
        case .rating:
            guard let ratings = RatingText.range(value) else { return problems.append(.notARating(value)) }
            let both = (query.ratings ?? 1...5).clamped(to: ratings)
            // Ranges without a common rating would be clamped to an end of one.
            guard (query.ratings ?? 1...5).overlaps(ratings) else { return problems.append(.noRating(value)) }
            query.ratings = both
        case .before, .after: take(filter, date: value, seconds)
        }
    }

    private mutating func take(state: String) {
        switch state.lowercased() {
        case "starred": query.starred = true
        case "edited": query.edited = true
        case "trashed": query.inTrash = true
        case let state:
            problems.append(.unknownValue(.is, state, nearest: NearestName.to(state, among: HistoryFilter.states)))
        }
    }

    private mutating func take(mark: String) {
        switch mark.lowercased() {
        case "note": query.hasNote = true
        case "tag": query.hasTag = true
        case "rating": query.ratings = query.ratings ?? 1...5
        case let mark:
            problems.append(.unknownValue(.has, mark, nearest: NearestName.to(mark, among: HistoryFilter.marks)))
        }
    }

    private mutating func take(_ filter: HistoryFilter, date value: String, _ seconds: (TypedDate) -> Double?) {
        do throws(TypedDate.Problem) {
            let date = try TypedDate(value)
            guard let time = seconds(date) else { return problems.append(.missingDate(filter, value)) }
            if filter == .before {
                query.createdBefore = min(query.createdBefore ?? time, time)
            } else {
                query.createdFrom = max(query.createdFrom ?? time, time)
            }
        } catch {
            problems.append(error == .notADate ? .notADate(filter, value) : .missingDate(filter, value))
        }
    }

    /// The filter that was probably meant by a name; `nil` if the word may as well be text.
    private static func nearest(to name: String) -> HistoryFilter? {
        guard name.utf8.count >= 2, name.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else { return nil }
        // The plural, and other words for the same.
        if let other = HistoryFilter.others[name] { return other }
        guard name.utf8.count >= 3 else { return nil }
        return NearestName.to(name, among: HistoryFilter.allCases.map(\.rawValue)).flatMap(
            HistoryFilter.init(rawValue:))
    }
}

/// The filters by their names.
public enum HistoryFilter: String, Sendable, Hashable, CaseIterable {
    case `is`, has, model, template, tag, project, rating, before, after

    /// The values of `is`.
    public static let states = ["starred", "edited", "trashed"]
    /// The values of `has`.
    public static let marks = ["note", "tag", "rating"]

    /// Words that people know from other programs.
    static let others: [String: HistoryFilter] = [
        "since": .after, "from": .after, "until": .before, "till": .before, "tags": .tag, "models": .model,
        "templates": .template, "projects": .project, "ratings": .rating,
    ]

    /// One of its values, as it is typed.
    public var example: String {
        switch self {
        case .is: "is:starred"
        case .has: "has:note"
        case .model: "model:qwen"
        case .template: "template:slogan"
        case .tag: "tag:client"
        case .project: "project:spring"
        case .rating: "rating:>=4"
        case .before: "before:2026-11"
        case .after: "after:2026-01-15"
        }
    }
}

/// A filter that cannot be read.
public enum FilterProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// - Parameter nearest: the whole word with the name that was probably meant.
    case unknownFilter(String, nearest: String)
    case unknownValue(HistoryFilter, String, nearest: String?)
    case noValue(HistoryFilter)
    case notARating(String)
    /// Of several conditions on the rating, no rating meets all.
    case noRating(String)
    case notADate(HistoryFilter, String)
    case missingDate(HistoryFilter, String)

    public var description: String {
        switch self {
        case .unknownFilter(let word, let nearest):
            "'\(word)' is no filter; the nearest one is '\(nearest)'. In quotes it is found as text."
        case .unknownValue(let filter, let value, let nearest?):
            "'\(filter.rawValue):\(value)' is no filter; the nearest one is '\(filter.rawValue):\(nearest)'."
        case .unknownValue(let filter, let value, nil):
            "'\(filter.rawValue):\(value)' is no filter. There are "
                + "\(FilterProblem.listed(filter == .is ? HistoryFilter.states : HistoryFilter.marks, filter))."
        case .noValue(let filter):
            "'\(filter.rawValue):' needs a value behind the colon, as in \(filter.example)."
        case .notARating(let value):
            "'rating:\(value)' is no filter: a rating is a number from 1 to 5, as in rating:4, rating:>=4 or rating:2..4."
        case .noRating(let value):
            "'rating:\(value)' and an earlier filter by rating leave no rating over, so no draft can be found."
        case .notADate(let filter, let value):
            "'\(filter.rawValue):\(value)' is no filter: it takes a date such as 2026, 2026-11, 2026-11-29 or 2026-11-29T14:00."
        case .missingDate(let filter, let value):
            "'\(filter.rawValue):\(value)' is no filter: there is no such date."
        }
    }

    private static func listed(_ values: [String], _ filter: HistoryFilter) -> String {
        let all = values.map { "\(filter.rawValue):\($0)" }
        return all.dropLast().joined(separator: ", ") + " and " + (all.last ?? "")
    }
}

/// The ratings that a filter asks for.
enum RatingText {
    /// Reads `4`, `>=4`, `>3`, `<=2`, `<3`, `=5` and `2..4`.
    /// - Returns: `nil` if it is none of these, or no rating from 1 to 5 is in it.
    static func range(_ text: String) -> ClosedRange<Int>? {
        if let middle = text.firstRange(of: "..") {
            guard let low = number(text[..<middle.lowerBound]), let high = number(text[middle.upperBound...]),
                low <= high
            else { return nil }
            return low...high
        }
        for (sign, form) in signs where text.hasPrefix(sign) {
            return number(text.dropFirst(sign.count)).flatMap(form)
        }
        return number(text[...]).map { $0...$0 }
    }

    /// Longer signs come before the shorter ones that they begin with.
    private static let signs: [(String, @Sendable (Int) -> ClosedRange<Int>?)] = [
        (">=", { $0...5 }), ("≥", { $0...5 }), ("<=", { 1...$0 }), ("≤", { 1...$0 }),
        (">", { $0 < 5 ? $0 + 1...5 : nil }), ("<", { $0 > 1 ? 1...$0 - 1 : nil }), ("=", { $0...$0 }),
    ]

    private static func number(_ text: Substring) -> Int? {
        Int(text).flatMap { (1...5).contains($0) && text.utf8.count == 1 ? $0 : nil }
    }
}

/// A word between spaces; a phrase in quotes has its quotes, and the spaces within them.
struct TypedWord {
    var text: String
    /// The first colon, if a name of letters stands before it.
    var colon: String.Index?

    static func isQuote(_ character: Character) -> Bool { character == "\"" || character == "“" || character == "”" }

    static func all(in input: String) -> [TypedWord] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in input {
            if isQuote(character) { isQuoted.toggle() }
            if character.isWhitespace && !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words.map { text in
            let colon = text.firstIndex(of: ":").flatMap { place in
                text[..<place].isEmpty || !text[..<place].allSatisfy { $0.isASCII && $0.isLetter } ? nil : place
            }
            return TypedWord(text: text, colon: colon)
        }
    }
}
