import ArgumentParser
import Drafting
import Export
import Foundation
import Generation
import Store

/// Exports drafts to files.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export drafts and conversations to Markdown, text, HTML, JSON, JSON Lines or CSV.",
        discussion: """
            copydesk export 12 13 --format md -O headlines.md
            copydesk export 12 --format txt --drafts-only
            copydesk export --starred --format csv -O starred.csv
            copydesk export --template slogan --since 2026-11-01 --query lamp
            copydesk export --conversation 5 -O talk.md

            \(HistoryFilters.discussion) Without -O the export goes to standard output. An existing file is not \
            overwritten without --force.

            md, txt and html have headings, dates and fields; of a long field, such as the text that was summarised, only \
            its length. csv has an apostrophe before a text that a spreadsheet would run as a formula.

            Of a conversation, md, txt and html have the open branch, and json has all branches and drafts: \
            {"conversation": {…}, "generations": […], "turns": […]}; of several, {"conversations": […]}. jsonl has a \
            conversation a line as programs for fine-tuning read it: {"messages": [{"role", "content"}, …]}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: "Ids of drafts, as history lists them.") var ids: [Int64] = []
    @Flag(help: "All drafts outside the trash.") var all = false
    @Option(
        help: ArgumentHelp(
            "The drafts that a search finds; filters such as is:starred may be among its words.", valueName: "words"))
    var query: String?
    @Option(
        help: ArgumentHelp(
            "A conversation, by its id or the beginning of its uuid; may be repeated.", valueName: "id"))
    var conversation: [String] = []
    @Flag(help: "All conversations outside the trash.") var allConversations = false
    @OptionGroup(title: "Filters") var filters: HistoryFilters
    @Option(
        help: ArgumentHelp(
            "\(ExportFormat.list) (default: by the file's ending, else md).", valueName: "format"))
    var format: String?
    @Option(
        name: [.customShort("O"), .long],
        help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"))
    var output: String?
    @Flag(help: "Overwrite the file if it exists.") var force = false
    @Flag(help: "Also write what a reasoning model thought.") var reasoning = false
    @Flag(help: "md, txt, html: only the drafts, ready to send.") var draftsOnly = false
    @Flag(help: "md, html: also the texts that the drafts were made from.") var sources = false
    @Flag(name: .customLong("no-guard"), help: "csv: texts as they are, even those that a spreadsheet would run.")
    var noGuard = false
    @Flag(help: "csv: begin with a byte order mark, so that Excel reads it as UTF-8.") var bom = false

    /// The format that is asked for, or that the file's ending names.
    var chosenFormat: ExportFormat {
        format.flatMap { ExportFormat(rawValue: $0) } ?? output.flatMap { ExportFormat(fileName: $0) } ?? .markdown
    }

    /// - Throws: a `ValidationError` for an option that the format does not have.
    func options() throws -> ExportOptions {
        let given: [(name: String, isGiven: Bool, formats: [ExportFormat])] = [
            ("--drafts-only", draftsOnly, ExportFormat.allCases.filter { $0.contents.contains(.drafts) }),
            ("--sources", sources, ExportFormat.allCases.filter { $0.contents.contains(.sources) }),
            ("--no-guard", noGuard, [.csv]), ("--bom", bom, [.csv]),
        ]
        for option in given where option.isGiven && !option.formats.contains(chosenFormat) {
            let names = option.formats.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(option.name) is for \(names), and this export is \(chosenFormat.rawValue).")
        }
        if draftsOnly, sources { throw ValidationError("Give --drafts-only or --sources, not both.") }
        var options = ExportOptions(draftsOnly ? .drafts : sources ? .sources : .facts)
        options.guardsFormulas = !noGuard
        options.hasByteOrderMark = bom
        options.includesReasoning = reasoning
        return options
    }

    func validate() throws {
        let known = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
        if let format, ExportFormat(rawValue: format) == nil {
            throw ValidationError("There is no export format '\(format)'. The formats are: \(known).")
        }
        if format == nil, let output, ExportFormat(fileName: output) == nil {
            let ending = URL(filePath: output).pathExtension
            guard ending.isEmpty else {
                throw ValidationError(
                    "The ending '.\(ending)' names no format. Choose one of \(known), or give --format besides.")
            }
        }
        if !ids.isEmpty, filters.candidates {
            throw ValidationError(
                "--candidates goes with --all, --query or filters. Give the ids alone: a draft that is named by its id "
                    + "is exported even if it was not chosen.")
        }
        let scopes = [
            !ids.isEmpty, all, query != nil || filters.areGiven(model: shared.givenModel), !conversation.isEmpty,
            allConversations,
        ].count { $0 }
        guard scopes == 1 else {
            throw ValidationError(
                scopes == 0
                    ? "Nothing to export: give ids of drafts, --all, --query WORDS, a filter such as --starred, or "
                        + "--conversation ID."
                    : "Give ids of drafts, --all, --query and filters such as --starred, --conversation, or "
                        + "--all-conversations, not several of these.")
        }
        if exportsConversations, !ConversationExport.formats.contains(chosenFormat) {
            let names = ConversationExport.formats.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("A conversation has no form as \(chosenFormat.rawValue). The formats are: \(names).")
        }
        _ = try options()
    }

    private var exportsConversations: Bool { allConversations || !conversation.isEmpty }

    func run() throws {
        let store = try shared.openStoreForReading()
        defer { try? store.close() }
        if exportsConversations { return try exportConversations(of: store) }
        let asked = try filters.query(words: [query ?? ""], model: shared.filterModel)
        let query = asked.query
        let unknown = try store.unknownNames(of: asked)
        guard unknown.isEmpty else { throw Failure("Nothing to export: no draft matches." + unknown) }
        let export = DraftExport(
            store: store, selection: ids.isEmpty ? .found(query) : .drafts(ids), format: chosenFormat,
            options: try options())
        guard let output, output != "-" else {
            try export.write(to: Console.write)
            return
        }
        let count = try namingForce { try export.write(toFile: TextFile.expand(output), force: force) }
        Console.printError("\(counted(count, "draft")) written to \(output).")
    }
}
