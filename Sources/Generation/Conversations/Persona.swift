// Whom a conversation is held with: a persona with its fields filled in.
// - A conversation keeps its persona whole, so it goes on unchanged if the template is edited or deleted.

/// A persona as a conversation uses it.
public struct Persona: Sendable, Hashable, Codable {
    /// Short name of its template; `nil` for a plain assistant.
    public var name: String?
    /// FNV-1a of the template's file.
    public var hash: String?
    /// The title that people see, such as `Editor`.
    public var title: String
    public var system: String?
    /// What it may say first; a conversation begins with one of them, or with the user if there are none.
    public var greetings: [String]
    /// A dialogue that shows how it talks; every message is an example.
    public var examples: [Message]
    public var speakers: Speakers
    /// Facts that are told to the model when the conversation comes to them.
    public var book: [BookEntry]

    public init(
        name: String? = nil, hash: String? = nil, title: String = "Assistant", system: String? = nil,
        greetings: [String] = [], examples: [Message] = [], speakers: Speakers = Speakers(), book: [BookEntry] = []
    ) {
        self.name = name
        self.hash = hash
        self.title = title
        self.system = system
        self.greetings = greetings
        self.examples = examples
        self.speakers = speakers
        self.book = book
    }

    /// The names of the two who talk, as a transcript and the screen show them.
    public struct Speakers: Sendable, Hashable, Codable {
        public var user: String
        public var assistant: String

        public init(user: String = "User", assistant: String = "Assistant") {
            self.user = user
            self.assistant = assistant
        }

        public func name(of role: Message.Role) -> String {
            switch role {
            case .system: "System"
            case .user: user
            case .assistant: assistant
            }
        }
    }

    /// An entry of a character's book (lorebook), after Character Card V2:
    /// https://github.com/malfoyslastname/character-card-spec-v2
    public struct BookEntry: Sendable, Hashable, Codable {
        /// The entry is told if one of them occurs in one of the last turns.
        public var keys: [String]
        /// If there are any, one of them must occur too.
        public var secondaryKeys: [String]
        public var content: String
        /// True if it is always told.
        public var isConstant: Bool
        public var isCaseSensitive: Bool
        public var isEnabled: Bool
        /// Lower ones are told first.
        public var order: Int

        public init(
            keys: [String], secondaryKeys: [String] = [], content: String, isConstant: Bool = false,
            isCaseSensitive: Bool = false, isEnabled: Bool = true, order: Int = 0
        ) {
            self.keys = keys
            self.secondaryKeys = secondaryKeys
            self.content = content
            self.isConstant = isConstant
            self.isCaseSensitive = isCaseSensitive
            self.isEnabled = isEnabled
            self.order = order
        }
    }
}
