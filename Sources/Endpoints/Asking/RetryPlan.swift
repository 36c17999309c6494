// When a request that failed is sent again.
// - Only before anything of the answer came, because an answer may cost money.
// - Never after a refusal that will not change, and never after a silence.
// - A server that asks for more than a minute is not waited for: the user decides.

import Transfer

/// How long the waits between tries are; tests shorten them.
public struct RemotePace: Sendable, Hashable {
    /// The length of a second of waiting, in seconds.
    public var second: Double

    public init(second: Double = 1) { self.second = second }
}

/// The tries of one request.
struct RetryPlan {
    enum Step: Equatable {
        /// The request is sent again after so many seconds.
        case wait(seconds: Double)
        /// The server is loading the model: ask again soon, as long as the settings allow.
        case load
        case giveUp
    }

    /// The longest wait that is not asked about, in seconds.
    static let longestWait = 60.0
    private static let mostTries = 5
    private static let mostConnections = 3

    private var tryCount = 0

    /// The next step after a failure before any text.
    mutating func next(after error: any Error) -> Step {
        tryCount += 1
        switch error {
        case let failure as ServerFailure:
            if case .loading = failure.kind { return .load }
            guard failure.isWorthRetrying, tryCount < Self.mostTries else { return .giveUp }
            if let seconds = failure.retryAfter {
                return seconds > Self.longestWait ? .giveUp : .wait(seconds: max(seconds, 0))
            }
            return .wait(seconds: backoff)
        case TransferError.cannotConnect:
            return tryCount < Self.mostConnections ? .wait(seconds: backoff) : .giveUp
        default: return .giveUp
        }
    }

    /// 1, 2, 4, 8 seconds, up to a quarter more or less, so that many clients do not come back at once.
    private var backoff: Double {
        let seconds = Double(1 << min(max(tryCount - 1, 0), 3))
        return seconds * Double.random(in: 0.75...1.25)
    }
}
