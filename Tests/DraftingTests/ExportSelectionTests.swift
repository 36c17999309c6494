import Export
import Foundation
import Generation
import Store
import Testing

@testable import Drafting

@Suite struct `Exporting a selection` {
    let place: TemporaryStore
    let lamp: SavedGeneration
    let sea: SavedGeneration

    init() throws {
        place = try TemporaryStore()
        lamp = try place.keep("Light, all night.", "Glow.")
        sea = try place.keep("The sea at night.", prompt: "Write about the sea.")
        try place.store.setStarred(true, draftIds: [lamp.drafts[1].id])
    }

    private func text(_ selection: DraftSelection, as format: ExportFormat = .text) throws -> String {
        var text = ""
        try DraftExport(store: place.store, selection: selection, format: format).write { text += $0 }
        return text
    }

    /// The texts that an export holds, in its order.
    private func texts(_ selection: DraftSelection) throws -> [String] {
        let lines = try text(selection, as: .jsonl).split(separator: "\n")
        return try lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?["text"] as? String)
        }
    }

    @Test func `writes a draft, a generation, the starred ones, the found ones or all`() throws {
        #expect(try texts(.drafts([sea.drafts[0].id])) == ["The sea at night."])
        #expect(try texts(.generation(lamp.id)) == ["Light, all night.", "Glow."])
        #expect(try texts(.found(HistoryQuery(starred: true))) == ["Glow."])
        #expect(try texts(.found(HistoryQuery(text: "night"))) == ["The sea at night.", "Light, all night."])
        #expect(try texts(.found(HistoryQuery())) == ["Light, all night.", "Glow.", "The sea at night."])
    }

    @Test func `leaves out the trash, but for drafts that are named`() throws {
        try place.store.trash(draftIds: [lamp.drafts[0].id])
        #expect(try texts(.generation(lamp.id)) == ["Glow."])
        #expect(try texts(.drafts([lamp.drafts[0].id])) == ["Light, all night."])
    }

    @Test(arguments: [DraftSelection.generation(99), .found(HistoryQuery(text: "zeppelin")), .drafts([])])
    func `says so and makes no file if no draft matches`(selection: DraftSelection) throws {
        let path = place.folder + "/out.md"
        let export = DraftExport(store: place.store, selection: selection, format: .markdown)
        let error = #expect(throws: DraftExportError.self) { try export.write(toFile: path, force: false) }
        #expect(error?.description == "Nothing to export: no draft matches.")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `refuses a draft that is not there`() throws {
        #expect(throws: StoreError.missingDraft(id: 99)) { try texts(.drafts([lamp.drafts[0].id, 99])) }
    }

    @Test func `replaces a file only if it may`() throws {
        let path = place.folder + "/out.txt"
        let export = DraftExport(store: place.store, selection: .generation(lamp.id), format: .text)
        #expect(try export.write(toFile: path, force: false) == 2)
        let first = try String(contentsOfFile: path, encoding: .utf8)
        #expect(first == (try text(.generation(lamp.id))))
        try place.store.revise(draftId: lamp.drafts[0].id, text: "Changed.", origin: .edit)
        #expect(throws: ExportError.exists(path: path)) { try export.write(toFile: path, force: false) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == first)
        #expect(try export.write(toFile: path, force: true) == 2)
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("Changed."))
    }

    @Test(arguments: ExportFormat.allCases)
    func `tells each draft that is written, of all that will be`(format: ExportFormat) throws {
        for (selection, count) in [
            (DraftSelection.all, 3), (.generation(lamp.id), 2), (.drafts([sea.drafts[0].id]), 1),
            (.found(HistoryQuery(text: "night")), 2), (.found(HistoryQuery(starred: true)), 1),
        ] {
            let path = place.folder + "/\(count)-\(format.rawValue)"
            var reports: [[Int]] = []
            let export = DraftExport(store: place.store, selection: selection, format: format)
            let written = try export.write(toFile: path, force: true) { reports.append([$0, $1]) }
            #expect(written == count)
            // A format that reads the drafts twice stays at the end.
            #expect(Array(reports.prefix(count)) == (1...count).map { [$0, count] })
            #expect(reports.dropFirst(count).allSatisfy { $0 == [count, count] })
        }
    }

    @Test(arguments: [false, true])
    func `that is cancelled leaves no half file, and the earlier file as it was`(isThere: Bool) throws {
        let folder = place.folder + "/out"
        let path = folder + "/drafts.md"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if isThere { try "Earlier.".write(toFile: path, atomically: true, encoding: .utf8) }
        let export = DraftExport(store: place.store, selection: .all, format: .markdown)
        #expect(throws: CancellationError.self) {
            try export.write(toFile: path, force: true) { written, _ in
                if written == 2 { throw CancellationError() }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == (isThere ? ["drafts.md"] : []))
        if isThere { #expect(try String(contentsOfFile: path, encoding: .utf8) == "Earlier.") }
    }

    @Test func `ends with the error of a writer that takes no more, and hands out large pieces`() throws {
        struct Full: Error {}
        try place.keep(String(repeating: "long ", count: 40_000))
        let export = DraftExport(store: place.store, selection: .found(HistoryQuery()), format: .text)
        var sizes: [Int] = []
        #expect(throws: Full.self) {
            try export.write { piece in
                sizes.append(piece.utf8.count)
                throw Full()
            }
        }
        #expect(sizes.count == 1 && sizes[0] >= 1 << 16)
    }

    @Test func `writes the same fields for a raw prompt of any version`() throws {
        // Earlier versions kept the mode among the fields; as a field of a new generation it comes back as the mode.
        let model = ModelIdentity(name: "built-in", hash: "ab", engine: "copydesk")
        let old = try place.store.beginGeneration(
            SavedGeneration(
                title: "Once", fields: ["prompt": "Once", "raw": "true"], prompt: "Once", model: model, seed: 7,
                drafts: [.empty]))
        let new = try place.store.beginGeneration(
            SavedGeneration(
                title: "Once", fields: ["prompt": "Once"], isRaw: true, prompt: "Once", model: model, seed: 7,
                drafts: [.empty]))
        let fields = try [old, new].map { generation in
            let line = try text(.generation(generation.id), as: .jsonl)
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require((object?["generation"] as? [String: Any])?["fields"] as? [String: String])
        }
        #expect(fields == [["prompt": "Once", "raw": "true"], ["prompt": "Once", "raw": "true"]])
    }
}
