import Generation

/// The texts that the writer typed and has not sent, so that neither a crash nor quitting loses them.
public struct StudioSession: Sendable, Hashable, Codable {
    /// The form that was open: a template's short name, or `nil` for the free prompt.
    public var templateName: String?
    /// The open form's entry in `values`.
    public var formKey: String?
    /// Field values by form. The key is the template's name, or "" for the free prompt; if history or a draft filled the
    /// form, U+001F and its origin follow.
    public var values: [String: [String: String]]
    public var freePromptIsRaw: Bool
    /// An edit that was open and not saved.
    public var openEdit: OpenEdit?
    /// Edits that the writer saved and the store has not confirmed, oldest first.
    public var unsavedEdits: [OpenEdit]
    /// Texts whose place was taken when sessions were merged.
    public var kept: [KeptText]
    /// The file that $EDITOR was working on.
    public var editorFile: EditorFile?

    /// When it was last changed, in seconds since 1970; 0 until it is written.
    public var savedAt: Double
    /// The store that ids belong to: its path, relative if it is in the data folder. `nil` if an earlier version wrote this.
    public var store: String?

    public struct OpenEdit: Sendable, Hashable, Codable {
        public var draftId: Int64
        public var generationId: Int64
        public var text: String
        /// The text that the edit began from; `nil` if an earlier version wrote this.
        public var base: EditBase?

        public init(draftId: Int64, generationId: Int64, text: String, base: EditBase? = nil) {
            self.draftId = draftId
            self.generationId = generationId
            self.text = text
            self.base = base
        }
    }

    /// A temporary file that $EDITOR works on.
    public struct EditorFile: Sendable, Hashable, Codable {
        /// The place of its text.
        public enum Place: Sendable, Hashable, Codable {
            case field(formKey: String, name: String)
            case draft(draftId: Int64, generationId: Int64)
        }

        public var path: String
        public var place: Place
        /// The text with which it was opened.
        public var text: String
        /// If the place is a draft, the text that its edit began from.
        public var base: EditBase?
        /// True if the editor came back at once and may still have the file, so that nobody may remove it.
        public var waits: Bool?

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

    /// Reads sessions of earlier versions too: if a key is missing, its default counts.
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

    /// True if it holds no text that could be lost.
    public var isEmpty: Bool {
        values.isEmpty && openEdit == nil && unsavedEdits.isEmpty && kept.isEmpty && editorFile == nil
    }
}

/// The draft that an edit began from. If the draft is another one by now, or has another text, the edit does not
/// overwrite it without asking.
public struct EditBase: Sendable, Hashable, Codable {
    /// The UUID of the draft's generation, because a restored store reuses ids; `nil` if it was unknown.
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
    /// The file in which $EDITOR left it; `nil` if it was typed in the studio.
    public var path: String?

    public init(_ content: Content, path: String? = nil) {
        self.content = content
        self.path = path
    }

    /// A text that no longer has a place of its own: it goes into the free prompt.
    public static func loose(_ text: String, path: String? = nil) -> KeptText {
        KeptText(.form(key: "", values: [Form.promptField: text], isRaw: false), path: path)
    }
}
