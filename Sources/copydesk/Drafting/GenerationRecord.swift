// A generation as it grows in memory, and what of it the store does not have yet.
// - What a failed save left out goes with the next one; nothing is dropped.
// - Once finished and saved, it is not written again.

import Foundation
import Generation
import Store

struct GenerationRecord: Sendable {
    /// Ids are 0 until the store has given them.
    private(set) var generation: SavedGeneration
    /// Why the store does not have it all; `nil` where it has, or where nothing is kept.
    private(set) var saveFailure: String?
    private(set) var isStored = false
    private let store: DraftStore?
    private var isUnsaved = true
    private var lastSave = ContinuousClock.now

    init(order: DraftOrder, identity: ModelIdentity, store: DraftStore?) {
        self.store = store
        let now = Date().timeIntervalSince1970
        let request = order.request
        generation = SavedGeneration(
            createdAt: now, templateName: order.templateName, title: order.title, templateHash: order.templateHash,
            fields: order.fields, systemPrompt: order.systemPrompt, prompt: request.plainPrompt,
            sampling: request.sampling, limits: request.limits, model: identity, seed: request.seed,
            parentDraftId: order.parentDraftId, relation: order.relation,
            drafts: (0..<request.variantCount).map {
                SavedDraft(id: 0, generationId: 0, ordinal: $0, text: "", createdAt: now, updatedAt: now)
            })
    }

    /// Whether what is unsaved has waited long enough.
    var isDue: Bool { isUnsaved && ContinuousClock.now - lastSave >= RecordedGeneration.saveInterval }

    mutating func take(_ event: GenerationEvent) {
        switch event {
        case .started(let prompt, let promptTokens):
            generation.prompt = prompt
            generation.timings.promptTokens = promptTokens
        case .text(let piece, let variant):
            generation.drafts[variant].text += piece
            isUnsaved = true
        case .draftFinished(let variant, let reason, let tokenCount):
            generation.drafts[variant].finishReason = reason
            generation.drafts[variant].tokenCount = tokenCount
        case .progress(let timings), .finished(let timings):
            generation.timings = timings
        case .promptProgress, .alternatives:
            break
        }
    }

    /// Ends it; drafts that are still open end with it.
    mutating func end(_ status: SavedGeneration.Status, failure: String? = nil) {
        generation.status = status
        generation.failure = failure
        generation.finishedAt = Date().timeIntervalSince1970
        for index in generation.drafts.indices where generation.drafts[index].finishReason == nil {
            generation.drafts[index].finishReason = status == .failed ? .failed : .stopped
        }
        isUnsaved = true
    }

    /// Takes over texts that were changed while they could not be saved.
    mutating func replaceTexts(with texts: [String]) {
        for (index, text) in texts.enumerated() where generation.drafts.indices.contains(index) {
            generation.drafts[index].text = text
        }
        isUnsaved = true
    }

    /// Writes what is unsaved; returns why that failed.
    mutating func save() -> String? {
        lastSave = .now
        guard isUnsaved, let store else { return nil }
        do {
            try write(to: store)
            isUnsaved = false
            saveFailure = nil
        } catch {
            saveFailure = Console.sentence(of: error)
        }
        return saveFailure
    }

    private mutating func write(to store: DraftStore) throws {
        if !isStored {
            let saved = try store.beginGeneration(generation.asNew)
            isStored = true
            generation.id = saved.id
            generation.uuid = saved.uuid
            for (index, draft) in saved.drafts.enumerated() {
                generation.drafts[index].id = draft.id
                generation.drafts[index].generationId = saved.id
            }
        }
        guard generation.status != .running else {
            return try store.saveText(
                generation.drafts.map { DraftProgress(draftId: $0.id, text: $0.text, tokenCount: $0.tokenCount) })
        }
        try store.finishGeneration(generation)
    }
}

extension SavedGeneration {
    fileprivate var asNew: NewGeneration {
        NewGeneration(
            templateName: templateName, templateTitle: title, templateHash: templateHash, fields: fields,
            systemPrompt: systemPrompt, prompt: prompt, sampling: sampling, limits: limits, model: model, seed: seed,
            parentDraftId: parentDraftId, relation: relation, variantCount: drafts.count)
    }
}

extension GenerationRequest {
    /// The prompt before a chat template is put around it; what is kept until the exact text is known.
    fileprivate var plainPrompt: String {
        switch prompt {
        case .raw(let text): text
        case .chat(let messages): messages.map(\.content).joined(separator: "\n\n")
        }
    }
}
