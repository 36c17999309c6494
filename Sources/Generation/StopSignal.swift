import Synchronization

/// A request to stop, raised by one thread and read by another between two tokens.
///
/// Stopping is an outcome, not an error: the stream continues until it has reported each open variant as `.stopped`, so
/// the reader sees all text. Cancelling the reading task would lose these last events.
public final class StopSignal: Sendable {
    private let raised = Atomic<Bool>(false)

    public init() {}

    public func raise() { raised.store(true, ordering: .releasing) }
    public var isRaised: Bool { raised.load(ordering: .acquiring) }
}
