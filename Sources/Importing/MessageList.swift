// Messages as programs for fine-tuning and chat endpoints have them: `{"messages": [{"role", "content"}, …]}`, a
// conversation a line; or one list of messages alone.
// - A system message becomes the system prompt; a later one joins it.
// - Content may be a text, or a list of parts with texts. Other parts, and messages of tools, are left out and counted.

import Generation

enum MessageList {
    static func isMessage(_ value: JSONValue) -> Bool { value["role"]?.text != nil && value["content"] != nil }

    /// The conversation of `{"messages": […]}`; `nil` if it is none.
    static func conversation(_ value: JSONValue) -> ImportedConversation? {
        guard let messages = value["messages"]?.items else { return nil }
        var reader = Reader()
        for message in messages { reader.take(message) }
        var conversation = reader.conversation
        conversation.conversation.title = value.clean("title")
        if let uuid = value["id"]?.uuid { conversation.conversation.uuid = uuid }
        if let model = value["model"]?.cleanText { conversation.conversation.model = model }
        return conversation
    }

    static func conversation(
        ofMessages items: inout JSONItems, _ origin: ByteOrigin
    ) throws(ImportError) -> ImportedConversation? {
        var reader = Reader()
        while let value = try items.next() {
            reader.take(value)
            guard reader.byteCount <= ByteLimits.chat else { throw .tooLong(file: origin.file) }
        }
        return reader.conversation
    }

    private struct Reader {
        private var turns: [ImportedTurn] = []
        private var system: [String] = []
        private var leftOut = LeftOut()
        private(set) var byteCount = 0

        mutating func take(_ message: JSONValue) {
            guard let role = message["role"]?.text?.lowercased() else {
                return leftOut.add(.unreadableMessages)
            }
            let text = text(of: message["content"])
            byteCount += text.utf8.count
            let thoughts = message["reasoning_content"]?.cleanText ?? message["reasoning"]?.cleanText ?? ""
            switch role {
            case "system", "developer":
                if !text.isEmpty { system.append(text) }
            case "user", "human", "assistant", "model":
                if message["tool_calls"]?.items?.isEmpty == false { leftOut.add(.toolMessages) }
                guard !text.isEmpty else {
                    let isText = message["content"]?.text != nil || message["content"]?.items != nil
                    return leftOut.add(.unreadableMessages, isText ? 0 : 1)
                }
                let isUser = role == "user" || role == "human"
                turns.append(
                    ImportedTurn(
                        parent: turns.isEmpty ? nil : turns.count - 1, role: isUser ? .user : .assistant,
                        texts: [text], reasoning: thoughts.isEmpty ? [:] : [0: thoughts],
                        createdAt: ImportedDate.seconds(message["created_at"])))
            default: leftOut.add(.toolMessages)
            }
        }

        private mutating func text(of content: JSONValue?) -> String {
            guard let parts = content?.items else { return content?.cleanText ?? "" }
            var texts: [String] = []
            for part in parts {
                if let text = part.cleanText ?? part["text"]?.cleanText {
                    texts.append(text)
                } else {
                    leftOut.add(part["type"]?.text?.contains("image") == true ? .images : .otherContent)
                }
            }
            return texts.joined(separator: "\n")
        }

        var conversation: ImportedConversation {
            let persona = Persona(system: system.isEmpty ? nil : system.joined(separator: "\n\n"))
            return ImportedConversation(
                conversation: Conversation(persona: persona, model: ""), turns: turns,
                head: turns.isEmpty ? nil : turns.count - 1, leftOut: leftOut)
        }
    }
}
