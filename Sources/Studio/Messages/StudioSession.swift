import Generation

/// What the writer typed and has not sent, kept so that neither a crash nor quitting loses it.
public struct StudioSession: Sendable, Hashable, Codable {
    /// The form that was open: a template's short name, or `nil` for the free prompt.
    public var templateName: String?
    /// The open form's entry in `values`.
    public var formKey: String?
    /// Field values by form: a template's name, "" for the free prompt; a form that was filled from history or from
    /// a draft has U+001F and its origin after the name.
    public var values: [String: [String: String]]
    public var freePromptIsRaw: Bool
    /// An edit that was open and not saved.
    public var openEdit: OpenEdit?

    public struct OpenEdit: Sendable, Hashable, Codable {
        public var draftId: Int64
        public var generationId: Int64
        public var text: String

        public init(draftId: Int64, generationId: Int64, text: String) {
            self.draftId = draftId
            self.generationId = generationId
            self.text = text
        }
    }

    public init(
        templateName: String? = nil, formKey: String? = nil, values: [String: [String: String]] = [:],
        freePromptIsRaw: Bool = false,
        openEdit: OpenEdit? = nil
    ) {
        self.templateName = templateName
        self.formKey = formKey
        self.values = values
        self.freePromptIsRaw = freePromptIsRaw
        self.openEdit = openEdit
    }
}
