// Shared by the store's tests: a folder for each, a clock that they set, short generations.

import Foundation
import Generation
import Synchronization

@testable import Store

/// A folder that is removed with everything in it when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "copydesk-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var store: String { path + "/copydesk.db" }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// Seconds that go on by one at every look.
final class SteppingClock: Sendable {
    private let seconds: Mutex<Double>

    init(_ start: Double = 1_000_000) { seconds = Mutex(start) }

    func now() -> Double {
        seconds.withLock { seconds in
            seconds += 1
            return seconds
        }
    }
}

extension SavedGeneration {
    /// A generation that is about to be written.
    static func example(
        _ prompt: String = "Write about a lamp.", template: String? = nil, fields: [String: String] = [:],
        variants: Int = 1
    ) -> SavedGeneration {
        SavedGeneration(
            templateName: template, title: template ?? prompt, fields: fields, prompt: prompt,
            model: ModelIdentity(name: "built-in", hash: "ab12", engine: "copydesk 0.1.0"), seed: 7,
            drafts: (0..<variants).map {
                SavedDraft(id: 0, generationId: 0, ordinal: $0, text: "", createdAt: 0, updatedAt: 0)
            })
    }

    /// Its drafts with these texts, a token for each character; drafts without a text stay as they are.
    func writing(_ texts: String...) -> SavedGeneration { writing(texts) }

    func writing(_ texts: [String]) -> SavedGeneration {
        var generation = self
        for (index, text) in texts.enumerated() {
            generation.drafts[index].text = text
            generation.drafts[index].tokenCount = text.count
        }
        return generation
    }

    /// Its end, as the program hands it to the store.
    func ended(_ status: Status = .complete, _ reason: FinishReason? = .stop) -> SavedGeneration {
        var generation = self
        generation.status = status
        for index in generation.drafts.indices { generation.drafts[index].finishReason = reason }
        return generation
    }
}

extension DraftStore {
    /// Keeps a generation with these texts by the program's way: begun, saved while it streams, finished.
    @discardableResult
    func keep(
        _ texts: String..., prompt: String = "Write about a lamp.", template: String? = nil,
        fields: [String: String] = [:], model: String = "built-in"
    ) throws -> SavedGeneration {
        var new = SavedGeneration.example(prompt, template: template, fields: fields, variants: texts.count)
        new.model.name = model
        let written = try beginGeneration(new).writing(texts)
        try saveText(written.drafts)
        try finishGeneration(written.ended())
        return try generation(id: written.id) ?? written
    }

    /// Keeps a generation of which the first texts are chosen and the others are candidates, by the program's way.
    @discardableResult
    func keep(chosen: [String], leftOut: [String], prompt: String = "Write about a lamp.") throws -> SavedGeneration {
        let texts = chosen + leftOut
        var written = try beginGeneration(.example(prompt, variants: texts.count)).writing(texts)
        try saveText(written.drafts)
        for index in chosen.count..<texts.count { written.drafts[index].isCandidate = true }
        try finishGeneration(written.ended())
        return try generation(id: written.id, includesCandidates: true) ?? written
    }

    /// Adds a candidate to a generation that is kept already; it has a tag, if there is one.
    func keepCandidate(_ text: String, of generationId: Int64) throws {
        try execute(
            """
            INSERT INTO draft (generationId, ordinal, text, finishReason, candidate, createdAt, updatedAt)
            VALUES (\(generationId), 99, '\(text)', 'stop', 1, 0, 0);
            INSERT INTO draftTag (draftId, tagId) SELECT last_insert_rowid(), id FROM tag;
            """)
    }

    func found(_ text: String, in query: HistoryQuery = HistoryQuery(), limit: Int = 50) throws -> [String] {
        var query = query
        query.text = text
        return try search(query, limit: limit).map(\.draft.text)
    }

    func history(limit: Int) throws -> HistoryPage { try history(HistoryPageRequest(limit: limit)) }

    /// Every generation, those in the trash too, oldest first.
    func everything() throws -> [SavedGeneration] { try (1...99).compactMap { try generation(id: $0) } }
}
