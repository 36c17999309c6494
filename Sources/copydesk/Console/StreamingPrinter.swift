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
        /// Sentences that came in the middle of a line of text; they are said at the end.
        var notices: [String] = []
        /// True if words stand behind the text, which the next text has to clear.
        var hasAside = false
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
                if progress.hasAside { Console.clearAside() }
                progress.hasAside = false
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
        case .generation(.notice(let sentence)), .generation(.standingNotice(let sentence)):
            let isWithinLine = progress.withLock { progress in
                if !progress.endedLine { progress.notices.append(sentence) }
                return !progress.endedLine
            }
            if isWithinLine { break }
            Console.clearProgress()
            Console.printError("copydesk: \(sentence)")
        case .generation(.waiting(let wait)): show(wait)
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

    /// Shows on a terminal what the generator waits for; behind the text if some of it stands there.
    private func show(_ wait: GeneratorWait?) {
        progress.withLock { progress in
            let words = wait.flatMap(\.line)
            guard progress.wroteAny, !progress.endedLine else {
                if let words { Console.showProgress(words) } else if wait == nil { Console.clearProgress() }
                return
            }
            guard words != nil || progress.hasAside else { return }
            if let words { Console.showAside(" (\(words))") } else { Console.clearAside() }
            progress.hasAside = words != nil
        }
    }

    /// - Throws: why the draft could not be written to standard output.
    func finish() throws {
        let (needsBreak, hasAside, notices, failure) = progress.withLock {
            ($0.wroteAny && !$0.endedLine, $0.hasAside, $0.notices, $0.failure)
        }
        // Clearing the line of progress would clear the last line of the text.
        if hasAside { Console.clearAside() } else if !needsBreak { Console.clearProgress() }
        if let failure { throw failure }
        if needsBreak { try Console.write("\n") }
        for sentence in notices { Console.printError("copydesk: \(sentence)") }
    }
}

extension GeneratorWait {
    /// The shortest silence within a text that is worth words, in seconds.
    private static let longSilence = 15

    /// `no text for 17 s`; `nil` if the wait is too short to be shown.
    var line: String? {
        switch cause {
        case .answer: "waiting for the server: \(seconds) s"
        case .text: seconds >= Self.longSilence ? "no text for \(seconds) s" : nil
        case .loading: "the server is loading the model: \(seconds) s"
        case .retry(let left): "the server refuses for now; next try in \(left) s"
        }
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
