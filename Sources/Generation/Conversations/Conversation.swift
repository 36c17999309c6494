// A conversation and its turns, as the store keeps them.
// - The turns are a tree. A turn follows one turn, and if that is an answer with several drafts, one of its drafts. What
//   is edited or answered anew stands beside what was there; nothing is overwritten.
// - An answer is a turn of the assistant. Its drafts are those of all generations that have written it, so all that
//   history can do with drafts works with them.
// - One way through the tree is open: the turns from the first one to the head.

/// What is done if the turns do not fit into the model's context any more.
public enum ContextRule: String, Sendable, Hashable, Codable, CaseIterable {
    /// The oldest turns are left out; pinned ones stay.
    case leaveOut = "leave-out"
    /// The oldest turns are replaced by a summary, which is a draft of its own.
    case summarize
    /// Nothing is sent.
    case refuse
}

/// How the answers of a conversation are written.
public struct ConversationSettings: Sendable, Hashable, Codable {
    public var sampling: SamplingOptions
    public var limits: LengthLimits
    /// How many drafts an answer has at once; in `GenerationRequest.variantRange`.
    public var variantCount: Int
    public var contextRule: ContextRule
    /// The standing notices that were told of its answers; `nil` if there were none.
    public var toldNotices: [String]?

    public init(
        sampling: SamplingOptions = SamplingOptions(), limits: LengthLimits = LengthLimits(), variantCount: Int = 1,
        contextRule: ContextRule = .leaveOut
    ) {
        self.sampling = sampling
        self.limits = limits
        self.variantCount = variantCount
        self.contextRule = contextRule
    }
}

/// A conversation in the store, without its turns.
public struct Conversation: Sendable, Hashable, Codable, Identifiable {
    public var id: Int64
    public var uuid: String
    /// Seconds since 1970.
    public var createdAt: Double
    /// When a turn was last added, chosen or edited.
    public var updatedAt: Double
    /// Seconds since 1970 when it went to the trash; `nil` if it is not there.
    public var deletedAt: Double?
    /// The first words of the user until it is given another one; "" before them.
    public var title: String
    public var persona: Persona
    /// The values of the persona's fields.
    public var fields: [String: String]
    /// The name of the model that answers, as a user would type it.
    public var model: String
    public var settings: ConversationSettings
    /// The last turn of the open branch; `nil` if there are no turns.
    public var headTurnId: Int64?

    public init(
        id: Int64 = 0, uuid: String = "", createdAt: Double = 0, updatedAt: Double = 0, deletedAt: Double? = nil,
        title: String = "", persona: Persona = Persona(), fields: [String: String] = [:], model: String,
        settings: ConversationSettings = ConversationSettings(), headTurnId: Int64? = nil
    ) {
        self.id = id
        self.uuid = uuid
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
        self.title = title
        self.persona = persona
        self.fields = fields
        self.model = model
        self.settings = settings
        self.headTurnId = headTurnId
    }
}

/// A turn of a conversation.
public struct Turn: Sendable, Hashable, Codable, Identifiable {
    public var id: Int64
    public var conversationId: Int64
    /// The turn that it follows; `nil` for the first.
    public var parentTurnId: Int64?
    /// The draft of that turn that it follows; `nil` if that turn has no drafts.
    public var parentDraftId: Int64?
    /// `user` or `assistant`.
    public var role: Message.Role
    /// What is said. Of an answer with drafts: the text of its active draft.
    public var text: String
    /// The draft that counts if no turn follows; `nil` if there are no drafts, as in a greeting.
    public var activeDraftId: Int64?
    /// True if it stays in the context although older turns leave it.
    public var isPinned: Bool
    /// The draft that sums up all turns before this one; `nil` if there is none.
    public var summaryDraftId: Int64?
    /// Seconds since 1970.
    public var createdAt: Double
    /// Seconds since 1970 when it went to the trash, and with it the turns that follow; `nil` if it is not there.
    public var deletedAt: Double?
    /// The drafts of an answer by their ids, without candidates and those in the trash.
    public var drafts: [SavedDraft]
    /// The turns that stand at the same place, itself among them, by their ids: edits of a user's turn.
    public var siblingIds: [Int64]

    public init(
        id: Int64 = 0, conversationId: Int64 = 0, parentTurnId: Int64? = nil, parentDraftId: Int64? = nil,
        role: Message.Role, text: String, activeDraftId: Int64? = nil, isPinned: Bool = false,
        summaryDraftId: Int64? = nil, createdAt: Double = 0, deletedAt: Double? = nil, drafts: [SavedDraft] = [],
        siblingIds: [Int64] = []
    ) {
        self.id = id
        self.conversationId = conversationId
        self.parentTurnId = parentTurnId
        self.parentDraftId = parentDraftId
        self.role = role
        self.text = text
        self.activeDraftId = activeDraftId
        self.isPinned = isPinned
        self.summaryDraftId = summaryDraftId
        self.createdAt = createdAt
        self.deletedAt = deletedAt
        self.drafts = drafts
        self.siblingIds = siblingIds
    }

    /// The draft whose text it shows.
    public var activeDraft: SavedDraft? { drafts.first { $0.id == activeDraftId } }
}

/// A line of a list of conversations.
public struct ConversationEntry: Sendable, Hashable, Codable, Identifiable {
    public var conversation: Conversation
    /// The turns of the open branch.
    public var turnCount: Int
    /// The beginning of the last turn of the open branch; of a search, the turn that was found.
    public var preview: String
    /// Of a search, the turn that was found; `nil` in any other list, or if the words are in the title.
    public var foundTurnId: Int64?
    /// The model of the newest answer of the open branch; `nil` if nothing was answered. The conversation goes on with
    /// `conversation.model`, which is another one after an import.
    public var writer: String?

    public var id: Int64 { conversation.id }

    public init(
        conversation: Conversation, turnCount: Int, preview: String, foundTurnId: Int64? = nil, writer: String? = nil
    ) {
        self.writer = writer
        self.conversation = conversation
        self.turnCount = turnCount
        self.preview = preview
        self.foundTurnId = foundTurnId
    }
}
