import Generation

// Conversations in messages and effects: the place to open one at, its open branch, the order for an answer, and the ruler
// of its context.

/// A conversation, and the turn to show.
public enum ConversationPlace: Sendable, Hashable {
    case id(Int64)
    /// Of a session or of the last start, because a restored store reuses ids.
    case uuid(String)
    /// With the branch that has this turn.
    case turn(Int64, conversation: Int64)
    /// With the summary that this generation has written.
    case summary(generation: Int64, conversation: Int64)
    /// The open branch if it has this turn, else the branch that ends with it. Which branch is open stays as it is.
    case through(Int64, conversation: Int64)
}

/// A conversation and the turns of its open branch.
public struct ConversationBranch: Sendable, Hashable {
    public var conversation: Conversation
    /// In their order, with drafts and siblings.
    public var turns: [Turn]
    /// The summaries of older turns, each by the first turn that it does not take in.
    public var summaries: [Int64: TurnSummary]
    /// The texts of the turns that may stand in place of a greeting, the greeting among them, by their ids; empty if there
    /// are no others.
    public var openings: [Int64: String]
    /// False if another branch is the open one, because another program has gone on there.
    public var isOpen: Bool

    public init(
        conversation: Conversation, turns: [Turn], summaries: [Int64: TurnSummary] = [:],
        openings: [Int64: String] = [:], isOpen: Bool = true
    ) {
        self.conversation = conversation
        self.turns = turns
        self.summaries = summaries
        self.openings = openings
        self.isOpen = isOpen
    }
}

/// A summary of all turns before a turn.
public struct TurnSummary: Sendable, Hashable {
    /// The drafts that were written for this place, the oldest first; at least one.
    public var versions: [SavedDraft]
    /// The draft that goes to the model.
    public var activeId: Int64

    public init(versions: [SavedDraft], activeId: Int64) {
        self.versions = versions
        self.activeId = activeId
    }

    /// The place of the draft that goes to the model.
    var activeIndex: Int { versions.firstIndex { $0.id == activeId } ?? max(0, versions.count - 1) }

    var active: SavedDraft? { versions.indices.contains(activeIndex) ? versions[activeIndex] : nil }
}

/// The conversations to list, newest first.
public struct ConversationsRequest: Sendable, Hashable {
    /// Words of turns and titles; "" asks for all conversations.
    public var query: String
    public var limit: Int
    /// True for those in the trash instead of those outside it.
    public var inTrash: Bool

    public init(query: String = "", limit: Int, inTrash: Bool = false) {
        self.query = query
        self.limit = limit
        self.inTrash = inTrash
    }
}

/// An order for an answer. Its settings and its model are those of the conversation.
public struct AnswerRequest: Sendable, Hashable {
    public enum Target: Sendable, Hashable {
        /// An answer to new words, which follow a turn; `nil` if they are the first ones.
        case words(String, after: Int64?)
        /// An answer to words that stand beside a user's turn as another one.
        case edited(String, turn: Int64)
        /// Another answer in the turn of an answer, or the first one to a user's turn.
        case again(turn: Int64)
        /// A draft that goes on with the text of a draft of an answer.
        case more(turn: Int64, draft: Int64)
    }

    /// If its id is 0, the store does not have it yet, and the job adds it before the words.
    public var conversation: Conversation
    /// The turn that a new conversation begins with; `nil` if it begins with the words.
    public var greeting: String?
    public var target: Target
    /// The draft that new words follow, as it stands on the screen; `nil`: the active one.
    public var followedDraft: Int64?
    /// `nil`: a fresh one.
    public var seed: UInt64?

    public init(
        conversation: Conversation, greeting: String? = nil, target: Target, followedDraft: Int64? = nil,
        seed: UInt64? = nil
    ) {
        self.conversation = conversation
        self.greeting = greeting
        self.target = target
        self.followedDraft = followedDraft
        self.seed = seed
    }
}

/// An order for a title in a line of the model.
public struct TitleRequest: Sendable, Hashable {
    /// Of the store, with the title that it has now.
    public var conversation: Conversation

    public init(conversation: Conversation) { self.conversation = conversation }
}

/// An order for another version of a summary.
public struct SummaryRequest: Sendable, Hashable {
    public var conversation: Conversation
    /// The first turn that it does not take in.
    public var turn: Int64
    /// The version that it stands beside.
    public var draft: Int64

    public init(conversation: Conversation, turn: Int64, draft: Int64) {
        self.conversation = conversation
        self.turn = turn
        self.draft = draft
    }
}

/// A message that only the answering of a turn has, beside those of any generation.
public enum AnswerMessage: Sendable, Equatable {
    /// The store has the words and the turn of the answer, before the first text. The turns `added` follow the parent of
    /// the first one, in place of those that the open branch had there.
    case begun(Conversation, added: [Turn], answer: Int64)
    /// The context that this answer is written with.
    case planned(RulerNumbers)
    /// Older turns are being summed up first.
    case summarizing
}

/// A change of a conversation in the store.
public enum ConversationChange: Sendable, Hashable {
    case chooseDraft(Int64, turn: Int64)
    /// Open the branch of a turn that stands beside the open one.
    case chooseTurn(Int64)
    /// A new text of an answer, which becomes a draft of its own.
    case editAnswer(turn: Int64, text: String)
    /// The next words follow this turn.
    case branch(at: Int64)
    case pin(turn: Int64, Bool)
    /// A turn and all that follow it.
    case trashTurns(from: Int64)
    case restoreTurns(from: Int64)
    /// Another greeting begins a branch of its own.
    case addGreeting(String)
    /// The draft that sums up all turns before this one; `nil`: no longer any.
    case setSummary(turn: Int64, draft: Int64?)
    case retitle(String)
    /// Model, settings.
    case update(Conversation)
    case trash
    case restore

    /// True if it opens another branch, which is shown then.
    var opensBranch: Bool {
        switch self {
        case .chooseDraft, .chooseTurn, .editAnswer, .branch, .trashTurns, .restoreTurns, .addGreeting: true
        case .pin, .setSummary, .retitle, .update, .trash, .restore: false
        }
    }
}

/// What the context of a conversation holds for the next answer, in tokens.
public struct RulerNumbers: Sendable, Hashable {
    /// The persona, with its examples and what it knows.
    public var system: Int
    public var pinned: Int
    public var summary: Int
    /// The turns besides the pinned ones.
    public var turns: Int
    /// Kept free for the answer.
    public var answer: Int
    /// The tokens of the context; `nil` if they are unknown, so that everything is sent.
    public var length: Int?
    /// False if the numbers are estimated.
    public var isExact: Bool
    /// The turns of the open branch that are outside the context.
    public var outside: [Int64]
    /// Of these, the turns that the last answer was still written with.
    public var leavingCount: Int
    /// Why nothing can be sent, as a sentence; `nil` if it can.
    public var obstacle: String?

    public init(
        system: Int, pinned: Int = 0, summary: Int = 0, turns: Int, answer: Int, length: Int?, isExact: Bool = true,
        outside: [Int64] = [], leavingCount: Int = 0, obstacle: String? = nil
    ) {
        self.system = system
        self.pinned = pinned
        self.summary = summary
        self.turns = turns
        self.answer = answer
        self.length = length
        self.isExact = isExact
        self.outside = outside
        self.leavingCount = leavingCount
        self.obstacle = obstacle
    }

    /// Everything, with the room for the answer.
    var total: Int {
        [system, pinned, summary, turns, answer].reduce(0) { $0.addingReportingOverflow(max(0, $1)).partialValue }
    }
}

/// The question which turns fit into the context of the next answer.
public struct ContextQuestion: Sendable, Hashable {
    public var conversation: Conversation
    /// The words that would be sent; "" for an answer to the open branch as it is.
    public var words: String
    /// Another number after each change of the turns, because a pin or an edit changes nothing else here.
    public var revision: Int

    public init(conversation: Conversation, words: String, revision: Int = 0) {
        self.conversation = conversation
        self.words = words
        self.revision = revision
    }
}
