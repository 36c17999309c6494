import Generation

/// What the writer typed and has not sent, kept so that neither a crash nor quitting loses it.
public struct StudioSession: Sendable, Hashable, Codable {
    /// The form that was open: a template's short name, or `nil` for the free prompt.
    public var templateName: String?
    /// Field values by template name; the free prompt's is under "" and `prompt`.
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
        templateName: String? = nil, values: [String: [String: String]] = [:], freePromptIsRaw: Bool = false,
        openEdit: OpenEdit? = nil
    ) {
        self.templateName = templateName
        self.values = values
        self.freePromptIsRaw = freePromptIsRaw
        self.openEdit = openEdit
    }
}
