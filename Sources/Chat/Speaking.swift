// Who speaks, and a conversation as a transcript that names the speakers.
// - A transcript is what a model without a chat template continues: "Guest: A room, please.", and at its end the name of
//   the one who answers.

import Generation

extension Conversation {
    /// The name of whoever speaks in a turn.
    public func speaker(of turn: Turn) -> String { persona.speakers.name(of: turn.role) }
}

extension Persona.Speakers {
    /// A name on one line, without a colon, which would end it.
    func label(of role: Message.Role) -> String {
        let words = name(of: role).split { $0.isWhitespace || $0 == ":" || $0 == "：" }
        return words.isEmpty ? Persona.Speakers().name(of: role) : words.joined(separator: " ")
    }

    /// The texts with which the next speaker would begin; an answer ends before them.
    var nextSpeakerTexts: [String] {
        let labels = [Message.Role.user, .assistant].map { "\n\(label(of: $0)):" }
        return labels[0] == labels[1] ? [labels[0]] : labels
    }

    /// The messages as a text that a model continues.
    /// - Parameter messages: if the last one is the assistant's, it is continued; else the assistant's name comes next.
    func transcript(of messages: [Message]) -> String {
        var parts: [String] = []
        let system = messages.filter { $0.role == .system }.map(\.content).filter { !$0.isEmpty }
        if !system.isEmpty { parts.append(system.joined(separator: "\n\n")) }
        var lines = messages.filter { $0.role != .system }.map { "\(label(of: $0.role)): \($0.content)" }
        if messages.last?.role != .assistant { lines.append("\(label(of: .assistant)):") }
        parts.append(lines.joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }
}
