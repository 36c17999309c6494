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

extension NewGeneration {
    static func example(
        _ prompt: String = "Write about a lamp.", template: String? = nil, fields: [String: String] = [:],
        variants: Int = 1
    ) -> NewGeneration {
        NewGeneration(
            templateName: template, fields: fields, prompt: prompt,
            model: ModelIdentity(name: "built-in", hash: "ab12", engine: "copydesk 0.1.0"), seed: 7,
            variantCount: variants)
    }
}

extension DraftStore {
    /// Keeps a finished generation with these texts.
    @discardableResult
    func keep(
        _ texts: String..., prompt: String = "Write about a lamp.", template: String? = nil,
        fields: [String: String] = [:]
    ) throws -> SavedGeneration {
        let begun = try beginGeneration(
            .example(prompt, template: template, fields: fields, variants: texts.count))
        for (draft, text) in zip(begun.drafts, texts) {
            try finishDraft(draftId: draft.id, text: text, reason: .stop, tokenCount: text.count)
        }
        try finishGeneration(id: begun.id, status: .complete)
        return try generation(id: begun.id) ?? begun
    }

    func found(_ query: String, limit: Int = 50, scope: SearchScope = .drafts) throws -> [String] {
        try search(query, limit: limit, scope: scope).map(\.draft.text)
    }
}
