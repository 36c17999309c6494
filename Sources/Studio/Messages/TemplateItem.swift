import Generation

/// A prompt template in the studio: everything that the form needs, but not the texts that are rendered.
public struct TemplateItem: Sendable, Hashable, Identifiable {
    public typealias Field = PromptField

    /// Short name, as on the command line: `search-ad-headline`.
    public var name: String
    public var title: String
    /// Heading of its family in the list: `Headlines`.
    public var familyTitle: String
    public var summary: String
    public var fields: [Field]
    public var limits: LengthLimits
    public var variantCount: Int
    public var sampling: SamplingOptions
    /// The values of the writer's brand for its fields, by name; they take them.
    public var brand: [String: String]
    /// Why the file could not be read, with file, line and column; `nil` for a valid template.
    public var brokenReason: String?
    /// True for a persona: its form begins a conversation.
    public var isPersona: Bool

    public var id: String { name }

    public init(
        name: String, title: String, familyTitle: String, summary: String = "", fields: [Field] = [],
        limits: LengthLimits = .init(), variantCount: Int = 3, sampling: SamplingOptions = .init(),
        brand: [String: String] = [:], brokenReason: String? = nil,
        isPersona: Bool = false
    ) {
        self.name = name
        self.title = title
        self.familyTitle = familyTitle
        self.summary = summary
        self.fields = fields
        self.limits = limits
        self.variantCount = variantCount
        self.sampling = sampling
        self.brand = brand
        self.brokenReason = brokenReason
        self.isPersona = isPersona
    }
}
