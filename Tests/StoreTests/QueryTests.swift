// Finding drafts by words, template, model, project, tag, star and date, in every combination.

import Foundation
import GRDB
import Generation
import Testing

@testable import Store

@Suite struct QueryTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    /// Twelve generations of two drafts in which every condition holds for some and not for others.
    private func fill() throws {
        for number in 0..<12 {
            let kept = try store.keep(
                number % 2 == 0 ? "a lamp" : "a tree", "the second \(number)",
                template: number % 3 == 0 ? "slogan" : nil, model: number % 4 == 0 ? "large" : "built-in")
            let ids = kept.drafts.map(\.id)
            if number % 5 == 0 { try store.setStarred(true, draftIds: [ids[0]]) }
            if number % 3 != 1 { try store.tag("spring", draftIds: [ids[number % 2]]) }
            if number == 6 || number == 7 { try store.trash(draftIds: ids) }
            if number == 3 { try store.trash(draftIds: [ids[1]]) }
            if number % 4 == 1 { try store.revise(draftId: ids[1], text: "edited \(number)", origin: .edit) }
            if number % 4 == 2 { try store.setNote("ask Berlin", draftId: ids[0]) }
            if number % 3 == 0 { try store.setRating(1 + number % 5, draftId: ids[1]) }
            if number % 6 == 0 { try store.tag("Client One", draftIds: [ids[0]]) }
            // A candidate meets no query, whatever else it has.
            if number % 2 == 1 { try store.keepCandidate("a lamp and a tree", of: kept.id) }
        }
        try store.execute("INSERT INTO project (name, createdAt) VALUES ('Shop', 0)")
        try store.execute("UPDATE generation SET projectId = 2 WHERE id % 2 = 0")
    }

    private static let queries: [HistoryQuery] = {
        var queries: [HistoryQuery] = []
        for text in ["", "lamp", "a"] {
            for template in [nil, "slogan"] {
                for model in [nil, "built-in"] {
                    for project in [nil, "Shop"] {
                        for tag in [nil, "SPRING"] {
                            for starred in [false, true] {
                                for inTrash in [false, true] {
                                    queries.append(
                                        HistoryQuery(
                                            text: text, template: template, model: model, project: project, tag: tag,
                                            starred: starred, inTrash: inTrash))
                                }
                            }
                        }
                    }
                }
            }
        }
        return queries
    }()

    /// Each mark and each name by a part of it, alone and with other conditions.
    private static let markQueries: [HistoryQuery] = {
        let parts: [(inout HistoryQuery) -> Void] = [
            { $0.edited = true }, { $0.hasNote = true }, { $0.hasTag = true }, { $0.ratings = 1...5 },
            { $0.ratings = 3...4 }, { $0.names = [NameCondition(.model, "lar")] },
            { $0.names = [NameCondition(.model, "IN"), NameCondition(.template, "slog")] },
            { $0.names = [NameCondition(.tag, "one")] }, { $0.names = [NameCondition(.tag, "")] },
            { $0.names = [NameCondition(.project, "s")] }, { $0.names = [NameCondition(.model, "zebra")] },
            { ($0.edited, $0.ratings) = (true, 1...5) },
            { ($0.hasNote, $0.names) = (true, [NameCondition(.tag, "spring")]) },
            { $0.names = [NameCondition(.tag, "client one"), NameCondition(.tag, "spr")] },
        ]
        return parts.flatMap { part in
            ["", "lamp"].flatMap { text in
                [(false, false), (true, false), (false, true)].map { starred, inTrash in
                    var query = HistoryQuery(text: text, starred: starred, inTrash: inTrash)
                    part(&query)
                    return query
                }
            }
        }
    }()

    /// Whether a draft meets a query, told without SQL.
    private func meets(_ query: HistoryQuery, _ draft: SavedDraft, _ generation: SavedGeneration) throws -> Bool {
        let text = (draft.text + " " + generation.prompt + " " + generation.title).lowercased()
        let words = text.split { !$0.isLetter && !$0.isNumber }
        if !query.text.isEmpty, !words.contains(where: { $0.hasPrefix(query.text) }) { return false }
        if let template = query.template, generation.templateName != template { return false }
        if let model = query.model, generation.model.name != model { return false }
        if query.project != nil, generation.id % 2 == 1 { return false }
        let tags = try store.tags(of: draft.id)
        if query.tag != nil, !tags.contains("spring") { return false }
        if query.hasTag, tags.isEmpty { return false }
        if query.edited, !draft.isEdited { return false }
        if query.hasNote, draft.note == nil { return false }
        if let ratings = query.ratings, !ratings.contains(draft.rating ?? 0) { return false }
        for condition in query.names {
            let names =
                switch condition.kind {
                case .tag: tags
                case .model: [generation.model.name]
                case .template: [generation.templateName].compactMap(\.self)
                case .project: [generation.id % 2 == 1 ? "Drafts" : "Shop"]
                }
            if condition.meant(among: names).isEmpty { return false }
        }
        if query.starred, !draft.starred { return false }
        if let from = query.createdFrom, generation.createdAt < from { return false }
        if let end = query.createdBefore, generation.createdAt >= end { return false }
        return query.inTrash == (draft.deletedAt != nil)
    }

    @Test func `every combination of conditions finds the drafts that meet them, in lists, pages and exports`() throws {
        try fill()
        let all = try store.everything()
        var countByQuery: [Int] = []
        for var query in QueryTests.queries + QueryTests.markQueries {
            for dates in [(nil, nil), (all[3].createdAt, all[9].createdAt)] as [(Double?, Double?)] {
                (query.createdFrom, query.createdBefore) = dates
                let expected = try all.flatMap { generation in
                    try generation.drafts.filter { try meets(query, $0, generation) }.map(\.id)
                }
                countByQuery.append(expected.count)
                #expect(try store.search(query, limit: 99).map(\.id).sorted() == expected, "\(query)")
                #expect(try store.exported(.found(query)).sorted() == expected, "\(query)")
                for order in [HistoryStatement.Order.newestFirst, .oldestFirst] {
                    let (common, rare) = (try ids(query, order, rareCount: -1), try ids(query, order, rareCount: 99))
                    #expect(common == rare && common.sorted() == expected, "whichever condition leads: \(query)")
                }
                var (paged, generations): ([Int64], [Int64]) = ([], [])
                var request = HistoryPageRequest(query: query, limit: 2)
                repeat {
                    let page = try store.history(request)
                    #expect(page.generations.count == 2 || !page.hasMore)
                    #expect(page.generations.allSatisfy { !$0.drafts.isEmpty })
                    paged += page.generations.flatMap { $0.drafts.map(\.id) }
                    generations += page.generations.map(\.id)
                    request.after = page.next
                } while request.after != nil && generations.count < 99
                #expect(paged.sorted() == expected, "\(query)")
                #expect(Set(generations).count == generations.count, "\(query)")
                if !query.inTrash { #expect(generations == generations.sorted(by: >), "\(query)") }
            }
        }
        // The conditions are met by some and not by all.
        #expect(countByQuery.max() == 19)
        #expect(Set(countByQuery).count > 8)
    }

    @Test func `the trash shows first what was thrown away last, whatever its age`() throws {
        let ids = try (1...4).map { try store.keep("text \($0)").drafts[0].id }
        for id in [ids[2], ids[0], ids[3]] { try store.trash(draftIds: [id]) }
        var request = HistoryPageRequest(query: HistoryQuery(inTrash: true), limit: 2)
        let first = try store.history(request)
        request.after = first.next
        let second = try store.history(request)
        #expect(first.generations.flatMap(\.drafts).map(\.id) == [ids[3], ids[0]])
        #expect(second.generations.flatMap(\.drafts).map(\.id) == [ids[2]])
        #expect(second.next == nil)
    }

    @Test func `a page begins after a generation that is gone by now`() throws {
        let kept = try (1...4).map { try store.keep("lamp \($0)") }
        try store.trash(draftIds: kept[2].drafts.map(\.id))
        try store.emptyTrash()
        let after = HistoryCursor(createdAt: kept[2].createdAt, id: kept[2].id)
        for text in ["", "lamp"] {
            let page = try store.history(HistoryPageRequest(query: HistoryQuery(text: text), after: after))
            #expect(page.generations.map(\.id) == [kept[1].id, kept[0].id])
        }
    }

    @Test func `names that nothing has are told with the nearest one`() throws {
        try fill()
        let query = HistoryQuery(template: "slogen", model: "bulit-in", project: "shop!", tag: "sprinng")
        #expect(
            try store.unknownNames(in: query).map { "\($0.kind) \($0.name) \($0.nearest ?? "-")" } == [
                "template slogen slogan", "model bulit-in built-in", "project shop! Shop", "tag sprinng spring",
            ])
        #expect(
            try store.unknownNames(in: HistoryQuery(template: "zebra")).map(\.nearest) == [nil])
        #expect(
            try store.unknownNames(
                in: HistoryQuery(template: "slogan", model: "large", project: "Drafts", tag: " Spring ")
            ).isEmpty)
        #expect(try store.unknownNames(in: HistoryQuery(text: "zebra", starred: true)).isEmpty)
    }

    private func ids(_ query: HistoryQuery, _ order: HistoryStatement.Order, rareCount: Int) throws -> [Int64] {
        try store.read { db in
            let statement = try HistoryStatement(query, order: order, rareCount: rareCount, db)
            return try Int64.fetchAll(db, sql: statement.sql, arguments: statement.arguments)
        }
    }

    /// The steps of SQLite's plan for a query, without those for the few tags and projects.
    private func plan(_ query: HistoryQuery, _ order: HistoryStatement.Order, rareCount: Int) throws -> [String] {
        try store.read { db in
            let statement = try HistoryStatement(query, order: order, rareCount: rareCount, db)
            return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: statement.arguments)
                .map { $0["detail"] as String }.filter { !$0.hasPrefix("SEARCH t ") }
        }
    }

    @Test(arguments: [
        (HistoryQuery(), "generationByTime"), (HistoryQuery(createdFrom: 5, createdBefore: 9), "generationByTime"),
        (HistoryQuery(template: "slogan"), "generationByTemplate"),
        (HistoryQuery(model: "large"), "generationByModel"), (HistoryQuery(project: "Shop"), "generationByProject"),
        (HistoryQuery(template: "slogan", createdFrom: 5), "generationByTemplate"),
        (HistoryQuery(template: "slogan", model: "large"), "generationBy"),
        (HistoryQuery(starred: true), "generationByTime"), (HistoryQuery(edited: true), "generationByTime"),
        (HistoryQuery(hasNote: true, ratings: 4...5), "generationByTime"),
        (HistoryQuery(hasTag: true, names: [NameCondition(.tag, "spring")]), "generationByTime"),
        (HistoryQuery(model: "large", tag: "spring", starred: true), "generationByModel"),
    ])
    func `a page goes by an index that is in order, and stops when it is full`(
        query: HistoryQuery, index: String
    ) throws {
        for order in [HistoryStatement.Order.newestFirst, .oldestFirst] {
            let steps = try plan(query, order, rareCount: -1)
            #expect(steps.first?.contains("g USING") == true && steps.first?.contains(index) == true, "\(steps)")
            #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "nothing is sorted: \(steps)")
            #expect(steps.contains { $0.hasPrefix("SEARCH d USING") }, "not all drafts are read: \(steps)")
        }
    }

    @Test(arguments: [
        (HistoryQuery(starred: true), "d USING COVERING INDEX draftStarredByGeneration", 9),
        (HistoryQuery(template: "slogan", starred: true), "d USING COVERING INDEX draftStarredByGeneration", 9),
        (HistoryQuery(tag: "spring"), "dt USING COVERING INDEX draftTagByTag", 9),
        (HistoryQuery(text: "lamp", tag: "spring", starred: true), "dt USING COVERING INDEX draftTagByTag", 9),
        (HistoryQuery(edited: true), "d USING COVERING INDEX draftEdited", 9),
        (HistoryQuery(hasNote: true), "d USING INDEX draftNoted", 9),
        (HistoryQuery(ratings: 4...5), "d USING COVERING INDEX draftRated (rating>? AND rating<?)", 9),
        (HistoryQuery(text: "lamp", template: "slogan"), "generationByTemplate (templateName=?)", 9),
        (HistoryQuery(inTrash: true), "draftTrashed (deletedAt>?)", -1),
        (HistoryQuery(text: "lamp"), "draftSearch VIRTUAL TABLE", -1),
        (HistoryQuery(text: "lamp", template: "slogan", tag: "spring"), "draftSearch VIRTUAL TABLE", -1),
    ])
    func `the narrowest condition leads, and goes by an index`(
        query: HistoryQuery, first: String, rareCount: Int
    ) throws {
        for order in [HistoryStatement.Order.newestFirst, .oldestFirst] {
            let steps = try plan(query, order, rareCount: rareCount)
            #expect(steps.first?.contains(first) == true, "\(steps)")
            let scans = steps.dropFirst().filter { $0.hasPrefix("SCAN") && !$0.contains("draftSearch VIRTUAL TABLE") }
            #expect(scans.isEmpty, "\(steps)")
            #expect(!steps.contains { $0.contains("CORRELATED") } || query.tag != nil, "words are found once: \(steps)")
        }
    }

    @Test func `a part of a name goes by the name's index if one is meant, and by time if several common ones are`()
        throws
    {
        try fill()
        try store.keep("a lamp", model: "built-on")
        let plans = try [("lar", -1), ("built", -1), ("built", 99)].map { part, rareCount in
            try plan(HistoryQuery(names: [NameCondition(.model, part)]), .newestFirst, rareCount: rareCount)
        }
        #expect(plans.map { $0.first?.contains("generationByModel (model=?)") } == [true, false, true], "\(plans)")
        #expect(plans[1].first?.contains("generationByTime") == true, "\(plans)")
        #expect(plans[0...1].allSatisfy { !$0.contains { $0.contains("TEMP B-TREE") } }, "\(plans)")
        let found = try store.search(HistoryQuery(names: [NameCondition(.model, "built")]), limit: 99)
        #expect(Set(found.map(\.generation.model.name)) == ["built-in", "built-on"])
    }

    @Test func `a part of a name that no name has is told with the nearest one`() throws {
        try fill()
        let query = HistoryQuery(names: [NameCondition(.model, "lrage"), NameCondition(.tag, "spr")])
        #expect(
            try store.unknownNames(in: query) == [UnknownName(kind: .model, name: "lrage", nearest: "large")])
    }

    @Test func `what is found is counted up to a limit`() throws {
        try fill()
        let all = try store.search(HistoryQuery(starred: true), limit: 99)
        let count = try store.count(HistoryQuery(starred: true))
        #expect(
            count
                == HistoryCount(
                    drafts: all.count, generations: Set(all.map(\.generation.id)).count, isExact: true))
        #expect(!all.isEmpty)
        #expect(try store.count(HistoryQuery(), limit: 3) == HistoryCount(drafts: 3, generations: 2, isExact: false))
        #expect(try store.count(HistoryQuery(text: "zebra")).drafts == 0)
        #expect(try store.count(HistoryQuery(), limit: .max).isExact)
    }

    @Test func `candidates are counted by their own index alone`() throws {
        try fill()
        let steps = try store.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    EXPLAIN QUERY PLAN SELECT generationId, count(*) FROM draft
                    WHERE candidate AND generationId IN (1, 2) GROUP BY 1
                    """
            ).map { $0["detail"] as String }
        }
        #expect(steps.allSatisfy { $0.contains("COVERING INDEX draftCandidates") }, "\(steps)")
    }

    @Test func `if several conditions meet words, the rare one leads`() throws {
        try fill()
        let query = HistoryQuery(text: "lamp", template: "slogan", model: "large")
        let steps = try plan(query, .newestFirst, rareCount: 3)
        #expect(steps.first?.contains("generationByModel (model=?)") == true, "\(steps)")
    }
}
