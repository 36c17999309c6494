// A file of another program, told apart by its content, and read one conversation at a time.
// - Nothing is written here: bytes go in, values come out.
// - Whatever the bytes are, reading them ends in values or in an `ImportError`.

import Generation
import Text

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
    private let items: JSONItems
    private let userName: String

    /// Tells what the bytes are; for a list the rest is read later.
    /// - Parameters:
    ///   - file: its name, for sentences.
    ///   - userName: whom a character card talks to.
    /// - Throws: `ImportError`.
    public init(bytes: [UInt8], file: String, userName: String = "User") throws(ImportError) {
        self.userName = userName
        guard bytes.contains(where: { $0 > 0x20 }) else { throw .empty(file: file) }
        if PNGText.isPNG(bytes) {
            kind = .characterCard
            items = try Self.card(in: bytes, file: file)
            return
        }
        try Self.refuseOtherFormats(bytes, file)
        items = try JSONItems(bytes: bytes, file: file)
        guard items.ranges.count > 0 else { throw .nothing(file: file) }
        guard let kind = Self.kind(of: try items.value(0), items.layout) else { throw .unknown(file: file) }
        self.kind = kind
    }

    /// Hands out what the file holds, in its order.
    /// - Parameter progress: gets the number of values that were read, and of all.
    /// - Returns: what did not come in and belongs to no conversation.
    /// - Throws: `ImportError`, and the errors of `take`; what was handed out before stays valid.
    @discardableResult
    public func forEach(
        progress: (_ read: Int, _ all: Int) -> Void = { _, _ in }, _ take: (Imported) throws -> Void
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
        let isLoose = items.layout == .single ? false : MessageList.isMessage(try items.value(0))
        switch kind {
        case .characterCard:
            guard let card = CharacterCard(try items.value(0)) else { throw ImportError.unknown(file: items.file) }
            try take(.persona(card.imported(userName: userName)))
            return leftOut
        case .sillyTavernChat: try give(SillyTavernChat.conversation(items))
        case .messages where isLoose:
            try give(MessageList.conversation(ofMessages: items))
        default:
            for index in items.ranges.indices {
                progress(index, items.ranges.count)
                let value = try items.value(index)
                for part in value["conversations"]?.items ?? [value] { try give(conversation(part)) }
            }
        }
        guard count > 0 else { throw ImportError.nothing(file: items.file) }
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
        if isOurs || value["conversations"]?.items?.first?["turns"]?.items != nil { return .copydeskConversations }
        if SillyTavernChat.isFirst(value) { return .sillyTavernChat }
        if value["messages"]?.items != nil || (layout != .single && MessageList.isMessage(value)) { return .messages }
        if layout == .single, CharacterCard(value) != nil { return .characterCard }
        // An entry of a list that is damaged must not hide what the rest is.
        return layout == .list && value["title"] != nil && value["create_time"] != nil ? .chatGPT : nil
    }

    private static func card(in bytes: [UInt8], file: String) throws(ImportError) -> JSONItems {
        let json = try PNGText.card(in: bytes, file: file)
        do throws(ImportError) {
            let items = try JSONItems(bytes: json, file: file)
            guard !items.ranges.isEmpty else { throw .noCharacter(file: file) }
            _ = try items.value(0)
            return items
        } catch {
            guard case .damaged(_, _, _, let problem) = error else { throw error }
            throw .damagedCharacter(file: file, problem: problem)
        }
    }

    private static func refuseOtherFormats(_ bytes: [UInt8], _ file: String) throws(ImportError) {
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
            throw .archive(file: file)
        }
        if bytes.starts(with: [0x1F, 0x8B]) || bytes.starts(with: [0xFD, 0x37, 0x7A]) || bytes.starts(with: "7z".utf8) {
            throw .compressed(file: file)
        }
        let pictures: [(name: String, start: [UInt8])] = [
            ("JPEG", [0xFF, 0xD8, 0xFF]), ("GIF", Array("GIF8".utf8)), ("WebP", Array("RIFF".utf8)),
        ]
        for picture in pictures where bytes.starts(with: picture.start) {
            throw .picture(file: file, kind: picture.name)
        }
        let start = bytes.first { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) }
        if start == UInt8(ascii: "<") { throw .webPage(file: file) }
        guard start == UInt8(ascii: "{") || start == UInt8(ascii: "[") else {
            do throws(OutsideTextError) {
                _ = try OutsideText.text(of: Array(bytes.prefix(4096)))
            } catch {
                if case .otherEncoding = error { throw .notText(file: file, error) }
            }
            throw .unknown(file: file)
        }
    }
}
