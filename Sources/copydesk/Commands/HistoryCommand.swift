import ArgumentParser
import Export
import Foundation
import Generation
import Store

/// Everything ever generated.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List, search, show, mark, delete and restore drafts and conversations.",
        subcommands: [
            List.self, Search.self, Show.self, Versions.self, Tag.self, Note.self, Rate.self, Delete.self, Restore.self,
        ],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List generations or conversations, newest first.",
            discussion: """
                \(HistoryFilters.wordsDiscussion)
                \(HistoryFilters.discussion) With --conversations, conversations are listed, and --query, --trash and \
                --limit choose them.
                JSON: {"counts": {"drafts", "generations", "exact"}, "generations": [{"id", "title", …, "candidates": 0, \
                "drafts": […]}, …]}, with the drafts that the filters choose. candidates is the number of those that best_of did not choose and that are not listed.
                JSON with --conversations: {"conversations": [{"id", "uuid", "title", "persona", "model", "turns", \
                "createdAt", "updatedAt", …}, …]}.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: "Words to find, and filters such as is:starred.") var words: [String] = []
        @OptionGroup(title: "Filters") var filters: HistoryFilters
        @Option(
            parsing: .unconditional, help: "The number of generations to list.", transform: NumberArgument.whole)
        var limit = 20
        @Flag(help: "List conversations.") var conversations = false
        @Option(
            name: [.short, .long],
            help: ArgumentHelp("Only conversations in which these words were said.", valueName: "words"))
        var query: String?
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            /// A generation with only the listed drafts.
            struct Item: Encodable {
                var generation: SavedGeneration
                var tags: [Int64: [String]]

                private enum Key: String, CodingKey { case candidates, drafts }

                func encode(to encoder: any Encoder) throws {
                    try DraftJSON.Generation(generation).encode(to: encoder)
                    var container = encoder.container(keyedBy: Key.self)
                    try container.encode(generation.hiddenCandidateCount, forKey: .candidates)
                    try container.encode(
                        generation.drafts.map { DraftJSON.Draft($0, of: generation, tags: tags[$0.id] ?? []) },
                        forKey: .drafts)
                }
            }

            var counts: CountReport
            var generations: [Item]
        }

        func validate() throws {
            guard limit >= 1 else {
                throw ValidationError("--limit takes a number of at least 1, and \(limit) is not one.")
            }
            if !conversations, query != nil {
                throw ValidationError(
                    "--query goes with --conversations. Drafts are found by: copydesk history search WORDS")
            }
            let given = try filters.query(words: words, model: shared.givenModel).query
            if conversations, given != HistoryQuery(inTrash: filters.trash) {
                throw ValidationError(
                    "With --conversations there are --query, --trash and --limit; words and the other filters are for drafts."
                )
            }
        }

        func run() throws {
            let store = try shared.openStoreForReading()
            defer { try? store.close() }
            if conversations {
                return try ConversationList(query: query ?? "", isTrash: filters.trash, limit: limit, isJSON: json)
                    .print(from: store)
            }
            let asked = try filters.query(words: words, model: shared.filterModel)
            let query = asked.query
            let generations = try store.history(HistoryPageRequest(query: query, limit: limit)).generations
            if json {
                let tags = try store.tags(of: generations.flatMap { $0.drafts.map(\.id) })
                return try Console.printJSON(
                    Report(
                        counts: CountReport(try store.count(query)),
                        generations: generations.map { .init(generation: $0, tags: tags) }))
            }
            if generations.isEmpty { Console.printError(try nothingFound(asked, in: store)) }
            for generation in generations { try Console.write(HistoryText.lines(of: generation)) }
        }

        /// A misspelled command is taken for a word of a list.
        private var misspelled: String {
            let names = HistoryCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
            guard let first = words.first, let near = NearestName.to(first, among: names) else { return "" }
            return " If '\(first)' was meant as a command, it is: copydesk history \(near)"
        }

        private func nothingFound(_ words: HistoryWords, in store: DraftStore) throws -> String {
            switch words.query {
            case HistoryQuery():
                try store.newestConversation() == nil
                    ? "Nothing was generated yet."
                    : "Nothing was generated outside conversations. Those are listed by: copydesk history list "
                        + "--conversations"
            case HistoryQuery(inTrash: true): "The trash is empty."
            default: "Nothing found." + (try store.unknownNames(of: words)) + misspelled
            }
        }
    }

    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "search",
            abstract: "Find drafts by words in their text, prompt, fields, note or tags.",
            discussion: """
                \(HistoryFilters.wordsDiscussion)
                \(HistoryFilters.discussion)
                JSON: {"counts": {"drafts", "generations", "exact"}, "drafts": [{"id", "text", …}, …]}, newest first. \
                exact is false if there are more than could be counted at once.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: "Words to find, and filters such as is:starred. A draft has all of them.") var words: [String]
        @OptionGroup(title: "Filters") var filters: HistoryFilters
        @Option(parsing: .unconditional, help: "The number of drafts to list.", transform: NumberArgument.whole)
        var limit = 50
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            var counts: CountReport
            var drafts: [DraftJSON.Draft]
        }

        func validate() throws {
            guard limit >= 1 else {
                throw ValidationError("--limit takes a number of at least 1, and \(limit) is not one.")
            }
            _ = try filters.query(words: words, model: shared.givenModel)
        }

        func run() throws {
            let store = try shared.openStoreForReading()
            defer { try? store.close() }
            let asked = try filters.query(words: words, model: shared.filterModel)
            let query = asked.query
            let found = try store.search(query, limit: limit)
            if json {
                let tags = try store.tags(of: found.map(\.id))
                return try Console.printJSON(
                    Report(
                        counts: CountReport(try store.count(query)),
                        drafts: found.map { DraftJSON.Draft($0.draft, of: $0.generation, tags: tags[$0.id] ?? []) }))
            }
            if found.isEmpty { Console.printError("Nothing found." + (try store.unknownNames(of: asked))) }
            for item in found { try Console.write(HistoryText.line(of: item.draft)) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a draft in full, and how it was made.",
            discussion: """
                JSON: {"candidates": 0, "generation": {…}, "drafts": [{…}]}; with --candidates, drafts has them too, and \
                the reasons of the choice are each draft's "score".
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: "The draft's id, as history lists it.") var id: Int64
        @Flag(help: "Also show the candidates that best_of did not choose, and why.") var candidates = false
        @Flag(help: "Also show what a reasoning model thought.") var reasoning = false
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let store = try shared.openStoreForReading()
            defer { try? store.close() }
            var (draft, generation) = try store.found(draft: id)
            let whole = candidates ? try store.generation(id: generation.id, includesCandidates: true) : nil
            if json {
                generation.drafts =
                    [draft] + (whole?.drafts.filter { $0.isCandidate && $0.id != id && $0.deletedAt == nil } ?? [])
                return try Console.write(
                    DraftJSON.generation(generation, tags: store.tags(of: generation.drafts.map(\.id))))
            }
            try Console.write(
                HistoryText.details(
                    of: draft, in: generation, tags: store.tags(of: id), showsReasoning: reasoning))
            if let whole { try Console.write("\n" + ChoiceText.report(of: whole)) }
        }
    }
}

extension DraftStore {
    /// A draft with its generation.
    /// - Throws: `StoreError.missingDraft`.
    func found(draft id: Int64) throws -> (draft: SavedDraft, generation: SavedGeneration) {
        guard let draft = try draft(id: id), let generation = try generation(id: draft.generationId) else {
            throw StoreError.missingDraft(id: id)
        }
        return (draft, generation)
    }
}
