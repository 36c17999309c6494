// The texts of a request: a conversation, or prompts to continue.

import Generation

extension RequestFields {
    /// The most prompts of one request.
    private static let mostPrompts = 64

    /// The conversation of `messages`.
    func messages() throws(APIError) -> [Message] {
        guard let value = self["messages"] else {
            throw APIError("messages is missing. It is an array of objects with role and content.", param: "messages")
        }
        guard let items = value.items, !items.isEmpty else {
            throw Self.wrong("messages", takes: "an array with at least one message", value)
        }
        var messages: [Message] = []
        for (index, item) in items.enumerated() {
            messages.append(try Self.message(item, named: "messages[\(index)]"))
        }
        return messages
    }

    private static func message(_ value: JSONValue, named name: String) throws(APIError) -> Message {
        guard value.members != nil, let roleValue = value["role"] else {
            throw wrong(name, takes: "an object with role and content", value)
        }
        return Message(try role(roleValue, named: name), try content(of: value, named: name))
    }

    private static func role(_ value: JSONValue, named name: String) throws(APIError) -> Message.Role {
        switch value.text {
        case "system", "developer": return .system
        case "user": return .user
        case "assistant": return .assistant
        case "tool", "function":
            throw APIError(
                "\(name) is the answer of a tool, and this server calls no tools. Give its text as a message of the user.",
                param: "\(name).role")
        default: throw wrong("\(name).role", takes: "system, user or assistant", value)
        }
    }

    /// A text, or the texts of its parts one after another.
    private static func content(of message: JSONValue, named name: String) throws(APIError) -> String {
        let field = "\(name).content"
        guard let content = message["content"], !content.isNull else {
            throw APIError("\(field) is missing. It is a text, or an array of text parts.", param: field)
        }
        if let text = content.text { return text }
        guard let parts = content.items else { throw wrong(field, takes: "a text, or an array of text parts", content) }
        var text = ""
        for (index, part) in parts.enumerated() {
            let place = "\(field)[\(index)]"
            guard let kind = part["type"]?.text else {
                throw wrong(place, takes: "an object with type and text", part)
            }
            guard kind == "text" || kind == "input_text" else {
                throw APIError(
                    "\(place) is of the type '\(kind.prefix(40))', and this model reads text only. Leave the part out.",
                    param: place)
            }
            guard let piece = part["text"]?.text else { throw wrong(place, takes: "a text under the name text", part) }
            text += piece
        }
        return text
    }

    /// The prompts of `prompt`, in their order.
    func prompts() throws(APIError) -> [String] {
        guard let value = self["prompt"] else {
            throw APIError("prompt is missing. It is a text, or an array of texts.", param: "prompt")
        }
        if let text = value.text { return [text] }
        guard let items = value.items, !items.isEmpty, items.count <= Self.mostPrompts else {
            throw Self.wrong("prompt", takes: "a text, or an array of 1 to \(Self.mostPrompts) texts", value)
        }
        var prompts: [String] = []
        for item in items {
            guard let text = item.text else {
                throw APIError(
                    "prompt takes texts, and \(item.kindName) is in its array. Token ids are not taken: send the text.",
                    param: "prompt")
            }
            prompts.append(text)
        }
        return prompts
    }

    /// Refuses the fields of completions that would change the answer and are not known here.
    func refuseOldFields() throws(APIError) {
        if try truth("echo") {
            throw APIError("echo is not known here. Put the prompt before the answer yourself.", param: "echo")
        }
        if let suffix = self["suffix"], suffix.text != "" {
            throw APIError("suffix is not known here: a text is continued at its end only.", param: "suffix")
        }
        if let best = try count("best_of", in: 1...64), best > (self["n"]?.int ?? 1) {
            throw APIError("best_of is not known here. n writes several texts to choose from.", param: "best_of")
        }
    }
}
