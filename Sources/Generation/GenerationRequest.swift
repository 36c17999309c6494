/// A task for a text generator: a prompt, how many variants of an answer, and how to draw them.
///
/// The same request with the same `seed` and model file gives the same text with any number of threads, and variant `k`
/// is the same with any `variantCount`.
public struct GenerationRequest: Sendable, Equatable {
    /// The text to answer or to continue.
    public enum Prompt: Sendable, Equatable {
        /// A conversation; the generator applies its model's chat template.
        case chat([Message])
        /// Text that goes to the model unchanged and is continued.
        case raw(String)
    }

    /// The valid `variantCount`s, for command line, templates and dialog alike.
    public static let variantRange = 1...64

    public var prompt: Prompt
    /// The text to continue if the model has no chat template; `nil` if the request has none.
    public var completionPrompt: String?
    /// How many drafts to write side by side; in `variantRange`.
    public var variantCount: Int
    public var sampling: SamplingOptions
    public var limits: LengthLimits
    /// What the template and its fields ask of every draft.
    public var conditions = DraftConditions()
    public var seed: UInt64
    /// True if the user chose the seed, and so expects the same text as before.
    public var seedMustReplay = false
    /// True if the generator may predict several tokens at a time when the text seems to repeat itself.
    /// The text is the same with and without it.
    public var speculates = true
    /// The uuid of the conversation that the answer belongs to. A generator may keep what it has read for the next turn,
    /// in place of what it kept for the turns before.
    public var conversation: String?

    public init(
        prompt: Prompt, completionPrompt: String? = nil, variantCount: Int = 1,
        sampling: SamplingOptions = .init(), limits: LengthLimits = .init(), seed: UInt64
    ) {
        self.prompt = prompt
        self.completionPrompt = completionPrompt
        self.variantCount = variantCount
        self.sampling = sampling
        self.limits = limits
        self.seed = seed
    }
}
