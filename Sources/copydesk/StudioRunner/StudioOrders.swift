// Between the studio's messages and the recording of a generation.

import Drafting
import Generation
import Studio
import Templates

extension DraftOrder {
    /// A request of the studio's form, rendered by its template.
    /// - Throws: `TemplateError` for an unknown template, or for a field that is missing or wrong.
    init(_ request: StudioRequest, templates: TemplateLibrary) throws {
        let seed = request.seed ?? DraftOrder.freshSeed()
        guard request.beginning.isEmpty else {
            self = try DraftOrder(continuing: request, templates: templates, seed: seed)
            return
        }
        switch request.source {
        case .template(let name, let fields):
            let template = try templates.template(named: name)
            self.init(filled: try template.fill(values: fields), template: template, seed: seed)
        case .freePrompt(let text, let raw):
            self.init(prompt: text, system: nil, raw: raw, seed: seed)
        }
        title = request.title
        self.request.seedMustReplay = request.seed != nil
        self.request.variantCount = request.variantCount
        self.request.sampling = request.sampling
        self.request.limits = request.limits
        parentDraftId = request.parentDraftId
        relation = request.relation
    }

    /// An order that goes on with the text of a draft, as it stands on the screen: the store may not have it yet.
    /// - Throws: `ContinuationError`; `TemplateError` as above.
    private init(continuing request: StudioRequest, templates: TemplateLibrary, seed: UInt64) throws {
        var name: String?
        var isRaw = false
        var prompt = ""
        switch request.source {
        case .template(let template, _): name = template
        case .freePrompt(let text, let raw): (prompt, isRaw) = (text, raw)
        }
        // A soft limit is only shown, so it does not keep a text from going on.
        let limits = request.limits.hard ? request.limits : LengthLimits()
        let generation = SavedGeneration(
            createdAt: 0, templateName: name, title: request.title, fields: request.source.values, isRaw: isRaw,
            prompt: prompt, sampling: request.sampling, limits: limits,
            model: ModelIdentity(name: "", hash: "", engine: ""), seed: seed, drafts: [])
        let draft = SavedDraft(
            id: request.parentDraftId ?? 0, generationId: 0, ordinal: 0, text: request.beginning, createdAt: 0,
            updatedAt: 0)
        try self.init(continuing: draft, of: generation, templates: templates, seed: seed)
        parentDraftId = request.parentDraftId
    }
}

extension StudioRequest.Source {
    fileprivate var values: [String: String] {
        switch self {
        case .template(_, let fields): fields
        case .freePrompt(let text, _): ["prompt": text]
        }
    }
}

extension JobControl {
    /// Tells the studio of an event of a recording.
    func tell(_ event: RecordingEvent) {
        if let progress = JobProgress(event) { report(progress) }
        if let message = GenerationMessage(event) { send(message) }
    }
}

extension JobProgress {
    /// The progress that an event tells; `nil` if it tells none.
    init?(_ event: RecordingEvent) {
        switch event {
        case .generation(.promptProgress(let processed, let total)):
            self = .reading(processed: processed, total: total)
        case .generation(.progress(let timings)): self = .writing(timings)
        default: return nil
        }
    }
}

extension GenerationMessage {
    /// The message for an event of a recording; `nil` if the studio needs none, or only its progress.
    init?(_ event: RecordingEvent) {
        switch event {
        case .began(let generation):
            let isStored = generation.id != 0
            self = .began(
                generationId: isStored ? generation.id : nil, draftIds: isStored ? generation.drafts.map(\.id) : [],
                seed: generation.seed, uuid: isStored ? generation.uuid : nil, parts: generation.parts)
        case .generation(.text(let piece, let variant)): self = .text(variant: variant, piece: piece)
        case .generation(.draftFinished(let variant, let reason, let tokenCount)):
            self = .draftFinished(variant: variant, reason: reason, tokenCount: tokenCount)
        case .generation(.reasoning(let piece, let variant)): self = .reasoning(variant: variant, piece: piece)
        case .generation(.restarted(let variant)): self = .restarted(variant: variant)
        case .generation(.details(let details, let variant)): self = .details(variant: variant, details)
        case .generation(.chosen(let variants)): self = .chosen(variants)
        case .generation(.promptProgress), .generation(.progress): return nil
        case .generation(.notice(let sentence)), .generation(.standingNotice(let sentence)): self = .notice(sentence)
        case .generation(.waiting(let wait)): self = .waiting(wait)
        case .generation(.started), .generation(.finished), .generation(.alternatives), .failed:
            return nil  // `began` came before, and the job tells the end once everything is saved
        case .roomIsScarce(let room): self = .roomIsScarce(room)
        case .saveFailed(let error): self = .notSaved(sentence: StudioHints.sentence(of: error))
        case .saved(let generation): self = .saved(generation)
        }
    }

    /// A generation that the store has in full.
    static func saved(_ generation: SavedGeneration) -> GenerationMessage {
        .saved(generationId: generation.id, draftIds: generation.drafts.map(\.id), uuid: generation.uuid)
    }
}
