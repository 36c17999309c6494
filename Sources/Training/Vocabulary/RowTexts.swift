// The texts of one line of JSON Lines: `text`, `prompt` and `response`, or the `content` of `messages`.

import Generation

enum RowTexts {
    /// - Parameter line: valid UTF-8 without its line feed.
    /// - Returns: the texts, each a text of its own; none for a line of spaces.
    /// - Throws: `Problem`, as a part of a sentence.
    static func texts(_ line: [UInt8]) throws(Problem) -> [[UInt8]] {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return [] }
        let row: JSONValue
        do {
            row = try JSONValue(parsing: line)
        } catch {
            throw Problem(text: error.problem)
        }
        guard row.members != nil else { throw Problem(text: "it is \(row.kindName) and no object") }
        if let text = row["text"] { return [try bytes(text, "text")] }
        if let prompt = row["prompt"], let response = row["response"] {
            return [try bytes(prompt, "prompt"), try bytes(response, "response")]
        }
        guard let messages = row["messages"] else {
            throw Problem(text: "it has neither text, nor prompt and response, nor messages")
        }
        guard let items = messages.items else { throw Problem(text: "messages is \(messages.kindName) and no array") }
        var texts: [[UInt8]] = []
        for message in items { texts += try contents(message) }
        return texts
    }

    struct Problem: Error { var text: String }

    private static func contents(_ message: JSONValue) throws(Problem) -> [[UInt8]] {
        guard message.members != nil else { throw Problem(text: "a message is \(message.kindName) and no object") }
        // A message that only calls a tool has no content.
        guard let content = message["content"], !content.isNull else { return [] }
        guard let parts = content.items else { return [try bytes(content, "content")] }
        var texts: [[UInt8]] = []
        for part in parts { if let text = part["text"] { texts.append(try bytes(text, "text")) } }
        return texts
    }

    private static func bytes(_ value: JSONValue, _ name: String) throws(Problem) -> [UInt8] {
        guard let bytes = value.bytes else { throw Problem(text: "\(name) is \(value.kindName) and no string") }
        return bytes
    }
}
