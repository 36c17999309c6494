// Every text that a draft has had: listed, shown, compared, brought back.

import ArgumentParser
import Export
import Generation
import Store
import Text

extension HistoryCommand {
    struct Versions: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "versions",
            abstract: "List, show and compare every text that a draft has had, and bring one back.",
            discussion: """
                Version 1 is the text that was written first; the last one is the draft's text now. --restore makes a new \
                version, so nothing is ever lost.
                JSON: {"draftId", "edited", "versions": [{"number", "origin", "createdAt", "text", "current"}, …]}; with \
                --show one of these objects; with --compare {"draftId", "first", "second", "pieces": [{"side": \
                "both" | "first" | "second", "text"}, …]}.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: "The draft's id, as history lists it.") var id: Int64
        @Option(
            parsing: .unconditional, help: ArgumentHelp("Print the text of this version.", valueName: "n"),
            transform: NumberArgument.whole)
        var show: Int?
        @Flag(
            help: "Compare the two versions whose numbers stand behind the draft's id; a single number with the newest."
        )
        var compare = false
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Give the draft the text of this version again.", valueName: "n"),
            transform: NumberArgument.whole)
        var restore: Int?
        @Argument(help: ArgumentHelp("The versions to compare.", valueName: "n")) var numbers: [Int] = []
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            if [show != nil, compare, restore != nil].count(where: { $0 }) > 1 {
                throw ValidationError("Only one of --show, --compare and --restore can be done at a time.")
            }
            if compare, numbers.isEmpty || numbers.count > 2 {
                throw ValidationError("--compare takes the numbers of two versions, as in --compare 1 2.")
            }
            if !compare, let number = numbers.first {
                throw ValidationError(
                    "'\(number)' is one value too many. Name what to do with it, as in --show \(number).")
            }
        }

        func run() throws {
            let store = try restore == nil ? shared.openStoreForReading() : shared.openStore()
            defer { try? store.close() }
            if let restore { return try bringBack(restore, in: store) }
            if let show {
                let version = try store.version(show, of: id)
                if json {
                    return try Console.printJSON(VersionReport.Item(version, isCurrent: try isCurrent(version, store)))
                }
                return try Console.write(version.text + (version.text.hasSuffix("\n") ? "" : "\n"))
            }
            let versions = try store.versions(of: id)
            if compare { return try compare(versions, store) }
            if json {
                let edited = try store.found(draft: id).draft.isEdited
                return try Console.printJSON(VersionReport(draftId: id, edited: edited, versions: versions))
            }
            for version in versions { try Console.write(VersionText.line(of: version, last: versions.count)) }
        }

        private func isCurrent(_ version: DraftVersion, _ store: DraftStore) throws -> Bool {
            try store.versions(of: id).last?.number == version.number
        }

        private func bringBack(_ number: Int, in store: DraftStore) throws {
            switch try store.restore(version: number, of: id) {
            case .restored(_, let version):
                if !json {
                    return try Console.print(
                        "Draft \(id) has the text of version \(number) again, as version \(version).")
                }
            case .unchanged:
                if !json { return try Console.print("Draft \(id) has the text of version \(number) already.") }
            }
            let edited = try store.found(draft: id).draft.isEdited
            try Console.printJSON(VersionReport(draftId: id, edited: edited, versions: store.versions(of: id)))
        }

        private func compare(_ versions: [DraftVersion], _ store: DraftStore) throws {
            let first = try store.version(numbers[0], of: id)
            let second = try store.version(numbers.count > 1 ? numbers[1] : versions.count, of: id)
            let comparison = WordComparison(first.text, second.text)
            if json {
                return try Console.printJSON(
                    ComparisonReport(
                        draftId: id, first: first.number, second: second.number,
                        pieces: comparison.pieces.map { .init(side: "\($0.side)", text: $0.text) }))
            }
            if comparison.areEqual {
                return try Console.print("Versions \(first.number) and \(second.number) have the same text.")
            }
            try Console.print("[-only in version \(first.number)-] {+only in version \(second.number)+}\n")
            try Console.print(comparison.marked)
        }
    }
}

/// The versions of a draft as JSON.
struct VersionReport: Encodable {
    struct Item: Encodable {
        var number: Int
        var origin: String
        var createdAt: String
        var text: String
        var current: Bool

        init(_ version: DraftVersion, isCurrent: Bool) {
            (number, origin, text) = (version.number, version.origin.rawValue, version.text)
            (createdAt, current) = (Timestamp.iso8601(version.createdAt), isCurrent)
        }
    }

    var draftId: Int64
    var edited: Bool
    var versions: [Item]

    init(draftId: Int64, edited: Bool, versions: [DraftVersion]) {
        (self.draftId, self.edited) = (draftId, edited)
        self.versions = versions.map { Item($0, isCurrent: $0.number == versions.count) }
    }
}

/// Two versions of a draft as JSON.
struct ComparisonReport: Encodable {
    struct Piece: Encodable {
        var side: String
        var text: String
    }

    var draftId: Int64
    var first: Int
    var second: Int
    var pieces: [Piece]
}

enum VersionText {
    /// Number, time, what made the text, and its beginning.
    static func line(of version: DraftVersion, last: Int) -> String {
        let padding = String(repeating: " ", count: max(0, 4 - String(version.number).count))
        let flat = version.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let short = flat.count > 60 ? flat.prefix(59) + "…" : flat[...]
        let now = version.number == last ? ", now" : ""
        return
            "\(padding)\(version.number)  \(HistoryText.time(version.createdAt))  \(version.origin.words)\(now): \(short)\n"
    }
}
