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
}

extension StudioMessage {
    /// The message for an event of a recording; `nil` if the studio needs none.
    init?(_ event: RecordingEvent, job: Int) {
        switch event {
        case .began(let generation):
            let isStored = generation.id != 0
            self = .started(
                job: job, generationId: isStored ? generation.id : nil,
                draftIds: isStored ? generation.drafts.map(\.id) : [], seed: generation.seed,
                uuid: isStored ? generation.uuid : nil)
        case .generation(.promptProgress(let processed, let total)):
            self = .promptProgress(job: job, processed: processed, total: total)
        case .generation(.text(let piece, let variant)):
            self = .text(job: job, variant: variant, piece: piece)
        case .generation(.progress(let timings)):
            self = .progress(job: job, timings)
        case .generation(.draftFinished(let variant, let reason, let tokenCount)):
            self = .draftFinished(job: job, variant: variant, reason: reason, tokenCount: tokenCount)
        case .generation(.started), .generation(.finished), .generation(.alternatives):
            return nil  // `began` came before, and the runner reports the end once it is saved
        case .saveFailed(let error):
            self = .generationNotSaved(job: job, sentence: StudioHints.sentence(of: error))
        case .saved(let generation):
            self = .generationSaved(generation, job: job)
        case .failed(let error):
            self = .failed(job: job, sentence: StudioHints.sentence(of: error))
        }
    }

    /// A generation that the store has in full.
    static func generationSaved(_ generation: SavedGeneration, job: Int) -> StudioMessage {
        .generationSaved(
            job: job, generationId: generation.id, draftIds: generation.drafts.map(\.id), uuid: generation.uuid)
    }
}
