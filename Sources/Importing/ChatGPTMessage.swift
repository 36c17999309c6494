// A message of ChatGPT's export: who says it, and its text.
// The format has no document of its own; the kinds of content are those that exports of 2023 to 2025 have.

import Generation

struct ChatGPTMessage {
    /// `user` or `assistant` if it is a turn.
    private(set) var role = Message.Role.assistant
    private(set) var text = ""
    /// True if it is a part of the dialogue.
    private(set) var isTurn = false
    /// Instructions to the model; "" if it holds none.
    private(set) var system = ""
    private(set) var thoughts: String?
    private(set) var model: String?
    private(set) var createdAt: Double?
    private(set) var leftOut = LeftOut()

    /// `nil` for a node without a message.
    init?(_ value: JSONValue?) {
        guard let value, value.members != nil else { return nil }
        createdAt = ImportedDate.seconds(value["create_time"])
        let content = value["content"]
        let kind = content?["content_type"]?.text ?? "text"
        let metadata = value["metadata"]
        model = metadata?["model_slug"]?.cleanText
        let isHidden = metadata?["is_visually_hidden_from_conversation"]?.truth == true
        if kind == "user_editable_context" {
            system = Self.instructions(content)
            return
        }
        let speaker = value["author"]?["role"]?.text ?? ""
        switch speaker {
        case "system":
            let told = ImportedText.trimmed(text(of: content, kind))
            if isHidden { leftOut.add(.hiddenMessages, told.isEmpty ? 0 : 1) } else { system = told }
        case "user", "assistant":
            role = speaker == "user" ? .user : .assistant
            let recipient = value["recipient"]?.text ?? "all"
            guard role == .user || recipient == "all" || recipient.isEmpty else {
                leftOut.add(.toolMessages)
                return
            }
            if kind == "thoughts" || kind == "reasoning_recap" {
                thoughts = Self.thoughts(content)
                return
            }
            text = text(of: content, kind)
            let names = (metadata?["attachments"]?.items ?? []).count { !Self.isImage($0) }
            leftOut.add(.files, names)
            if isHidden {
                leftOut.add(.hiddenMessages, text.isEmpty ? 0 : 1)
            } else {
                // A question that is a picture alone keeps its place, so that the answer does not follow another one.
                if text.isEmpty, role == .user, !leftOut.isEmpty { text = "[\(leftOut.sentencePart)]" }
                isTurn = !text.isEmpty
            }
        case "": leftOut.add(.otherContent)
        default:
            _ = text(of: content, kind)  // counts its images
            leftOut.add(.toolMessages)
        }
    }

    private mutating func text(of content: JSONValue?, _ kind: String) -> String {
        guard let content else { return "" }
        if kind == "code", let code = content["text"]?.cleanText {
            guard !code.isEmpty else { return "" }
            let language = content["language"]?.text.flatMap { $0 == "unknown" ? nil : $0 } ?? ""
            return "```\(ImportedText.line(language))\n\(code)\n```"
        }
        guard let parts = content["parts"]?.items else {
            if let text = content["text"]?.cleanText ?? content["result"]?.cleanText { return Self.withoutMarks(text) }
            leftOut.add(.otherContent)
            return ""
        }
        var texts: [String] = []
        for part in parts {
            if let text = part.cleanText ?? part["text"]?.cleanText {
                if !text.isEmpty { texts.append(Self.withoutMarks(text)) }
            } else if part["content_type"]?.text?.hasPrefix("image") == true {
                leftOut.add(.images)
            } else if !part.isNull {
                leftOut.add(.otherContent)
            }
        }
        return texts.joined(separator: "\n")
    }

    private static func isImage(_ attachment: JSONValue) -> Bool {
        attachment["mime_type"]?.text?.hasPrefix("image/") == true
    }

    /// What the user has told about himself and wishes of the answers.
    private static func instructions(_ content: JSONValue?) -> String {
        let texts = ["user_profile", "user_instructions"].map { ImportedText.trimmed(content?.clean($0) ?? "") }
        return texts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func thoughts(_ content: JSONValue?) -> String? {
        let texts = (content?["thoughts"]?.items ?? []).map { thought in
            [thought.clean("summary"), thought.clean("content")].filter { !$0.isEmpty }.joined(separator: "\n")
        }
        let all = texts.filter { !$0.isEmpty }.joined(separator: "\n\n")
        return all.isEmpty ? nil : all
    }

    /// The text without marks of sources, such as U+E200 cite U+E202 turn0search1 U+E201, which only that program shows.
    private static func withoutMarks(_ text: String) -> String {
        guard text.unicodeScalars.contains("\u{E200}") else { return text }
        var clean = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let start = rest.firstIndex(of: "\u{E200}") {
            clean += rest[..<start]
            rest = rest[rest.index(after: start)...]
            if let end = rest.firstIndex(of: "\u{E201}") { rest = rest[rest.index(after: end)...] }
        }
        clean += rest
        return String(clean)
    }
}
