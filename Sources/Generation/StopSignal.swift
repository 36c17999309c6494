import Synchronization

/// A wish to stop, raised by one thread and looked at by another between two tokens.
///
/// Stopping is an outcome and not an error: the stream goes on to report each open variant as
/// `.stopped`, and the reader sees everything that was written. Cancelling the reading task would
/// lose these last events.
public final class StopSignal: Sendable {
    private let raised = Atomic<Bool>(false)

    public init() {}

    public func raise() { raised.store(true, ordering: .releasing) }
    public var isRaised: Bool { raised.load(ordering: .acquiring) }
}
