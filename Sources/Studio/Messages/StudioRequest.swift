import Generation

/// An order for drafts. The runner turns it into a `GenerationRequest`.
public struct StudioRequest: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        /// A template by short name, and the value of every field.
        case template(name: String, fields: [String: String])
        /// The writer's own prompt: one user message, or if `raw`, text that the model continues.
        case freePrompt(text: String, raw: Bool)

        /// The values as a form holds them.
        var fields: [String: String] {
            switch self {
            case .template(_, let fields): fields
            case .freePrompt(let text, _): [Form.promptField: text]
            }
        }
    }

    public var source: Source
    /// The title in history: the template's, or the beginning of a free prompt.
    public var title: String
    public var variantCount: Int
    public var sampling: SamplingOptions
    public var limits: LengthLimits
    /// If `nil`, the runner draws a fresh one and reports it in `GenerationMessage.began`.
    public var seed: UInt64?
    public var parentDraftId: Int64?
    public var relation: SavedGeneration.Relation?
    /// The text of the parent draft if the draft goes on with it; else empty.
    public var beginning = ""

    public init(
        source: Source, title: String, variantCount: Int, sampling: SamplingOptions = .init(),
        limits: LengthLimits = .init(), seed: UInt64? = nil, parentDraftId: Int64? = nil,
        relation: SavedGeneration.Relation? = nil
    ) {
        self.source = source
        self.title = title
        self.variantCount = variantCount
        self.sampling = sampling
        self.limits = limits
        self.seed = seed
        self.parentDraftId = parentDraftId
        self.relation = relation
    }
}
