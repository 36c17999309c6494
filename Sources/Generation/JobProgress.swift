// How far a long piece of work is: a draft, an export, a download, a training run. Whoever works reports it, and whoever
// started the work shows it.

/// A report of work that goes on.
public struct JobProgress: Sendable, Hashable {
    /// A part of the work that is counted on its own: with another phase the count begins again.
    public enum Phase: Sendable, Hashable {
        case readingPrompt, writing
        /// A file comes from a server; the bytes that came are compared with their checksum.
        case downloading, verifying
    }

    /// What `done` and `total` count.
    public enum Unit: Sendable, Hashable, CaseIterable {
        case tokens, drafts, rows, steps, bytes
    }

    public var phase: Phase
    /// How many units are done in this phase.
    public var done: Int
    /// How many units the phase has; `nil` if that is not known.
    public var total: Int?
    public var unit: Unit
    /// Units a second; `nil` if it is not known.
    public var perSecond: Double?
    /// Seconds until the phase is over, if the worker knows better than the pace so far tells; else `nil`.
    public var secondsLeft: Double?

    public init(
        phase: Phase, done: Int, total: Int? = nil, unit: Unit, perSecond: Double? = nil, secondsLeft: Double? = nil
    ) {
        self.phase = phase
        self.done = done
        self.total = total
        self.unit = unit
        self.perSecond = perSecond
        self.secondsLeft = secondsLeft
    }

    /// A generation whose prompt is read, in tokens.
    public static func reading(processed: Int, total: Int) -> JobProgress {
        JobProgress(phase: .readingPrompt, done: processed, total: total, unit: .tokens)
    }

    /// A generation that is written, in tokens of all its drafts. Their number in the end is open.
    public static func writing(_ timings: GenerationTimings) -> JobProgress {
        JobProgress(phase: .writing, done: timings.generatedTokens, unit: .tokens, perSecond: timings.tokensPerSecond)
    }
}
