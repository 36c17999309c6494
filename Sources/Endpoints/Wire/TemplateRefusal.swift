// What a server says if the chat template of its model does not take a conversation.
// - The templates' own words count: servers pass them on, llama.cpp's behind its account of where they stood.

import Generation

enum TemplateRefusal {
    private static let wordsOfOrder = [
        "roles must alternate", "must alternate between", "only user and assistant roles",
        "only user, assistant", "only user and model roles", "expected last role", "unexpected role",
        "must start with a user", "must start with user", "first message must", "last message must",
        "system message must be", "system message should be", "no user query",
    ]
    private static let wordsAgainstSystem = [
        "system role not supported", "system role is not supported", "system messages are not supported",
        "system message is not supported", "does not support system", "doesn't support system", "no system message",
        "developer instruction is not enabled",
    ]

    /// The rule that a message names; `nil` if it speaks of something else.
    /// - Parameter text: in lower case.
    static func rule(in text: String) -> ServerFailure.TurnRule? {
        if wordsAgainstSystem.contains(where: { text.contains($0) }) { return .noSystem }
        return wordsOfOrder.contains { text.contains($0) } || text.contains("jinja exception") ? .order : nil
    }

    /// A message without llama.cpp's account: the words of the template alone.
    static func words(of message: String) -> String {
        guard let mark = message.ranges(of: "Jinja Exception:").last else { return message }
        let words = message[mark.upperBound...].drop(while: \.isWhitespace)
        return words.isEmpty ? message : String(words)
    }
}
