// A file of another program, told apart by its content, and read one conversation at a time.
// - Nothing is written here: bytes go in, values come out.
// - Whatever the bytes are, reading them ends in values or in an `ImportError`.

import Generation

/// What a file holds.
public enum Imported: Sendable, Hashable {
    case conversation(ImportedConversation)
    case persona(ImportedPersona)
}

/// A file that can be imported.
public struct ImportFile {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case chatGPT, sillyTavernChat, characterCard, copydeskConversations, messages

        /// What the file is, for a sentence: `ChatGPT's export`.
        public var title: String {
            switch self {
            case .chatGPT: "ChatGPT's export"
            case .sillyTavernChat: "a SillyTavern chat"
            case .characterCard: "a character card"
            case .copydeskConversations: "conversations of Copydesk"
            case .messages: "messages"
            }
        }

        /// Whom to name as the model of an answer if the file does not say it.
        public var writer: String {
            switch self {
            case .chatGPT: "ChatGPT"
            case .sillyTavernChat: "SillyTavern"
            case .characterCard, .copydeskConversations, .messages: "unknown"
            }
        }
    }

    public let kind: Kind
    /// The name of the file, and behind it that of an archive's entry, for sentences.
    public let name: String
    private let origin: ByteOrigin
    private let userName: String
    /// True if the values are the messages of one conversation.
    private let isOneConversation: Bool

    /// Tells what the bytes are; all but the beginning is read later.
    /// - Parameter userName: whom a character card talks to.
    /// - Throws: `ImportError`.
    init(_ origin: ByteOrigin, userName: String) throws(ImportError) {
        self.userName = userName
        name = origin.file
        var cursor = try ByteCursor(origin)
        if try cursor.lookAhead(PNGText.signature.count).elementsEqual(PNGText.signature) {
            kind = .characterCard
            isOneConversation = false
            self.origin = try Self.card(in: origin)
            return
        }
        try Self.refuseEmpty(&cursor)
        try OtherFormat.refuse(cursor.lookAhead(4096), origin.file)
        self.origin = origin
        var items = try JSONItems(origin)
        guard let first = try items.next() else { throw .nothing(file: origin.file) }
        guard let kind = Self.kind(of: first, items.layout) else { throw .unknown(file: origin.file) }
        self.kind = kind
        isOneConversation = kind == .messages && items.layout != .single && MessageList.isMessage(first)
    }

    /// Hands out what the file holds, in its order.
    /// - Parameter progress: gets the part of the file that was read, from 0 to 1.
    /// - Returns: what did not come in and belongs to no conversation.
    /// - Throws: `ImportError`, and the errors of `take`; what was handed out before stays valid.
    @discardableResult
    public func forEach(
        progress: (_ part: Double) -> Void = { _ in }, _ take: (Imported) throws -> Void
    ) throws -> LeftOut {
        var leftOut = LeftOut()
        var count = 0
        func give(_ conversation: ImportedConversation?) throws {
            guard var conversation else { return leftOut.add(.unknownEntries) }
            guard !conversation.turns.isEmpty else {
                leftOut += conversation.leftOut
                return leftOut.add(.emptyConversations)
            }
            conversation.complete()
            count += 1
            try take(.conversation(conversation))
        }
        var items = try JSONItems(origin)
        switch kind {
        case .characterCard:
            guard let value = try items.next(), let card = CharacterCard(value) else {
                throw ImportError.unknown(file: name)
            }
            try take(.persona(card.imported(userName: userName)))
            return leftOut
        case .sillyTavernChat: try give(SillyTavernChat.conversation(&items, origin))
        case .messages where isOneConversation: try give(MessageList.conversation(ofMessages: &items, origin))
        default:
            while let value = try items.next() {
                progress(Double(items.usedBytes) / Double(max(1, origin.range.count)))
                try give(conversation(value))
            }
        }
        guard count > 0 else { throw ImportError.nothing(file: name) }
        return leftOut
    }

    private func conversation(_ value: JSONValue) -> ImportedConversation? {
        switch kind {
        case .chatGPT: ChatGPTConversation.read(value)
        case .copydeskConversations: CopydeskConversation.read(value)
        default: MessageList.conversation(value)
        }
    }

    private static func kind(of value: JSONValue, _ layout: JSONItems.Layout) -> Kind? {
        if value["mapping"]?.members != nil { return .chatGPT }
        let isOurs = value["conversation"]?.members != nil && value["turns"]?.items != nil
        if isOurs { return .copydeskConversations }
        if SillyTavernChat.isFirst(value) { return .sillyTavernChat }
        if value["messages"]?.items != nil || (layout != .single && MessageList.isMessage(value)) { return .messages }
        if layout == .single, CharacterCard(value) != nil { return .characterCard }
        // An entry of a list that is damaged must not hide what the rest is.
        return layout == .list && value["title"] != nil && value["create_time"] != nil ? .chatGPT : nil
    }

    private static func card(in origin: ByteOrigin) throws(ImportError) -> ByteOrigin {
        let json = try PNGText.card(in: origin)
        let card = ByteOrigin(
            source: BytesSource(json), range: 0..<json.count, packing: .none, file: origin.file)
        do throws(ImportError) {
            var items = try JSONItems(card)
            guard try items.next() != nil else { throw .noCharacter(file: origin.file) }
            return card
        } catch {
            guard case .damaged(_, _, _, let problem) = error else { throw error }
            throw .damagedCharacter(file: origin.file, problem: problem)
        }
    }

    private static func refuseEmpty(_ cursor: inout ByteCursor) throws(ImportError) {
        while try cursor.hasByte() {
            if cursor.buffer[cursor.index...].contains(where: { $0 > 0x20 }) { return }
            cursor.index = cursor.buffer.count
        }
        throw .empty(file: cursor.file)
    }
}
