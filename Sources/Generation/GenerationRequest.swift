/// What is asked of a text generator: a prompt, how many variants of an answer, and how to draw them.
///
/// The same request with the same `seed`, on the same model file, gives the same text, whatever
/// the number of threads, and variant `k` is the same whatever `variantCount` is.
public struct GenerationRequest: Sendable, Equatable {
    /// The text to answer or to continue.
    public enum Prompt: Sendable, Equatable {
        /// A conversation; the generator puts it into the form its model was trained on.
        case chat([Message])
        /// Text that goes to the model as it stands and is continued.
        case raw(String)
    }

    /// What `variantCount` may be, at every door: command line, template, dialog.
    public static let variantRange = 1...64

    public var prompt: Prompt
    /// The prompt for a model without a chat template: text to continue. `nil`: none was written for it.
    public var completionPrompt: String?
    /// How many drafts to write side by side; in `variantRange`.
    public var variantCount: Int
    public var sampling: SamplingOptions
    public var limits: LengthLimits
    public var seed: UInt64
    /// Whether several tokens may be read at a time where the text seems to repeat what came before it.
    /// The text is the same with and without it.
    public var speculates = true

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
