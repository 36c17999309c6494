// A generation as it grows in memory, with a note of the part that the store does not have yet.
// - If a save fails, the next one writes that part too; nothing is dropped.
// - Once finished and saved, it is not written again.

import Foundation
import Generation
import Store

/// One generation and its way into the store.
public struct GenerationRecord: Sendable {
    /// Ids are 0 until the store has given them.
    public private(set) var generation: SavedGeneration
    /// Why the last save failed; `nil` if it succeeded, or if nothing is kept.
    public private(set) var saveFailure: (any Error)?
    private var isStored = false
    private var changeCount = 1
    /// How many of the changes the store has.
    private var savedCount = 0
    /// How many drafts were asked for; the others are candidates.
    private let draftCount: Int
    /// `nil` if nothing is kept, or if it is not open yet.
    var store: DraftStore?
    /// Set if the prompt leaves less room than was asked for.
    var room: ContextRoom?

    init(order: DraftOrder, identity: ModelIdentity) {
        let now = Date().timeIntervalSince1970
        let request = order.request
        draftCount = max(request.variantCount, 1)
        generation = SavedGeneration(
            createdAt: now, templateName: order.templateName, title: order.title, templateHash: order.templateHash,
            fields: order.fields, isRaw: order.isRawFreePrompt, systemPrompt: order.systemPrompt,
            prompt: request.plainPrompt, sampling: request.sampling, limits: request.limits,
            parts: request.writtenParts, model: identity, seed: request.seed, parentDraftId: order.parentDraftId,
            relation: order.relation,
            drafts: (0..<max(request.variantCount, request.sampling.bestOf)).map {
                SavedDraft(id: 0, generationId: 0, ordinal: $0, text: "", createdAt: now, updatedAt: now)
            },
            turnId: order.turnId, conversationId: order.conversationId)
    }

    /// True if there is something to save and a place for it.
    var isUnsaved: Bool { changeCount != savedCount && store != nil }

    mutating func take(_ event: GenerationEvent) {
        switch event {
        case .started(let prompt, let promptTokens):
            generation.prompt = prompt
            generation.timings.promptTokens = promptTokens
        case .text(let piece, let variant):
            guard generation.drafts.indices.contains(variant) else { return }
            generation.drafts[variant].text += piece
            changeCount += 1
        case .reasoning(let piece, let variant):
            guard generation.drafts.indices.contains(variant) else { return }
            generation.drafts[variant].details.reasoning = (generation.drafts[variant].details.reasoning ?? "") + piece
            changeCount += 1
        case .restarted(let variant):
            guard generation.drafts.indices.contains(variant) else { return }
            generation.drafts[variant].text = ""
            let attempts = generation.drafts[variant].details.attempts
            generation.drafts[variant].details = DraftDetails()
            generation.drafts[variant].details.attempts = attempts + 1
            changeCount += 1
        case .details(let details, let variant):
            guard generation.drafts.indices.contains(variant) else { return }
            // Thoughts that were reported piece by piece need not come again.
            let reasoning = details.reasoning ?? generation.drafts[variant].details.reasoning
            generation.drafts[variant].details = details
            generation.drafts[variant].details.reasoning = reasoning
            changeCount += 1
        case .chosen(let variants): choose(variants)
        case .draftFinished(let variant, let reason, let tokenCount):
            guard generation.drafts.indices.contains(variant) else { return }
            generation.drafts[variant].details.contextRoom = room?.tokens
            generation.drafts[variant].finishReason = reason
            generation.drafts[variant].tokenCount = tokenCount
        case .progress(let timings), .finished(let timings):
            generation.timings = timings
        case .promptProgress, .alternatives, .notice, .standingNotice, .waiting:
            break
        }
    }

    /// Puts the chosen candidates first, in their order; the ids of the places stay where they are.
    private mutating func choose(_ variants: [Int]) {
        let drafts = generation.drafts
        let chosen = variants.filter(drafts.indices.contains)
        // Without a choice, nothing is hidden.
        guard !chosen.isEmpty else { return }
        let order = chosen + drafts.indices.filter { !chosen.contains($0) }
        for (place, variant) in order.enumerated() {
            generation.drafts[place] = drafts[variant]
            generation.drafts[place].id = drafts[place].id
            generation.drafts[place].ordinal = place
            generation.drafts[place].isCandidate = place >= chosen.count
            generation.drafts[place].details.twinOf = drafts[variant].details.twinOf.flatMap(order.firstIndex(of:))
        }
        generation.candidateCount = order.count - chosen.count
        changeCount += 1
    }

    /// Ends it; drafts that are still open end with it.
    mutating func end(_ status: SavedGeneration.Status, failure: String? = nil) {
        generation.status = status
        generation.failure = failure
        generation.finishedAt = Date().timeIntervalSince1970
        if generation.drafts.allSatisfy(\.text.isEmpty) {
            // Nothing was written, so there is nothing to choose from either.
            for index in generation.drafts.indices.dropFirst(draftCount) { generation.drafts[index].isCandidate = true }
        }
        for index in generation.drafts.indices where generation.drafts[index].finishReason == nil {
            generation.drafts[index].finishReason = status == .failed ? .failed : .stopped
        }
        changeCount += 1
    }

    /// Takes over texts that were changed while they could not be saved.
    /// - Parameter texts: one for each variant, in their order.
    public mutating func replaceTexts(with texts: [String]) {
        for (index, text) in texts.enumerated() where generation.drafts.indices.contains(index) {
            generation.drafts[index].text = text
        }
        changeCount += 1
    }

    /// Writes everything that the store does not have.
    /// - Returns: why that failed; `nil` if the store has it all.
    public mutating func save() -> (any Error)? {
        guard isUnsaved, let store else { return saveFailure }
        do {
            try write(to: store)
            savedCount = changeCount
            saveFailure = nil
        } catch {
            saveFailure = error
        }
        return saveFailure
    }

    /// Takes over what the save of an earlier copy of this record brought: the ids, and how much the store has.
    mutating func takeSave(of copy: GenerationRecord) {
        saveFailure = copy.saveFailure
        savedCount = copy.savedCount
        guard copy.isStored else { return }
        isStored = true
        generation.id = copy.generation.id
        generation.uuid = copy.generation.uuid
        for (index, draft) in copy.generation.drafts.enumerated() where generation.drafts.indices.contains(index) {
            generation.drafts[index].id = draft.id
            generation.drafts[index].generationId = draft.generationId
        }
    }

    /// The store could not be opened, so nothing can be saved.
    mutating func endWithoutStore(because error: any Error) { saveFailure = error }

    private mutating func write(to store: DraftStore) throws {
        if !isStored {
            let saved = try store.beginGeneration(generation)
            isStored = true
            generation.id = saved.id
            generation.uuid = saved.uuid
            for (index, draft) in saved.drafts.enumerated() {
                generation.drafts[index].id = draft.id
                generation.drafts[index].generationId = saved.id
            }
        }
        guard generation.status != .running else { return try store.saveText(generation.drafts) }
        try store.finishGeneration(generation)
    }
}

extension GenerationRequest {
    /// The parts that drafts are written in: a grammar describes the whole text.
    fileprivate var writtenParts: [PartSpecification] {
        sampling.grammar == nil && sampling.jsonSchema == nil ? conditions.parts : []
    }

    /// The prompt without the model's chat template; it is kept until the exact text is known.
    fileprivate var plainPrompt: String {
        switch prompt {
        case .raw(let text): text
        case .chat(let messages): messages.plainText
        }
    }
}
