import Generation

/// A prompt template as the studio shows it: what the form needs, and nothing of how it is rendered.
public struct TemplateItem: Sendable, Hashable, Identifiable {
    public struct Field: Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            case line, multiline, choice
        }

        public var name: String
        public var label: String
        public var kind: Kind
        /// What a choice field offers.
        public var choices: [String]
        /// Whether other text than the choices may be typed.
        public var isOpen: Bool
        /// What the field holds when the form opens; "" for nothing.
        public var defaultValue: String
        public var example: String
        public var isRequired: Bool

        public init(
            name: String, label: String, kind: Kind = .line, choices: [String] = [], isOpen: Bool = false,
            defaultValue: String = "", example: String = "", isRequired: Bool = false
        ) {
            self.name = name
            self.label = label
            self.kind = kind
            self.choices = choices
            self.isOpen = isOpen
            self.defaultValue = defaultValue
            self.example = example
            self.isRequired = isRequired
        }
    }

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
    /// Why the file could not be read, with file, line and column; `nil` for a sound template.
    public var brokenReason: String?

    public var id: String { name }

    public init(
        name: String, title: String, familyTitle: String, summary: String = "", fields: [Field] = [],
        limits: LengthLimits = .init(), variantCount: Int = 3, sampling: SamplingOptions = .init(),
        brokenReason: String? = nil
    ) {
        self.name = name
        self.title = title
        self.familyTitle = familyTitle
        self.summary = summary
        self.fields = fields
        self.limits = limits
        self.variantCount = variantCount
        self.sampling = sampling
        self.brokenReason = brokenReason
    }
}
