/// A draft in the store: one variant of a generation, with its star, rating and note.
public struct SavedDraft: Sendable, Hashable, Codable, Identifiable {
    public var id: Int64
    public var generationId: Int64
    /// Place among the variants, from 0.
    public var ordinal: Int
    public var text: String
    /// `nil` while it is being written.
    public var finishReason: FinishReason?
    public var tokenCount: Int
    public var starred: Bool
    public var rating: Int?
    public var note: String?
    public var details: DraftDetails
    /// True for a candidate that was not chosen.
    public var isCandidate: Bool
    /// True if a person has changed the text, so that it is no longer the model's own.
    public var isEdited: Bool
    /// Seconds since 1970.
    public var createdAt: Double
    public var updatedAt: Double
    /// Seconds since 1970 when it went to the trash; `nil` if it is not there.
    public var deletedAt: Double?

    public init(
        id: Int64, generationId: Int64, ordinal: Int, text: String, finishReason: FinishReason? = nil,
        tokenCount: Int = 0, starred: Bool = false, rating: Int? = nil, note: String? = nil,
        details: DraftDetails = DraftDetails(), isCandidate: Bool = false, isEdited: Bool = false,
        createdAt: Double, updatedAt: Double, deletedAt: Double? = nil
    ) {
        self.id = id
        self.generationId = generationId
        self.ordinal = ordinal
        self.text = text
        self.finishReason = finishReason
        self.tokenCount = tokenCount
        self.starred = starred
        self.rating = rating
        self.note = note
        self.details = details
        self.isCandidate = isCandidate
        self.isEdited = isEdited
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }
}

/// A generation in the store: everything needed to read it again and to replay it.
public struct SavedGeneration: Sendable, Hashable, Codable, Identifiable {
    public enum Status: String, Sendable, Hashable, Codable {
        case running, complete, stopped, failed, interrupted
    }

    /// The way in which a generation came from an earlier draft.
    public enum Relation: String, Sendable, Hashable, Codable {
        case regenerate, `continue`, refine, translate, combine, replay, edit, summarize
    }

    public var id: Int64
    public var uuid: String
    public var createdAt: Double
    public var finishedAt: Double?
    public var status: Status
    /// Short name of the template; `nil` for free text.
    public var templateName: String?
    /// Title to show: the template's, or the beginning of a free prompt.
    public var title: String
    public var templateHash: String?
    public var fields: [String: String]
    /// True if a free prompt went to the model as it stood; always false with a template.
    public var isRaw: Bool
    public var systemPrompt: String?
    /// The exact text that went to the model.
    public var prompt: String
    public var sampling: SamplingOptions
    public var limits: LengthLimits
    /// The parts that each draft has; empty if it has none.
    public var parts: [PartSpecification]
    public var model: ModelIdentity
    public var seed: UInt64
    public var parentDraftId: Int64?
    public var relation: Relation?
    public var timings: GenerationTimings
    /// The sentence to show if it failed.
    public var failure: String?
    /// By ordinal, including those in the trash; without candidates, unless they were asked for.
    public var drafts: [SavedDraft]
    /// Candidates that were not chosen, whether or not they are among `drafts`.
    public var candidateCount: Int
    /// The turn of a conversation that it has written; `nil` if it belongs to none.
    public var turnId: Int64?
    public var conversationId: Int64?

    public init(
        id: Int64 = 0, uuid: String = "", createdAt: Double = 0, finishedAt: Double? = nil,
        status: Status = .running, templateName: String? = nil, title: String, templateHash: String? = nil,
        fields: [String: String] = [:], isRaw: Bool = false, systemPrompt: String? = nil, prompt: String = "",
        sampling: SamplingOptions = .init(), limits: LengthLimits = .init(), parts: [PartSpecification] = [],
        model: ModelIdentity, seed: UInt64,
        parentDraftId: Int64? = nil, relation: Relation? = nil, timings: GenerationTimings = .init(),
        failure: String? = nil, drafts: [SavedDraft] = [], candidateCount: Int = 0,
        turnId: Int64? = nil, conversationId: Int64? = nil
    ) {
        self.id = id
        self.uuid = uuid
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.status = status
        self.templateName = templateName
        self.title = title
        self.templateHash = templateHash
        self.fields = fields
        self.isRaw = isRaw
        self.systemPrompt = systemPrompt
        self.prompt = prompt
        self.sampling = sampling
        self.limits = limits
        self.parts = parts
        self.model = model
        self.seed = seed
        self.parentDraftId = parentDraftId
        self.relation = relation
        self.timings = timings
        self.failure = failure
        self.drafts = drafts
        self.candidateCount = candidateCount
        self.turnId = turnId
        self.conversationId = conversationId
    }

    /// The generation with its chosen drafts alone.
    public var withoutCandidates: SavedGeneration {
        var chosen = self
        chosen.drafts.removeAll(where: \.isCandidate)
        return chosen
    }

    /// Candidates that are not among `drafts`.
    public var hiddenCandidateCount: Int { max(0, candidateCount - drafts.count(where: \.isCandidate)) }

    /// The parts of one of its drafts, as the draft's text now is; empty if its drafts have none.
    public func parts(of draft: SavedDraft) -> [DraftPart] { DraftPart.split(draft.text, names: parts.map(\.name)) }
}
