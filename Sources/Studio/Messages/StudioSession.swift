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
    /// Edits that were saved and not confirmed by the store, oldest first.
    public var unsavedEdits: [OpenEdit]
    /// Texts that found no free place when sessions were merged.
    public var kept: [KeptText]
    /// The file that $EDITOR was working on.
    public var editorFile: EditorFile?

    /// When it was last changed, in seconds since 1970; 0 until it is written.
    public var savedAt: Double
    /// The store that ids belong to: its path, relative if it is in the data folder. `nil`: written by an earlier version.
    public var store: String?

    public struct OpenEdit: Sendable, Hashable, Codable {
        public var draftId: Int64
        public var generationId: Int64
        public var text: String
        /// What the edit began from; `nil`: written by an earlier version.
        public var base: EditBase?

        public init(draftId: Int64, generationId: Int64, text: String, base: EditBase? = nil) {
            self.draftId = draftId
            self.generationId = generationId
            self.text = text
            self.base = base
        }
    }

    /// A file in the folder for temporary files that $EDITOR works on.
    public struct EditorFile: Sendable, Hashable, Codable {
        /// What its text is for.
        public enum Place: Sendable, Hashable, Codable {
            case field(formKey: String, name: String)
            case draft(draftId: Int64, generationId: Int64)
        }

        public var path: String
        public var place: Place
        /// The text it was opened with.
        public var text: String
        /// For a draft: what its edit began from.
        public var base: EditBase?

        public init(path: String, place: Place, text: String, base: EditBase? = nil) {
            self.path = path
            self.place = place
            self.text = text
            self.base = base
        }
    }

    public init(
        templateName: String? = nil, formKey: String? = nil, values: [String: [String: String]] = [:],
        freePromptIsRaw: Bool = false, openEdit: OpenEdit? = nil, unsavedEdits: [OpenEdit] = [],
        kept: [KeptText] = [], editorFile: EditorFile? = nil, savedAt: Double = 0, store: String? = nil
    ) {
        self.templateName = templateName
        self.formKey = formKey
        self.values = values
        self.freePromptIsRaw = freePromptIsRaw
        self.openEdit = openEdit
        self.unsavedEdits = unsavedEdits
        self.kept = kept
        self.editorFile = editorFile
        self.savedAt = savedAt
        self.store = store
    }

    /// Reads sessions of earlier versions too, which lack what came later.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        templateName = try container.decodeIfPresent(String.self, forKey: .templateName)
        formKey = try container.decodeIfPresent(String.self, forKey: .formKey)
        values = try container.decode([String: [String: String]].self, forKey: .values)
        freePromptIsRaw = try container.decodeIfPresent(Bool.self, forKey: .freePromptIsRaw) ?? false
        openEdit = try container.decodeIfPresent(OpenEdit.self, forKey: .openEdit)
        unsavedEdits = try container.decodeIfPresent([OpenEdit].self, forKey: .unsavedEdits) ?? []
        kept = try container.decodeIfPresent([KeptText].self, forKey: .kept) ?? []
        editorFile = try container.decodeIfPresent(EditorFile.self, forKey: .editorFile)
        savedAt = try container.decodeIfPresent(Double.self, forKey: .savedAt) ?? 0
        store = try container.decodeIfPresent(String.self, forKey: .store)
    }

    /// Whether there is no text in it that could be lost.
    public var isEmpty: Bool {
        values.isEmpty && openEdit == nil && unsavedEdits.isEmpty && kept.isEmpty && editorFile == nil
    }
}

/// What an edit began from. A draft that is another by now, or has another text, is not overwritten unasked.
public struct EditBase: Sendable, Hashable, Codable {
    /// Of the draft's generation, because a restored store gives ids anew; `nil` if it was not known.
    public var generationUUID: String?
    /// The draft's text.
    public var text: String

    public init(generationUUID: String? = nil, text: String) {
        self.generationUUID = generationUUID
        self.text = text
    }
}

/// A text that waits until the writer takes it or discards it.
public struct KeptText: Sendable, Hashable, Codable {
    public enum Content: Sendable, Hashable, Codable {
        /// Field values of a form, by `Form.key`.
        case form(key: String, values: [String: String], isRaw: Bool)
        case edit(StudioSession.OpenEdit)
    }

    public var content: Content
    /// The file that $EDITOR left it in; `nil` if it was typed in the studio.
    public var path: String?

    public init(_ content: Content, path: String? = nil) {
        self.content = content
        self.path = path
    }

    /// A text without a place of its own any more: it goes into the free prompt.
    public static func loose(_ text: String, path: String? = nil) -> KeptText {
        KeptText(.form(key: "", values: [Form.promptField: text], isRaw: false), path: path)
    }
}
