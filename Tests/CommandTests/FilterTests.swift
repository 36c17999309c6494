// The filters that `history list`, `history search` and `export` share, and the dates they take.

import Foundation
import Generation
import Store
import Testing

@testable import copydesk

@Suite struct `Filters of the history` {
    private let home: Home

    /// A store with three generations, of two drafts each.
    init() throws {
        home = try Home()
        let store = try DraftStore.open(path: home.path("drafts.db"))
        for (number, template) in ["slogan", "product-ad", nil].enumerated() {
            var new = SavedGeneration(
                templateName: template, title: template ?? "A lamp", prompt: "A lamp",
                model: ModelIdentity(name: number == 0 ? "large" : "built-in", hash: "", engine: ""), seed: 1)
            new.drafts = (0..<2).map {
                SavedDraft(id: 0, generationId: 0, ordinal: $0, text: "", createdAt: 0, updatedAt: 0)
            }
            var written = try store.beginGeneration(new)
            for index in written.drafts.indices { written.drafts[index].text = "lamp \(number) \(index)" }
            written.status = .complete
            try store.finishGeneration(written)
        }
        try store.setStarred(true, draftIds: [1, 4])
        try store.tag("spring", draftIds: [2, 4])
        try store.trash(draftIds: [6])
        try store.close()
    }

    private func run(_ arguments: [String]) throws -> Run {
        try home.run(arguments + ["--database", home.path("drafts.db")])
    }

    private func ids(_ objects: [[String: Any]]) -> [Int] { objects.compactMap { $0["id"] as? Int } }

    @Test(
        arguments: [
            ([], [5, 4, 3, 2, 1]), (["--template", "slogan"], [2, 1]), (["-m", "built-in"], [5, 4, 3]),
            (["--model", "large", "--starred"], [1]), (["--tag", "Spring"], [4, 2]), (["--starred"], [4, 1]),
            (["--tag", "spring", "--starred", "--template", "product-ad"], [4]),
            (["--project", "Drafts"], [5, 4, 3, 2, 1]),
            (["--trash"], [6]), (["--trash", "--starred"], []), (["--since", "2001-01-01"], [5, 4, 3, 2, 1]),
            (["--before", "2001-01-01T12:00"], []),
            (["--since", "2001-01-01", "--before", "2999-01-01"], [5, 4, 3, 2, 1]),
        ] as [([String], [Int])])
    func `choose the same drafts for list, search and every format of export`(
        filters: [String], expected: [Int]
    ) throws {
        let found = try run(["history", "search", "lamp", "--json"] + filters)
        #expect(found.status == 0, "\(found.error)")
        #expect(try ids(found.objects("drafts")) == expected)
        let listed = try run(["history", "list", "--json"] + filters).objects("generations")
        #expect(listed.flatMap { ids($0["drafts"] as? [[String: Any]] ?? []) }.sorted() == expected.sorted())
        let all = filters.isEmpty ? ["--all"] : filters
        for format in ExportFormat.allCases {
            let exported = try run(["export", "--format", format.rawValue] + all)
            #expect(exported.status == (expected.isEmpty ? 1 : 0), "\(exported.error)")
            let texts = (1...6).filter { exported.output.contains("lamp \(($0 - 1) / 2) \(($0 - 1) % 2)") }
            #expect(texts == expected.sorted(), "\(format)")
        }
        let worded = try run(["export", "--query", "lamp", "--format", "jsonl"] + filters)
        #expect(worded.output.split(separator: "\n").count == expected.count)
    }

    @Test func `a name that the store does not have is told, with the nearest one`() throws {
        let listed = try run(["history", "list", "--template", "slogen", "--tag", "zebra"])
        #expect(listed.status == 0 && listed.output.isEmpty)
        #expect(
            listed.error == "Nothing found. No draft comes from a template 'slogen'; the nearest name is 'slogan'. "
                + "No draft has the tag 'zebra'.\n")
        let found = try run(["history", "search", "lamp", "-m", "lage"])
        #expect(
            found.error == "Nothing found. No draft was written by a model 'lage'; the nearest name is 'large'.\n")
        let exported = try run(["export", "--project", "Draft"])
        #expect(exported.status == 1)
        #expect(
            exported.error == "copydesk: Nothing to export: no draft matches. "
                + "There is no project 'Draft'; the nearest name is 'Drafts'.\n")
    }

    @Test(arguments: [
        (
            ["--since", "yesterday"],
            "--since takes a date such as 2026-11-29 or 2026-11-29T14:00, and 'yesterday' is not one."
        ),
        (["--before", "2026-02-30"], "--before takes a date and time that exist, and '2026-02-30' does not."),
        (
            ["--since", "2026-11-29", "--before", "2026-11-28"],
            "--since must be earlier than --before, else no draft can be found."
        ),
    ])
    func `a bad date gets a sentence`(filters: [String], sentence: String) throws {
        for command in [["history", "list"], ["history", "search", "x"], ["export"]] {
            let refused = try run(command + filters)
            #expect(refused.status == 2)
            #expect(refused.error.contains(sentence), "\(refused.error)")
        }
    }

    @Test func `ids, all and filters exclude each other`() throws {
        for several in [["1", "--starred"], ["--all", "--query", "x"], ["--all", "-m", "large"]] {
            let refused = try run(["export"] + several)
            #expect(refused.status == 2)
            #expect(refused.error.contains("Give ids of drafts, --all, --query and filters such as --starred"))
        }
    }
}

@Suite struct `Dates that people type` {
    @Test(
        arguments: [
            ("2026-11-29T14:00Z", 1_795_960_800), ("2026-11-29 14:00:30+01:00", 1_795_957_230),
            ("2026-11-29T14:00:30.5-0530", 1_795_980_630), ("2024-02-29T00:00Z", 1_709_164_800),
            ("1969-12-31T23:59:59Z", -1), ("2026-11-29T23:00+02", 1_795_986_000),
        ] as [(String, Double)])
    func `a zone says the time`(text: String, seconds: Double) throws {
        #expect(try DateText.seconds(text) == seconds)
    }

    @Test(arguments: ["2026-11-29", "2026-11-29T14:00", "2026-07-01 08:30:15", "2024-02-29"])
    func `without a zone it is local time, and a date is the beginning of its day`(text: String) throws {
        let date = Date(timeIntervalSince1970: try DateText.seconds(text))
        let parts = Calendar.current.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) } + [0, 0, 0]
        #expect(
            [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second] == numbers.prefix(6).map { $0 }
        )
    }

    @Test(arguments: [
        "", "2026", "2026-11", "29.11.2026", "2026-11-29T", "2026-11-29T14", "2026-1-2", "2026-11-29Z", "now",
    ])
    func `other forms are not dates`(text: String) {
        #expect(throws: DateText.Problem.notADate) { try DateText.seconds(text) }
    }

    @Test(arguments: [
        "2026-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00", "0000-01-01",
        "2026-11-29T24:00", "2026-11-29T10:60", "2026-11-29T10:00:60", "2026-11-29T10:00+25:00",
    ])
    func `dates and times that do not exist are told apart`(text: String) {
        #expect(throws: DateText.Problem.doesNotExist) { try DateText.seconds(text) }
    }
}
