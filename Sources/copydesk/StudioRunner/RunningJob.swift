import Foundation
import Generation
import Store
import Studio
import Templates
import Terminal

/// A generation that the studio started.
@UIActor
final class RunningJob {
    let stopSignal = StopSignal()
    /// How it ended, with what could not be saved; `nil` while it is being written.
    var record: GenerationRecord?
    var hasEnded = false
}

extension EffectRunner {
    func startJob(_ job: Int, _ request: StudioRequest) {
        let running = RunningJob()
        jobs[job] = running
        let order: DraftOrder
        do {
            order = try DraftOrder(request)
        } catch {
            end(job)
            deliver(.failed(job: job, sentence: StudioHints.sentence(of: error)))
            return
        }
        Task { @UIActor in
            do {
                let recording = RecordedGeneration(
                    order: order, generator: try await models.generator(), store: store, stopSignal: running.stopSignal)
                // Writing and saving go on while this thread is with $EDITOR, so events wait in a queue of their own.
                let (events, queue) = AsyncStream.makeStream(of: RecordingEvent.self)
                let writing = Task.detached(priority: .userInitiated) {
                    defer { queue.finish() }
                    return await recording.run { queue.yield($0) }
                }
                for await event in events { report(event, of: job, seed: order.request.seed) }
                let record = await writing.value
                running.record = record
                end(job)
                if record.generation.failure == nil { deliver(.finished(job: job, record.generation.timings)) }
            } catch {  // the model could not be opened
                end(job)
                deliver(.failed(job: job, sentence: StudioHints.sentence(of: error)))
            }
            finishIfIdle()
        }
    }

    private func end(_ job: Int) { jobs[job]?.hasEnded = true }

    private func report(_ event: RecordingEvent, of job: Int, seed: UInt64) {
        switch event {
        case .began(let generation):
            deliver(
                .started(
                    job: job, generationId: generation.id == 0 ? nil : generation.id,
                    draftIds: generation.id == 0 ? [] : generation.drafts.map(\.id), prompt: generation.prompt,
                    seed: seed, uuid: generation.id == 0 ? nil : generation.uuid))
        case .generation(.promptProgress(let processed, let total)):
            deliver(.promptProgress(job: job, processed: processed, total: total))
        case .generation(.text(let piece, let variant)):
            deliver(.text(job: job, variant: variant, piece: piece))
        case .generation(.progress(let timings)):
            deliver(.progress(job: job, timings))
        case .generation(.draftFinished(let variant, let reason, let tokenCount)):
            deliver(.draftFinished(job: job, variant: variant, reason: reason, tokenCount: tokenCount))
        case .generation(.started), .generation(.finished), .generation(.alternatives):
            break  // `began` came before, and the end is told when it is saved
        case .saveFailed(let sentence):
            deliver(.generationNotSaved(job: job, sentence: sentence))
        case .saved(let generation):
            deliver(
                .generationSaved(
                    job: job, generationId: generation.id, draftIds: generation.drafts.map(\.id),
                    uuid: generation.uuid))
        case .failed(let error):
            deliver(.failed(job: job, sentence: StudioHints.sentence(of: error)))
        }
    }

    /// Saves a finished generation that could not be saved, with the texts as they stand on the screen.
    func saveAgain(_ job: Int, texts: [String]) {
        // One that is still being written tries again by itself.
        guard let running = jobs[job], var record = running.record else { return }
        record.replaceTexts(with: texts)
        let unsaved = record
        inBackground {
            var record = unsaved
            let failure = record.save()
            let tried = record
            Task { @UIActor in running.record = tried }
            if let failure { throw Failure(failure) }
            return .generationSaved(
                job: job, generationId: tried.generation.id, draftIds: tried.generation.drafts.map(\.id),
                uuid: tried.generation.uuid)
        } failed: {
            .generationNotSaved(job: job, sentence: $0)
        }
    }
}

extension DraftOrder {
    /// What the studio's form asks for, rendered by its template.
    /// - Throws: what the template says of a missing or wrong field.
    fileprivate init(_ request: StudioRequest) throws {
        let seed = request.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
        switch request.source {
        case .template(let name, let fields):
            let template = try TemplateLibrary(userFolder: Paths.current.templates).template(named: name)
            self.init(filled: try template.fill(values: fields), template: template, seed: seed)
        case .freePrompt(let text, let raw):
            self.init(prompt: text, system: nil, raw: raw, seed: seed)
        }
        title = request.title
        self.request.variantCount = request.variantCount
        self.request.sampling = request.sampling
        self.request.limits = request.limits
        parentDraftId = request.parentDraftId
        relation = request.relation
    }
}
