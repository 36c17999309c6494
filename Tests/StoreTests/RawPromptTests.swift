// The raw mode of a free prompt: a fact of a generation, and a key of the fields in its row, as in every version.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct RawPromptTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        store = try DraftStore.open(path: folder.store)
    }

    private func fields(of id: Int64) throws -> String? {
        try store.value("SELECT fields FROM generation WHERE id = \(id)")
    }

    @Test func `comes back as it was kept, and its row is that of earlier versions`() throws {
        var new = SavedGeneration.example("Once", fields: ["prompt": "Once"])
        new.isRaw = true
        let raw = try store.beginGeneration(new)
        let chat = try store.beginGeneration(.example("Once", fields: ["prompt": "Once"]))
        for generation in [raw, try #require(try store.generation(id: raw.id))] {
            #expect(generation.isRaw && generation.fields == ["prompt": "Once"])
        }
        #expect(!chat.isRaw && chat.fields == ["prompt": "Once"])
        #expect(try fields(of: raw.id) == #"{"prompt":"Once","raw":"true"}"#)
        #expect(try fields(of: chat.id) == #"{"prompt":"Once"}"#)
    }

    @Test func `of a row of an earlier version is found among its fields`() throws {
        let old = try store.beginGeneration(.example("Once", fields: ["prompt": "Once"]))
        _ = try store.write { db in
            try db.execute(
                sql: "UPDATE generation SET fields = ? WHERE id = ?",
                arguments: [#"{"prompt":"Once","raw":"true"}"#, old.id])
        }
        let read = try #require(try store.generation(id: old.id))
        #expect(read.isRaw && read.fields == ["prompt": "Once"])
    }

    @Test func `is not mistaken for a template's own field of that name`() throws {
        let kept = try store.beginGeneration(.example("Once", template: "cooking", fields: ["raw": "true"]))
        #expect(!kept.isRaw && kept.fields == ["raw": "true"])
    }
}
