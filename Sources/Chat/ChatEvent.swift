import Drafting
import Generation

/// An event of an answer, in this order: `summarizing` and `summary` if a summary is needed, `planned`, `answering`,
/// `recording`.
public enum ChatEvent: Sendable {
    /// So many of the oldest turns are being summed up.
    case summarizing(turnCount: Int)
    /// The generation of a summary.
    case summary(RecordingEvent)
    /// What goes to the model.
    case planned(ContextPlan)
    /// The turn that is being written; it is in the store already.
    case answering(Turn)
    /// The generation of the answer.
    case recording(RecordingEvent)
}

/// Why there is no answer.
public enum ChatError: Error, Sendable, Equatable, CustomStringConvertible {
    case missingTurn(Int64)
    /// It is not an answer to words of the user.
    case noQuestion
    case missingDraft(Int64)
    /// The sentence of the failure; `nil` if the summary is empty.
    case noSummary(String?)

    public var description: String {
        switch self {
        case .missingTurn(let id):
            "There is no turn \(id) in the open branch of this conversation. Open the branch that it belongs to."
        case .noQuestion: "This turn answers nothing that you said, so there is no other answer. Say something first."
        case .missingDraft(let id): "There is no draft \(id) in this turn. Choose one of its drafts."
        case .noSummary(let reason):
            "The oldest turns do not fit any more, and the model wrote no summary of them"
                + (reason.map { ": \($0)" } ?? ". Try again, or let the oldest turns be left out.")
        }
    }
}

/// What came of an answer.
public struct ChatOutcome: Sendable {
    public var plan: ContextPlan
    /// The answer's turn as it was before the answer; `nil` without a store.
    public var turn: Turn?
    /// `nil` if it was stopped before the answer began.
    public var record: GenerationRecord?
}
