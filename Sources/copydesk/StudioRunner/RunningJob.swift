import Drafting
import Generation
import Studio
import Terminal

/// A generation that the studio started.
@UIActor
final class RunningJob {
    let stopSignal = StopSignal()
    /// Its record at the end, with any text that could not be saved; `nil` while it is being written.
    var record: GenerationRecord?
    var hasEnded = false
}

extension EffectRunner {
    func startJob(_ job: Int, _ request: StudioRequest) {
        let running = RunningJob()
        jobs[job] = running
        let order: DraftOrder
        do {
            order = try DraftOrder(request, templates: shared.templateLibrary)
        } catch {
            end(job)
            deliver(.failed(job: job, sentence: StudioHints.sentence(of: error)))
            return
        }
        Task { @UIActor in
            do {
                let recording = RecordedGeneration(
                    order: order, generator: try await generators.generator(), store: store,
                    stopSignal: running.stopSignal)
                // Writing and saving continue while $EDITOR has this thread, so events wait in a queue of their own.
                let (events, queue) = AsyncStream.makeStream(of: RecordingEvent.self)
                let writing = Task.detached(priority: .userInitiated) {
                    defer { queue.finish() }
                    return await recording.run { queue.yield($0) }
                }
                for await event in events {
                    if let message = StudioMessage(event, job: job) { deliver(message) }
                }
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

    /// Saves a finished generation that could not be saved, with the texts as they stand on the screen.
    func saveAgain(_ job: Int, texts: [String]) {
        // A generation that is still being written tries again by itself.
        guard let running = jobs[job], var record = running.record else { return }
        record.replaceTexts(with: texts)
        let unsaved = record
        inBackground {
            var record = unsaved
            let failure = record.save()
            let tried = record
            Task { @UIActor in running.record = tried }
            if let failure { throw failure }
            return .generationSaved(tried.generation, job: job)
        } failed: {
            .generationNotSaved(job: job, sentence: $0)
        }
    }
}
