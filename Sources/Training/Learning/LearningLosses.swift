// What the adapter changed, in losses: on drafts that it was not trained on, and on a general text.
// - An adapter is offered for comparison only if the first fell, and the second did not rise above a limit. So nobody
//   spends an evening on comparing an adapter that learned nothing, or one that forgot its language.

/// Losses before and after the training, in nats a label.
public struct LearningLosses: Sendable, Equatable, Codable {
    /// Over the answers of the held-out drafts.
    public var heldOutBefore: Double
    public var heldOutAfter: Double
    /// Over `GeneralText.sample`.
    public var generalBefore: Double
    public var generalAfter: Double

    /// The most that the loss on the general text may rise, as a share.
    public static let allowedRise = 0.02

    public init(heldOutBefore: Double, heldOutAfter: Double, generalBefore: Double, generalAfter: Double) {
        self.heldOutBefore = heldOutBefore
        self.heldOutAfter = heldOutAfter
        self.generalBefore = generalBefore
        self.generalAfter = generalAfter
    }

    /// How much the loss on the general text rose, as a share; below 0 if it fell.
    public var generalRise: Double { generalBefore > 0 ? generalAfter / generalBefore - 1 : 0 }

    /// Why an adapter is not offered.
    public enum Refusal: Sendable, Equatable {
        case learnedNothing
        case forgotTooMuch
    }

    /// nil if the adapter is offered.
    public var refusal: Refusal? {
        // Written so that a loss that is no number is refused too.
        guard generalRise <= Self.allowedRise else { return .forgotTooMuch }
        guard heldOutAfter < heldOutBefore else { return .learnedNothing }
        return nil
    }
}
