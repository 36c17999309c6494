// What a file of another program gives, before the store has it.

import Generation
import Text

/// A conversation of another program, before the store gives it ids.
public struct ImportedConversation: Sendable, Hashable {
    /// Without ids; its `headTurnId` is nothing yet. Its uuid is the one of the file, and "" if the file gives none.
    public var conversation: Conversation
    public var turns: [ImportedTurn]
    /// The index in `turns` of the last turn of the open branch; `nil` if there are no turns.
    public var head: Int?
    /// What did not come in.
    public var leftOut: LeftOut

    public init(
        conversation: Conversation, turns: [ImportedTurn], head: Int?, leftOut: LeftOut = LeftOut()
    ) {
        self.conversation = conversation
        self.turns = turns
        self.head = head
        self.leftOut = leftOut
    }

    /// A uuid made from what is said: the same turns have the same one in every run.
    public var contentUuid: String {
        // Two hashes of 64 bits that begin differently.
        var hashes = [FNV1a("copydesk/import".utf8), FNV1a("conversation".utf8)]
        for index in hashes.indices {
            for turn in turns {
                hashes[index].mix(turn.role.rawValue.utf8)
                hashes[index].mix(UInt64(truncatingIfNeeded: (turn.parent ?? -1) &+ 2))
                hashes[index].mix(UInt64(truncatingIfNeeded: (turn.parentChoice ?? -1) &+ 2))
                for text in turn.texts {
                    hashes[index].mix(text.utf8)
                    hashes[index].mix(0x1F)
                }
            }
        }
        let digits = Array(hashes.map(\.hexadecimal).joined())
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        // Version 8 of RFC 9562: an id of one's own making.
        return "\(part(0..<8))-\(part(8..<12))-8\(part(13..<16))-8\(part(17..<20))-\(part(20..<32))"
    }

    /// Gives it a title, the first words of the user, if it has none, and the times of its turns if it has none.
    mutating func complete() {
        conversation.title = ImportedText.line(conversation.title)
        if conversation.title.isEmpty, let first = turns.first(where: { $0.role == .user }) ?? turns.first {
            conversation.title = Title.of(first.texts.first ?? "")
        }
        let times = turns.compactMap(\.createdAt)
        if conversation.createdAt == 0 { conversation.createdAt = times.min() ?? 0 }
        conversation.updatedAt = max(conversation.updatedAt, conversation.createdAt, times.max() ?? 0)
    }
}

/// A turn of an imported conversation.
public struct ImportedTurn: Sendable, Hashable {
    /// The index in the list of the turn that it follows, always a smaller one; `nil` for a first turn.
    public var parent: Int?
    /// Which of the parent's texts it follows; `nil` if the parent has one text alone.
    public var parentChoice: Int?
    public var role: Message.Role
    /// What is said, and if there are several, the choices (swipes); never empty.
    public var texts: [String]
    /// The thoughts before a choice, by its index.
    public var reasoning: [Int: String]
    /// The choice that is shown.
    public var choice: Int
    /// Seconds since 1970; `nil` if the file does not say.
    public var createdAt: Double?
    /// The name of the model that wrote it; `nil` if the file does not say.
    public var model: String?
    public var isPinned: Bool

    public init(
        parent: Int?, parentChoice: Int? = nil, role: Message.Role, texts: [String], reasoning: [Int: String] = [:],
        choice: Int = 0, createdAt: Double? = nil, model: String? = nil, isPinned: Bool = false
    ) {
        self.parent = parent
        self.parentChoice = parentChoice
        self.role = role
        self.texts = texts
        self.reasoning = reasoning
        self.choice = choice
        self.createdAt = createdAt
        self.model = model
        self.isPinned = isPinned
    }
}

/// A character of another program.
public struct ImportedPersona: Sendable, Hashable {
    public var persona: Persona
    /// One line about it, by its author; "" if there is none.
    public var summary: String
    public var leftOut: LeftOut

    public init(persona: Persona, summary: String, leftOut: LeftOut = LeftOut()) {
        self.persona = persona
        self.summary = summary
        self.leftOut = leftOut
    }
}

/// How much of each kind did not come in.
public struct LeftOut: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case toolMessages, images, files, hiddenMessages, programMessages, otherContent, emptyConversations
        case entriesWithPatterns, unknownEntries, recordings, documentChanges, deletedTexts, marks, groupGreetings
        case emptyEntries, linkedBooks, otherFiles, unreadableMessages, unreadableFields, unknownMacros

        /// The kind as a noun, for a number of them.
        public func words(_ count: Int) -> String {
            let (one, many) =
                switch self {
                case .toolMessages: ("message to or from a tool", "messages to or from tools")
                case .images: ("image", "images")
                case .files: ("attached file", "attached files")
                case .hiddenMessages: ("hidden message", "hidden messages")
                case .programMessages: ("note of the program", "notes of the program")
                case .otherContent: ("piece that is no text", "pieces that are no text")
                case .emptyConversations: ("conversation without turns", "conversations without turns")
                case .entriesWithPatterns: ("book entry with a pattern", "book entries with patterns")
                case .unknownEntries: ("entry that is no conversation", "entries that are no conversations")
                case .recordings: ("recording", "recordings")
                case .documentChanges: ("change to a document", "changes to documents")
                case .deletedTexts: ("deleted turn or draft", "deleted turns and drafts")
                case .marks: ("draft's star, rating, note or tags", "drafts' stars, ratings, notes and tags")
                case .groupGreetings: ("greeting for groups", "greetings for groups")
                case .emptyEntries: ("book entry without text or keys", "book entries without text or keys")
                case .linkedBooks: ("book that the file only names", "books that the file only names")
                case .unreadableMessages: ("message that cannot be read", "messages that cannot be read")
                case .unknownMacros:
                    ("unknown macro, which stays in the text", "unknown macros, which stay in the text")
                case .unreadableFields: ("field that should be a text", "fields that should be texts")
                case .otherFiles: ("other file of the archive", "other files of the archive")
                }
            return "\(count) \(count == 1 ? one : many)"
        }
    }

    public private(set) var counts: [Kind: Int] = [:]
    /// Where things of a kind stand, the first ones: `line 3`.
    private var places: [Kind: [String]] = [:]

    public init() {}

    public var isEmpty: Bool { counts.isEmpty }

    mutating func add(_ kind: Kind, _ count: Int = 1) { if count > 0 { counts[kind, default: 0] += count } }

    /// - Parameter place: where it stands in the file, for the sentence.
    mutating func add(_ kind: Kind, _ count: Int = 1, at place: String) {
        add(kind, count)
        if count > 0 { note(place, of: kind) }
    }

    private mutating func note(_ place: String, of kind: Kind) {
        let known = places[kind] ?? []
        if known.count <= Self.mostPlaces, !known.contains(place) { places[kind] = known + [place] }
    }

    private static let mostPlaces = 3

    /// The things of one kind, and where the first ones stand: `2 messages that cannot be read (line 3, line 9)`.
    private func words(_ kind: Kind) -> String? {
        guard let count = counts[kind] else { return nil }
        guard let places = places[kind] else { return kind.words(count) }
        let more = places.count > Self.mostPlaces ? ", …" : ""
        return "\(kind.words(count)) (\(places.prefix(Self.mostPlaces).joined(separator: ", "))\(more))"
    }

    public static func += (sum: inout LeftOut, more: LeftOut) {
        for (kind, count) in more.counts { sum.add(kind, count) }
        for (kind, places) in more.places { for place in places { sum.note(place, of: kind) } }
    }

    /// `2 images, 1 attached file`; "" if nothing was left out.
    public var sentencePart: String {
        Kind.allCases.compactMap(words).joined(separator: ", ")
    }
}

/// Texts of files, as the store and the screen take them.
enum ImportedText {
    /// The text with line feeds as line ends and without NUL characters, which a database would end it at.
    static func clean(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0 || $0 == 0x0D }) else { return text }
        var clean = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in text.unicodeScalars {
            defer { wasReturn = scalar == "\r" }
            switch scalar {
            case "\0": clean.append("\u{FFFD}")
            case "\r": clean.append("\n")
            case "\n" where wasReturn: break
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    /// The text on one line.
    static func line(_ text: String) -> String {
        clean(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}

extension JSONValue {
    /// The text of a string, cleaned; `nil` if it is none.
    var cleanText: String? { text.map(ImportedText.clean) }

    /// The text of that name; "" if there is none.
    func clean(_ name: String) -> String { self[name]?.cleanText ?? "" }

    /// True if it has a value of that name that is not null.
    func has(_ name: String) -> Bool { self[name].map { !$0.isNull } ?? false }

    /// A uuid as programs write it, in small letters; `nil` if the text is none.
    var uuid: String? {
        guard let bytes, bytes.count == 36 else { return nil }
        for (index, byte) in bytes.enumerated() {
            let isHyphen = [8, 13, 18, 23].contains(index)
            let isDigit = (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
            guard isHyphen ? byte == 0x2D : isDigit else { return nil }
        }
        return text?.lowercased()
    }
}
