// Salvage: reading the rows of a damaged store.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct SalvageTests {
    let folder: TemporaryFolder
    let target: String

    init() throws {
        folder = try TemporaryFolder()
        target = folder.path + "/saved.db"
    }

    /// A store of 200 generations of two drafts, some of them long, made once; and its texts by id.
    private static let sound = Result { () throws -> (bytes: Data, texts: [Int64: String]) in
        let folder = try TemporaryFolder()
        let store = try DraftStore.open(path: folder.store)
        try store.execute("PRAGMA synchronous = OFF")
        var texts: [Int64: String] = [:]
        for number in 1...200 {
            let long = number % 40 == 0 ? String(repeating: "long text \(number) ", count: 2000) : ""
            let kept = try store.keep("first \(number) 灯光 \(long)", "second \(number)", prompt: "About lamp \(number)")
            for draft in kept.drafts { texts[draft.id] = draft.text }
        }
        try store.close()
        return (try Data(contentsOf: URL(fileURLWithPath: folder.store)), texts)
    }

    private func makeStore() throws -> [Int64: String] {
        let sound = try SalvageTests.sound.get()
        try sound.bytes.write(to: URL(fileURLWithPath: folder.store))
        return sound.texts
    }

    private func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.store)) }

    /// Salvages a store, and expects that the damaged file is unchanged and the new one valid.
    private func salvage() throws -> (report: SalvageReport, texts: [Int64: String]) {
        let before = try bytes()
        let report = try DraftStore.salvage(from: folder.store, to: target, replaces: true)
        #expect(try bytes() == before)
        #expect(try !folder.names().contains { $0.hasPrefix(".copydesk-") })
        let store = try DraftStore.open(path: target)
        #expect(store.recovery == RecoveryReport())
        #expect(try store.checkIntegrity() == [])
        #expect(try store.statistics().drafts == report.drafts)
        var texts: [Int64: String] = [:]
        try store.reading(.all) { reader in try reader.forEach(.all) { texts[$0.id] = $0.draft.text } }
        try store.close()
        return (report, texts)
    }

    @Test func `everything in an intact store is read`() throws {
        let store = try DraftStore.open(path: folder.store)
        let kept = try store.keep("one", "two", template: "slogan", fields: ["product": "a lamp"])
        try store.revise(draftId: kept.drafts[0].id, text: "one, edited", origin: .edit)
        try store.setStarred(true, draftIds: [kept.drafts[0].id])
        try store.setNote("a note", draftId: kept.drafts[1].id)
        try store.tag("spring", draftIds: [kept.drafts[1].id])
        var child = SavedGeneration.example("more of it")
        child.parentDraftId = kept.drafts[0].id
        child.relation = .refine
        try store.finishGeneration(store.beginGeneration(child).ended(.stopped, nil))
        try store.trash(draftIds: [kept.drafts[1].id])
        let before = try store.everything()
        try store.close()
        let report = try DraftStore.salvage(from: folder.store, to: target)
        #expect(report.isComplete)
        #expect((report.generations, report.drafts, report.revisions, report.tags) == (2, 3, 1, 1))
        let saved = try DraftStore.open(path: target)
        #expect(before.count == 2)
        #expect(try saved.everything() == before)
        #expect(try saved.revisions(of: kept.drafts[0].id).map(\.text) == ["one"])
        #expect(try saved.tags(of: kept.drafts[1].id) == ["spring"])
        #expect(try saved.found("edited") == ["one, edited"])
        #expect(try saved.checkIntegrity().isEmpty)
    }

    @Test func `details, parts and candidates are read, and no lost choice hides a text`() throws {
        let store = try DraftStore.open(path: folder.store)
        var new = SavedGeneration.example(variants: 3)
        new.parts = [.init(name: "Headline", limits: .init(characters: 40)), .init(name: "Text")]
        var written = try store.beginGeneration(new).writing(["one", "two", "three"])
        written.drafts[0].details.reasoning = String(repeating: "a long thought ", count: 1000)
        written.drafts[1].isCandidate = true
        written.drafts[1].details.score = DraftScore(meanLogProbability: -2, parts: ["complete": 1])
        try store.finishGeneration(written.ended())
        let orphans = try store.keep(chosen: ["lost"], leftOut: ["left"])
        for (table, key) in [("draft", "id"), ("draftSearch", "rowid")] {
            try store.execute("DELETE FROM \(table) WHERE \(key) = \(orphans.drafts[0].id)")
        }
        let before = try store.generation(id: written.id, includesCandidates: true)
        try store.execute("VACUUM")
        try store.close()
        _ = try DraftStore.salvage(from: folder.store, to: target)
        let saved = try DraftStore.open(path: target)
        #expect(before?.drafts.map(\.isCandidate) == [false, true, false])
        let after = try saved.generation(id: written.id, includesCandidates: true)
        #expect(after?.drafts == before?.drafts)
        #expect(after == before)
        #expect(try saved.generation(id: orphans.id)?.drafts.map(\.text) == ["left"])
        #expect(try saved.checkIntegrity().isEmpty)
    }

    @Test(arguments: 1...12)
    func `eight overwritten kilobytes cost a few drafts at most`(seed: UInt64) throws {
        let texts = try makeStore()
        var generator = SplitMix(seed)
        let offset = Int.random(in: 0..<(try bytes().count - 8192), using: &generator)
        try damage(folder.store, at: offset, count: 8192, seed: seed)
        let (report, saved) = try salvage()
        let wrong = texts.filter { saved[$0.key] != $0.value }.keys.sorted()
        #expect(wrong.count <= 6, "\(report)")
        // A text that is not right is said to be cut, or lost.
        #expect(wrong.count <= report.cutDrafts.count + report.lostDrafts, "\(wrong) of \(report)")
        let noise = Array(try bytes()[offset..<offset + 8192])
        for (id, text) in saved where text != texts[id] {
            #expect(report.cutDrafts.contains(id), "draft \(id)")
            // Behind the sound beginning stand at most a few letters that the noise happens to be.
            let sound = zip(text.utf8, (texts[id] ?? "").utf8).prefix { $0 == $1 }.count
            let rest = Array(text.utf8.dropFirst(sound))
            #expect(rest.count <= 16, "draft \(id)")
            #expect(rest.isEmpty || noise.firstRange(of: rest) != nil, "draft \(id)")
        }
    }

    @Test(arguments: ["draft", "generation", "revision", "draftSearch_content", "sqlite_master"])
    func `a table whose root is gone is read all the same`(table: String) throws {
        let texts = try makeStore()
        let store = try DraftStore.open(path: folder.store)
        let root = Int(try store.value("SELECT rootpage FROM sqlite_master WHERE name = '\(table)'") ?? "1") ?? 1
        try store.close()
        try damage(folder.store, at: (root - 1) * 4096, count: 4096, seed: 7)
        #expect(try salvage().texts == texts)
    }

    @Test(arguments: [0.3, 0.6, 0.9])
    func `a store that is cut short gives what is left of it and more`(part: Double) throws {
        let texts = try makeStore()
        let whole = try bytes()
        // The first pages are the roots of tables and indexes, of which a small store has more than of drafts.
        let store = try DraftStore.open(path: folder.store)
        let roots = 4096 * (Int(try store.value("SELECT max(rootpage) FROM sqlite_master") ?? "") ?? 0)
        try store.close()
        let kept = roots + Int(Double(whole.count - roots) * part)
        try whole.prefix(kept).write(to: URL(fileURLWithPath: folder.store))
        let (report, saved) = try salvage()
        #expect(report.missingPages > 0)
        #expect(!report.isComplete)
        let right = texts.filter { saved[$0.key] == $0.value }.count
        #expect(Double(right) > Double(texts.count) * (part - 0.1), "\(right) of \(texts.count)")
    }

    @Test func `a draft whose row is lost comes back from the search index, in its generation`() throws {
        let texts = try makeStore()
        let store = try DraftStore.open(path: folder.store)
        // As if the rows' page had been overwritten: the row is gone, and nobody told the index.
        try store.execute("PRAGMA foreign_keys = OFF; DELETE FROM draft WHERE id IN (21, 22, 30)")
        try store.close()
        let (report, saved) = try salvage()
        #expect(saved == texts)
        #expect(report.draftsFromIndex == 3)
        let generation = try #require(try DraftStore.open(path: target).generation(id: 11))
        #expect(generation.drafts.map(\.id) == [21, 22])
    }

    @Test func `drafts of a lost generation stay together under its title and prompt`() throws {
        _ = try makeStore()
        let store = try DraftStore.open(path: folder.store)
        try store.execute("PRAGMA foreign_keys = OFF; DELETE FROM generation WHERE id = 5")
        try store.close()
        let report = try salvage().report
        #expect(report.lostGenerations == 1)
        let kept = try DraftStore.open(path: target)
        #expect(try report.generations == kept.statistics().generations - 1)
        try kept.close()
        let saved = try DraftStore.open(path: target)
        let generation = try #require(try saved.generation(id: 5))
        #expect(generation.title == "About lamp 5")
        #expect(generation.prompt == "About lamp 5")
        #expect(generation.status == .interrupted)
        #expect(generation.drafts.map(\.text) == ["first 5 灯光 ", "second 5"])
    }

    @Test func `what a crash left in the log is read`() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.store as String] in
            let store = try DraftStore.open(path: path)
            try store.keep("in the log alone")
            kill(getpid(), SIGKILL)
        }
        #expect(try #require(try? Data(contentsOf: URL(fileURLWithPath: folder.store + "-wal"))).count > 4096)
        let (report, saved) = try salvage()
        #expect(report.isComplete, "\(report)")
        #expect(Array(saved.values) == ["in the log alone"])
    }

    @Test func `what was removed for good does not come back`() throws {
        let texts = try makeStore()
        let store = try DraftStore.open(path: folder.store)
        try store.trash(draftIds: Array(texts.keys.filter { $0 % 3 == 0 }))
        try store.emptyTrash()
        try store.close()
        let (report, saved) = try salvage()
        #expect(report.isComplete, "\(report)")
        #expect(Set(saved.keys) == Set(texts.keys.filter { $0 % 3 != 0 }))
    }

    @Test(arguments: ["", "hello", String(repeating: "# Notes\nSome text.\n", count: 5000)])
    func `a file without drafts gets a sentence and no new store`(content: String) throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder.store))
        #expect(throws: StoreError.nothingToSalvage(path: folder.store)) {
            try DraftStore.salvage(from: folder.store, to: target)
        }
        #expect(try folder.names() == ["copydesk.db"])
        #expect(throws: StoreError.missing(path: folder.path + "/none.db")) {
            try DraftStore.salvage(from: folder.path + "/none.db", to: target)
        }
    }

    @Test func `a record that ends before its first column is not a row`() throws {
        // One cell of a table's leaf: two bytes of payload, row 1, and a header that says it is two bytes long.
        var page = [UInt8](repeating: 0, count: 4096)
        page.replaceSubrange(0..<10, with: [0x0D, 0, 0, 0, 1, 0x0F, 0xFC, 0, 0x0F, 0xFC])
        page.replaceSubrange(4092..<4096, with: [2, 1, 0x80, 0x02])
        var file = try makeStore().isEmpty ? Data() : try bytes()
        file.append(contentsOf: page)
        try file.write(to: URL(fileURLWithPath: folder.store))
        let (report, saved) = try salvage()
        #expect(report.damagedRows == 1)
        #expect(saved.count == 400)
    }

    @Test func `a store is never salvaged into itself, nor over another file unasked`() throws {
        _ = try makeStore()
        #expect(throws: StoreError.targetIsStore(path: folder.store)) {
            try DraftStore.salvage(from: folder.store, to: folder.store, replaces: true)
        }
        try Data("precious".utf8).write(to: URL(fileURLWithPath: target))
        #expect(throws: StoreError.targetExists(path: target)) {
            try DraftStore.salvage(from: folder.store, to: target)
        }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "precious")
    }

    @Test(arguments: 1...6)
    func `noise all over the file is survived`(seed: UInt64) throws {
        let texts = try makeStore()
        var data = try bytes()
        var generator = SplitMix(seed &* 77)
        for _ in 0..<300 {
            data[Int.random(in: 0..<data.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        try data.write(to: URL(fileURLWithPath: folder.store))
        let right = try salvage().texts.filter { texts[$0.key] == $0.value }.count
        #expect(right > texts.count / 2, "\(right) of \(texts.count)")
    }
}
