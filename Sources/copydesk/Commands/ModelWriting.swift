// Commands that write a model: the tensor at hand is shown, and Ctrl-C leaves nothing behind.

import Foundation
import Generation
import Models

/// Writes a model while its progress is shown.
enum ModelWriting {
    /// - Parameter write: writes the model, reports each tensor, and ends early if the signal is raised.
    /// - Throws: `Interrupted` if the person stops it; what `write` throws.
    static func run<Result>(
        _ write: (StopSignal, @escaping (WritingProgress) -> Void) throws -> Result
    ) throws -> Result {
        signal(SIGXFSZ, SIG_IGN)  // if a limit on file sizes is reached, the write fails and we report it
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal, endsAtOnce: false)
        defer { interrupts.cancel() }
        do {
            defer { Console.clearProgress() }
            return try write(stopSignal) { progress in
                Console.showProgress("tensor \(progress.index + 1) of \(progress.count): \(progress.tensor)")
            }
        } catch is CancellationError {
            throw Interrupted()
        }
    }
}
