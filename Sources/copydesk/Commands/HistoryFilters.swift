// The options by which `history list`, `history search` and `export` choose drafts.

import ArgumentParser
import Foundation
import Generation
import Store

/// Conditions on drafts; all that are given must hold.
struct HistoryFilters: ParsableArguments {
    @Option(help: ArgumentHelp("Only drafts from this template.", valueName: "name")) var template: String?
    @Option(help: ArgumentHelp("Only drafts of this project.", valueName: "name")) var project: String?
    @Option(help: ArgumentHelp("Only drafts with this tag.", valueName: "name")) var tag: String?
    @Flag(help: "Only starred drafts.") var starred = false
    @Option(
        help: ArgumentHelp("Only drafts written at this time or later, as 2026-11-29T14:00.", valueName: "date"))
    var since: String?
    @Option(help: ArgumentHelp("Only drafts written before this time.", valueName: "date")) var before: String?
    @Flag(help: "Only drafts in the trash, instead of those outside it.") var trash = false
    @Flag(help: "Also candidates that best_of did not choose; lists mark them with ·.") var candidates = false

    /// What to add to a command's explanation: `-m` stands among the options of every command.
    static let discussion = "-m NAME chooses the drafts that a model wrote; all filters combine."

    func validate() throws {
        let (from, end) = (try time(since, "--since"), try time(before, "--before"))
        if let from, let end, from >= end {
            throw ValidationError("--since must be earlier than --before, else no draft can be found.")
        }
    }

    /// True if a filter was given; candidates are an addition, and no filter.
    func areGiven(model: String?) -> Bool {
        (try? query(model: model)) != HistoryQuery(includesCandidates: candidates)
    }

    /// The conditions of the options and of words with filters among them.
    /// - Throws: `ValidationError` for a filter that cannot be read.
    func query(words: [String], model: String?) throws -> HistoryWords {
        let words = HistoryWords(words.joined(separator: " "), in: try query(model: model))
        guard words.problems.isEmpty else {
            throw ValidationError(words.problems.map(\.description).joined(separator: "\n"))
        }
        return words
    }

    /// What the words of a search may be, for a command's explanation.
    static let wordsDiscussion = """
        Words are found as beginnings of words, in any order; "words in quotes" stay together. Filters may stand among \
        them: is:starred is:edited is:trashed, has:note has:tag has:rating, model:, template:, project: and tag: with the \
        beginning of a name, rating:4, 'rating:>=4' or rating:2..4, before: and after: with a date such as 2026-11. \
        docs/history.md has examples.
        """

    /// - Parameter model: the name of a model if `-m` is given; config.yaml's model is no filter.
    func query(text: String = "", model: String?) throws -> HistoryQuery {
        HistoryQuery(
            text: text, template: template, model: model, project: project, tag: tag, starred: starred,
            createdFrom: try time(since, "--since"), createdBefore: try time(before, "--before"), inTrash: trash,
            includesCandidates: candidates)
    }

    private func time(_ text: String?, _ option: String) throws -> Double? {
        guard let text else { return nil }
        do {
            return try DateText.seconds(text)
        } catch .notADate {
            throw ValidationError(
                "\(option) takes a date such as 2026-11-29 or 2026-11-29T14:00, and '\(text)' is not one.")
        } catch .doesNotExist {
            throw ValidationError("\(option) takes a date and time that exist, and '\(text)' does not.")
        }
    }
}

extension DraftStore {
    /// The names in a query that the store does not have, a sentence for each; "" if it has them all.
    func unknownNames(of query: HistoryQuery) throws -> String {
        try unknownNames(in: query).map { unknown in
            let nearest = unknown.nearest.map { "; the nearest name is '\($0)'" } ?? ""
            return switch unknown.kind {
            case .template: " No draft comes from a template '\(unknown.name)'\(nearest)."
            case .model: " No draft was written by a model '\(unknown.name)'\(nearest)."
            case .project: " There is no project '\(unknown.name)'\(nearest)."
            case .tag: " No draft has the tag '\(unknown.name)'\(nearest)."
            }
        }.joined()
    }

    /// What helps if words have found nothing: names that the store does not have, and words with a colon.
    func unknownNames(of words: HistoryWords) throws -> String {
        let filters = HistoryFilter.allCases.map { "\($0.rawValue):" }.joined(separator: " ")
        return try unknownNames(of: words.query)
            + words.unknown.map { " '\($0)' is no filter and was looked for as a word; the filters are \(filters)." }
            .joined()
    }
}

/// How much a query finds, as JSON; drafts above a limit are not counted.
struct CountReport: Encodable {
    var drafts: Int
    var generations: Int
    var exact: Bool

    init(_ count: HistoryCount) { (drafts, generations, exact) = (count.drafts, count.generations, count.isExact) }
}
