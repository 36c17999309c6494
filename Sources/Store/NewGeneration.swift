// What callers hand to the store: a generation as it begins, and the text of its drafts as it grows.

import Generation
import Text

/// A generation that is about to be written.
public struct NewGeneration: Sendable, Hashable {
    /// Short name of the template; `nil` for free text.
    public var templateName: String?
    /// The template's title; `nil`: the first words of the prompt become the title.
    public var templateTitle: String?
    public var templateHash: String?
    public var fields: [String: String]
    /// True if a free prompt goes to the model as it stands; always false with a template.
    public var isRaw: Bool
    public var systemPrompt: String?
    /// What is known of the prompt so far; `finishGeneration` may replace it by the exact text the model got.
    public var prompt: String
    public var sampling: SamplingOptions
    public var limits: LengthLimits
    public var model: ModelIdentity
    public var seed: UInt64
    public var parentDraftId: Int64?
    public var relation: SavedGeneration.Relation?
    /// How many drafts to make; at least 1.
    public var variantCount: Int

    public init(
        templateName: String? = nil, templateTitle: String? = nil, templateHash: String? = nil,
        fields: [String: String] = [:], isRaw: Bool = false, systemPrompt: String? = nil, prompt: String = "",
        sampling: SamplingOptions = .init(), limits: LengthLimits = .init(), model: ModelIdentity, seed: UInt64,
        parentDraftId: Int64? = nil, relation: SavedGeneration.Relation? = nil, variantCount: Int = 1
    ) {
        self.templateName = templateName
        self.templateTitle = templateTitle
        self.templateHash = templateHash
        self.fields = fields
        self.isRaw = isRaw
        self.systemPrompt = systemPrompt
        self.prompt = prompt
        self.sampling = sampling
        self.limits = limits
        self.model = model
        self.seed = seed
        self.parentDraftId = parentDraftId
        self.relation = relation
        self.variantCount = variantCount
    }

    /// The template's title, its name, or the first words of the prompt.
    public var title: String {
        if let templateTitle, !templateTitle.isEmpty { return templateTitle }
        if let templateName, !templateName.isEmpty { return templateName }
        return Title.of(prompt)
    }
}

/// The text of a draft so far, as it is saved while it streams.
public struct DraftProgress: Sendable, Hashable {
    public var draftId: Int64
    /// The whole text so far, not a piece.
    public var text: String
    public var tokenCount: Int

    public init(draftId: Int64, text: String, tokenCount: Int) {
        self.draftId = draftId
        self.text = text
        self.tokenCount = tokenCount
    }
}
