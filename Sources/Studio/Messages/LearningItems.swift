// What was learned from starred drafts, as the studio knows it. A learning is named by its name.
// - Nothing here tells which side of a pair is whose: a pair has a left and a right draft, and a result is there only when
//   all pairs have an answer.

/// A learning in the list.
public struct LearningItem: Sendable, Hashable {
    public enum State: Sendable, Hashable, CaseIterable {
        /// Its adapter is trained, or the training was stopped.
        case training
        /// Its pairs are written, or the writing was stopped.
        case writing
        /// Its adapter is not offered.
        case declined
        /// Its pairs wait for answers.
        case ready
        /// All pairs have an answer.
        case compared
        case adopted
        case off
        /// Its record cannot be read; `facts` says why.
        case damaged
    }

    public enum Verdict: Sendable, Hashable, CaseIterable {
        case better, worse, undecided
    }

    public var name: String
    public var state: State
    /// The model that the adapter changes.
    public var base: String
    /// What is known of it: drafts, losses, result; a sentence or a line each.
    public var facts: [String]
    /// Of the comparison.
    public var plannedPairs: Int
    public var answeredPairs: Int
    /// The wins that are needed if no pair is equal; once all have an answer, of those with a preference.
    public var neededWins: Int?
    /// `nil` before all pairs have an answer.
    public var verdict: Verdict?
    /// Its run while it is trained, or its pairs are written; `nil` if there is none yet.
    public var run: RunItem?
    /// What happened to its drafts since: `2 have no star any more`; `nil` if the adapter knows what they say.
    public var stale: String?
    /// True if it was adopted although the comparison does not say that it is better.
    public var isAgainstResult: Bool

    public init(
        name: String, state: State, base: String = "", facts: [String] = [], plannedPairs: Int = 0,
        answeredPairs: Int = 0, neededWins: Int? = nil, verdict: Verdict? = nil, run: RunItem? = nil,
        stale: String? = nil, isAgainstResult: Bool = false
    ) {
        self.name = name
        self.state = state
        self.base = base
        self.facts = facts
        self.plannedPairs = plannedPairs
        self.answeredPairs = answeredPairs
        self.neededWins = neededWins
        self.verdict = verdict
        self.run = run
        self.stale = stale
        self.isAgainstResult = isAgainstResult
    }

    /// True while a process trains it, or writes its pairs.
    var goesOn: Bool { (state == .training || state == .writing) && run?.goesOn == true }
    /// True if it was stopped before its pairs were written.
    var isStopped: Bool { (state == .training || state == .writing) && run?.goesOn != true }
}

/// What can be learned now.
public enum LearningOffer: Sendable, Hashable {
    /// Starred drafts, those of them that were edited, the model that would learn, and a rough guess of the minutes that
    /// the computing takes; `nil` if nothing is known.
    case drafts(count: Int, edited: Int, base: String, minutes: Int?)
    /// Why nothing can be learned. `needsStars`: true if more starred drafts help.
    case refused(sentence: String, needsStars: Bool)
}

/// A comparison as it is shown to a person: nobody can tell from it which side is whose.
public struct BlindPairs: Sendable, Hashable {
    /// Two drafts of one prompt.
    public struct Pair: Sendable, Hashable {
        public var title: String
        public var prompt: String
        public var left: String
        public var right: String

        public init(title: String, prompt: String, left: String, right: String) {
            self.title = title
            self.prompt = prompt
            self.left = left
            self.right = right
        }
    }

    /// Of the learning.
    public var name: String
    public var pairs: [Pair]
    /// Pairs with an answer.
    public var answeredCount: Int
    /// The first pair without an answer; `nil` if all have one.
    public var next: Int?

    public init(name: String, pairs: [Pair], answeredCount: Int, next: Int?) {
        self.name = name
        self.pairs = pairs
        self.answeredCount = answeredCount
        self.next = next
    }
}

/// What a person says of a pair.
public enum PairAnswer: Sendable, Hashable, CaseIterable {
    case left, right, equal
}
