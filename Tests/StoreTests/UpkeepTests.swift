// Checkpoints, checks and figures.

import Foundation
import Generation
import Store
import Testing

@Suite struct UpkeepTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    @Test func `a checkpoint moves the log into the database`() throws {
        for _ in 1...20 { try store.keep(String(repeating: "text ", count: 2000)) }
        let before = try #require(try FileManager.default.attributesOfItem(atPath: folder.store)[.size] as? Int)
        #expect(store.checkpoint())
        let after = try #require(try FileManager.default.attributesOfItem(atPath: folder.store)[.size] as? Int)
        #expect(after > before + 200_000)
    }

    @Test func `a long run does not let the log grow without end`() throws {
        for _ in 1...80 { try store.keep(String(repeating: "x", count: 60_000)) }
        let log = try #require(try FileManager.default.attributesOfItem(atPath: folder.store + "-wal")[.size] as? Int)
        #expect(log < 8 << 20)
    }

    @Test func `the check names damage, links that lead nowhere and an index out of step`() throws {
        let kept = try store.keep("a lamp", "灯光")
        #expect(try store.checkIntegrity(isQuick: true).isEmpty)
        try store.execute("DELETE FROM draftSearch WHERE rowid = \(kept.drafts[1].id)")
        try store.execute("PRAGMA foreign_keys = OFF; DELETE FROM generation WHERE id = \(kept.id)")
        #expect(
            try store.checkIntegrity(isQuick: true) == [
                "2 rows point to rows that are not there",
                "the search index does not have a row for each draft; it is made anew at the next opening",
            ])
    }

    @Test func `the figures count what is there`() throws {
        #expect(try store.statistics().firstAt == nil)
        let kept = try store.keep("one", "two", template: "slogan")
        try store.keep("three", template: "slogan")
        try store.keep("free")
        try store.setStarred(true, draftIds: [kept.drafts[0].id])
        try store.trash(draftIds: [kept.drafts[1].id])
        let figures = try store.statistics()
        #expect(figures.generations == 3)
        #expect(figures.drafts == 3)
        #expect(figures.starred == 1)
        #expect(figures.trashed == 1)
        #expect(figures.tokens == 3 + 3 + 5 + 4)
        #expect(figures.templates.map { "\($0.name) \($0.generations)" } == ["slogan 2"])
        #expect(figures.models.map { "\($0.name) \($0.generations)" } == ["built-in 3"])
        #expect(figures.firstAt == kept.createdAt)
        #expect(figures.databaseBytes > 0)
    }
}
