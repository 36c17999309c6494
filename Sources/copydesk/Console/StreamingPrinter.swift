import Drafting
import Generation
import Synchronization

/// Shows a draft on standard output while it is written if nothing of it can be taken back; shows others as progress on
/// a terminal, because they are printed when they are final.
final class StreamingPrinter: Sendable {
    private struct Progress {
        var finishedCount = 0
        var wroteAny = false
        var endedLine = true
        /// Why standard output cannot be written any more.
        var failure: (any Error)?
        /// Why the generation failed.
        var generationFailure: (any Error)?
    }

    /// Why the generation failed; `nil` if it did not.
    var generationFailure: (any Error)? { progress.withLock(\.generationFailure) }

    let isStreaming: Bool
    private let request: GenerationRequest
    private let stopSignal: StopSignal
    private let progress = Mutex(Progress())

    /// - Parameter mayStream: False if standard output is for something else.
    init(request: GenerationRequest, mayStream: Bool, stopSignal: StopSignal) {
        self.request = request
        self.stopSignal = stopSignal
        isStreaming = mayStream && request.isFinalWhileWritten
    }

    func take(_ event: RecordingEvent) {
        switch event {
        case .generation(.text(let piece, _)) where isStreaming:
            progress.withLock { progress in
                if !progress.wroteAny { Console.clearProgress() }
                progress.wroteAny = true
                progress.endedLine = piece.hasSuffix("\n")
                guard progress.failure == nil else { return }
                do {
                    try Console.write(piece)
                } catch {
                    // The reader is gone (`copydesk … | head`), or the disk is full.
                    progress.failure = error
                    stopSignal.raise()
                }
            }
        case .generation(.promptProgress(let processed, let total)):
            Console.showProgress("reading the prompt: \(processed) of \(total) tokens")
        case .generation(.progress(let timings)) where !isStreaming:
            let finished = progress.withLock(\.finishedCount)
            Console.showProgress("\(request.writingLine(finished)), \(Int(timings.tokensPerSecond)) tokens/s")
        case .generation(.reasoning) where isStreaming:
            Console.showProgress("thinking…")
        case .generation(.draftFinished):
            progress.withLock { $0.finishedCount += 1 }
        case .roomIsScarce(let room):
            Console.clearProgress()
            Console.printError("copydesk: \(room.sentence)")
        case .saveFailed(let error):
            Console.printError("copydesk: not saved yet: \(Console.sentence(of: error))")
        case .failed(let error):
            progress.withLock { $0.generationFailure = error }
        default:
            break
        }
    }

    /// - Throws: why the draft could not be written to standard output.
    func finish() throws {
        Console.clearProgress()
        let (needsBreak, failure) = progress.withLock { ($0.wroteAny && !$0.endedLine, $0.failure) }
        if let failure { throw failure }
        if needsBreak { try Console.write("\n") }
    }
}

extension GenerationRequest {
    /// True if no text that was reported can become void: nothing is chosen among, or written anew. Parts are printed with
    /// their names, once they are known.
    fileprivate var isFinalWhileWritten: Bool {
        let mayRestart = sampling.distinct != .off && !conditions.inputs.isEmpty
        return variantCount == 1 && sampling.bestOf <= 1 && !mayRestart && conditions.parts.isEmpty
    }

    /// `writing 16, best 5: 3 done`
    fileprivate func writingLine(_ finishedCount: Int) -> String {
        sampling.bestOf > variantCount
            ? "writing \(sampling.bestOf), best \(variantCount): \(finishedCount) done"
            : "writing: \(finishedCount) of \(variantCount) drafts done"
    }
}
