// The work of the studio's jobs: writing a generation, writing an export.

import Drafting
import Export
import Foundation
import Generation
import Store
import Studio
import Synchronization

extension EffectRunner {
    func start(_ work: JobWork, as job: Int) {
        switch work {
        case .generate(let request): generate(request, job)
        case .answer(let request): answer(request, job)
        case .title(let request): title(request, job)
        case .summary(let request): summarize(request, job)
        case .export(let request):
            jobs.start(job) { [store, exports] control in
                try await exports.run { try store.export(request, control) }
            }
        case .download(let request): download(request, job)
        }
    }

    private func generate(_ request: StudioRequest, _ job: Int) {
        let lexicon = shared.installation.settings.lexicon
        let order = Result {
            var order = try DraftOrder(request, templates: shared.templateLibrary)
            order.request.conditions.lexicon = lexicon
            return order
        }
        if let conflicts = try? order.get().lexiconConflicts, !conflicts.isEmpty {
            deliver(.notice(conflicts.joined(separator: " "), isFailure: false))
        }
        jobs.start(job, isAwaited: true) { [generators, store, records, sender] control in
            try control.begin()
            let generator = try await generators.generator()
            let beginning = request.beginning
            let recording = RecordedGeneration(
                order: try order.get(),
                generator: beginning.isEmpty ? generator : ContinuedGenerator(generator, after: beginning),
                store: store,
                stopSignal: control.stopSignal)
            let failure = Mutex<(any Error)?>(nil)
            let record = await recording.run { event in
                if case .failed(let error) = event { failure.withLock { $0 = error } }
                control.tell(event)
            }
            records.keep(record, ofJob: job)
            let shortfalls = record.generation.lexiconShortfalls(lexicon)
            if !shortfalls.isEmpty { sender(.notice(shortfalls.joined(separator: " "), isFailure: false)) }
            if let error = failure.withLock({ $0 }) { throw error }
            control.send(.timed(record.generation.timings))
            if record.generation.status == .stopped { throw CancellationError() }
            return .generated
        }
    }

    /// Saves a finished generation that could not be saved, with the texts as they stand on the screen.
    func saveAgain(_ job: Int, texts: [String]) {
        // A generation that is still being written tries again by itself.
        guard var record = records.record(ofJob: job) else { return }
        record.replaceTexts(with: texts)
        let unsaved = record
        inBackground { [records] in
            var record = unsaved
            let failure = record.save()
            records.keep(record, ofJob: job)
            if let failure { throw failure }
            return .generation(job: job, .saved(record.generation))
        } failed: {
            .generation(job: job, .notSaved(sentence: $0))
        }
    }
}

/// The records of the generations that have ended, with any text that could not be saved.
final class EndedGenerations: Sendable {
    private let records = Mutex<[Int: GenerationRecord]>([:])

    func record(ofJob job: Int) -> GenerationRecord? { records.withLock { $0[job] } }

    func keep(_ record: GenerationRecord, ofJob job: Int) { records.withLock { $0[job] = record } }
}

extension DraftStore {
    /// Writes an export for the studio, and reports the drafts that are written.
    /// - Throws: `CancellationError` if it was cancelled, or the errors of `DraftExport`; then no new file is there.
    func export(_ request: ExportRequest, _ control: JobControl) throws -> JobResult {
        try control.begin()
        let path = TextFile.expand(request.path)
        guard request.overwrite || !FileManager.default.fileExists(atPath: path) else { return .fileExists }
        let selection: DraftSelection
        switch request.scope {
        case .draft(let id): selection = .drafts([id])
        case .generation(let id): selection = .generation(id)
        case .found(let query): selection = .found(query)
        case .conversation(let id): return try exportConversation(id, request, path: path)
        }
        let export = DraftExport(
            store: self, selection: selection, format: request.format,
            options: ExportOptions(request.content))
        do {
            let count = try export.write(toFile: path, force: request.overwrite) { written, total in
                try control.checkCancellation()
                control.report(JobProgress(phase: .writing, done: written, total: total, unit: .drafts))
            }
            return .exported(path: request.path, draftCount: count)
        } catch ExportError.exists where !request.overwrite {
            return .fileExists  // it was made while the export was written
        }
    }
}
