import Dispatch
import Foundation
import Generation

/// Turns SIGINT (Ctrl-C), SIGTERM and SIGHUP into a request to stop.
final class InterruptWatch {
    private let sources: [any DispatchSourceSignal]

    /// - Parameter endsAtOnce: true if a second signal ends the program at once.
    init(stopSignal: StopSignal, endsAtOnce: Bool = true) {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stopSignal.isRaised, endsAtOnce { exit(ExitStatus.interrupted) }
                stopSignal.raise()
            }
            source.resume()
            return source
        }
    }

    func cancel() { for source in sources { source.cancel() } }
}
