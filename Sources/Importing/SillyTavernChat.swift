// Chats of SillyTavern and TavernAI: JSON Lines, facts about the chat first, then a message a line.
// https://github.com/SillyTavern/SillyTavern, src/endpoints/chats.js
// - Swipes are the choices of an answer; `mes` is what is shown, also if it was edited since.
// - A message that was hidden from the model is a turn; what the program itself noted, such as a comment, is left out.
// - In a chat with several characters each answer begins with its speaker's name.
// - A scenario and an author's note that belong to the chat become its system prompt.

import Generation

enum SillyTavernChat {
    /// True if a line begins such a chat.
    static func isFirst(_ value: JSONValue) -> Bool {
        if value["mes"] != nil, value["is_user"] != nil { return true }
        return value["chat_metadata"]?.members != nil
            || (value["user_name"] != nil && value["character_name"] != nil && value["mes"] == nil)
    }

    /// - Throws: `ImportError.damaged` with the line.
    static func conversation(
        _ items: inout JSONItems, _ origin: ByteOrigin
    ) throws(ImportError) -> ImportedConversation {
        var messages: [Message] = []
        var leftOut = LeftOut()
        var head: JSONValue?
        var isFirst = true
        var byteCount = 0
        while let value = try items.next() {
            if isFirst, value["mes"] == nil {
                head = value
            } else if let message = Message(value, &leftOut, at: items.place) {
                byteCount += message.turn.texts.reduce(0) { $0 + $1.utf8.count }
                guard byteCount <= ByteLimits.chat else { throw .tooLong(file: origin.file) }
                messages.append(message)
            }
            isFirst = false
        }
        let speakers = speakers(head, messages)
        let names = Set(messages.filter { $0.turn.role == .assistant }.map(\.name))
        let macros = CardMacros(user: speakers.user, character: speakers.assistant)
        var conversation = Conversation(model: "")
        conversation.persona = Persona(
            title: speakers.assistant, system: system(head?["chat_metadata"], macros, &leftOut), speakers: speakers)
        conversation.title = names.count > 1 ? "" : "\(speakers.assistant)"
        conversation.uuid = head?["chat_metadata"]?["integrity"]?.uuid ?? ""
        conversation.createdAt = ImportedDate.seconds(head?["create_date"]) ?? 0
        conversation.model = messages.last { $0.turn.model != nil }?.turn.model ?? ""
        var turns: [ImportedTurn] = []
        for message in messages {
            var turn = message.turn
            turn.parent = turns.isEmpty ? nil : turns.count - 1
            turn.parentChoice = turns.last.flatMap { $0.texts.count > 1 ? $0.choice : nil }
            let prefix = names.count > 1 && turn.role == .assistant ? "\(message.name): " : ""
            turn.texts = turn.texts.map { prefix + macros.replaced(in: $0) }
            turns.append(turn)
        }
        return ImportedConversation(
            conversation: conversation, turns: turns, head: turns.isEmpty ? nil : turns.count - 1, leftOut: leftOut)
    }

    /// What the chat itself tells the model; `nil` if it tells nothing.
    private static func system(_ facts: JSONValue?, _ macros: CardMacros, _ leftOut: inout LeftOut) -> String? {
        guard let facts else { return nil }
        if !facts.clean("world_info").isEmpty { leftOut.add(.linkedBooks) }
        leftOut.add(.files, facts["attachments"]?.items?.count ?? 0)
        func told(_ name: String) -> String { ImportedText.trimmed(macros.replaced(in: facts.clean(name))) }
        let scenario = told("scenario")
        let parts = [told("system_prompt"), scenario.isEmpty ? "" : "Scenario: \(scenario)", told("note_prompt")]
        let text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
        return text.isEmpty ? nil : text
    }

    /// The names in the messages count, because newer files have "unused" in their head.
    private static func speakers(_ head: JSONValue?, _ messages: [Message]) -> Persona.Speakers {
        func name(_ role: Generation.Message.Role, _ key: String, _ fallback: String) -> String {
            let said = messages.first { $0.turn.role == role && !$0.name.isEmpty && !$0.isNarration }?.name
            let known = head.map { ImportedText.line($0.clean(key)) }.flatMap { $0.isEmpty ? nil : $0 }
            return said ?? known ?? fallback
        }
        return Persona.Speakers(
            user: name(.user, "user_name", "User"), assistant: name(.assistant, "character_name", "Assistant"))
    }

    private struct Message {
        var name: String
        var turn: ImportedTurn
        /// True if a narrator says it, who is neither of the two.
        var isNarration: Bool

        /// `nil` if the line is no turn; then it is counted.
        init?(_ value: JSONValue, _ leftOut: inout LeftOut, at place: String) {
            let extra = value["extra"]
            let kind = extra?["type"]?.text
            isNarration = kind == "narrator"
            if extra?["tool_invocations"]?.items?.isEmpty == false {
                leftOut.add(.toolMessages)
                return nil
            }
            if value["is_system"]?.truth == true, kind != nil, !isNarration {
                leftOut.add(.programMessages)
                return nil
            }
            guard let shown = Self.text(value["mes"]) else {
                place.isEmpty ? leftOut.add(.unreadableMessages) : leftOut.add(.unreadableMessages, at: place)
                return nil
            }
            leftOut.add(.images, Self.count(extra, "image", "image_swipes", "media"))
            leftOut.add(.files, Self.count(extra, "file", "files"))
            name = ImportedText.line(value.clean("name"))
            let isUser = value["is_user"]?.truth == true || isNarration
            turn = ImportedTurn(
                parent: nil, role: isUser ? .user : .assistant, texts: [shown],
                createdAt: ImportedDate.seconds(value["send_date"]))
            if isUser { return }
            turn.model = extra?["model"]?.cleanText
            addSwipes(of: value)
            guard turn.texts.contains(where: { !$0.isEmpty }) else {
                leftOut.add(.otherContent)
                return nil
            }
        }

        private mutating func addSwipes(of value: JSONValue) {
            let shown = turn.texts[0]
            let swipes = (value["swipes"]?.items ?? []).map { Self.text($0) ?? "" }
            let infos = value["swipe_info"]?.items ?? []
            if swipes.count > 1 || swipes.first == shown {
                turn.texts = swipes
                let chosen = value["swipe_id"]?.int ?? swipes.firstIndex(of: shown) ?? 0
                turn.choice = min(max(0, chosen), swipes.count - 1)
                turn.texts[turn.choice] = shown
                for (index, info) in infos.prefix(swipes.count).enumerated() {
                    turn.reasoning[index] = Self.reasoning(info["extra"])
                }
            }
            if let thoughts = Self.reasoning(value["extra"]) { turn.reasoning[turn.choice] = thoughts }
        }

        /// How many things stand under these names: a value is one, and a list as many as it has.
        private static func count(_ extra: JSONValue?, _ single: String, _ lists: String...) -> Int {
            lists.compactMap { extra?[$0]?.items?.count }.max().flatMap { $0 > 0 ? $0 : nil }
                ?? (extra?.has(single) == true ? 1 : 0)
        }

        private static func reasoning(_ extra: JSONValue?) -> String? {
            extra?["reasoning"]?.cleanText.flatMap { $0.isEmpty ? nil : $0 }
        }

        /// A text, or an object with one, as other programs write it.
        private static func text(_ value: JSONValue?) -> String? {
            value?.cleanText ?? value?["message"]?.cleanText ?? value?["mes"]?.cleanText
        }
    }
}
