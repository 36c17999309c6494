// What an object of JSON says as a row. One table of the names that data sets use.
// - `text`; or `messages` of role and content (`conversations` of from and value); or a prompt and its answer.

import Generation

enum JSONRow {
    /// The names of a prompt, and of an answer; the first that a row has counts.
    static let promptNames = ["prompt", "instruction", "question"]
    static let answerNames = ["response", "completion", "output", "answer"]
    /// The names of a list of messages.
    private static let listNames = ["messages", "conversations"]
    private static let roles: [String: Message.Role] = [
        "system": .system, "developer": .system, "user": .user, "human": .user, "assistant": .assistant,
        "gpt": .assistant, "model": .assistant,
    ]

    /// The row in some bytes; nil if they are white space.
    static func found(_ bytes: [UInt8], line: Int, columns: CorpusColumns?) -> FoundRow? {
        var repairs: TextRepairs = []
        var cleaned = TextCleaning.cleaned(bytes, &repairs)
        guard !cleaned.allSatisfy({ $0 <= 0x20 }) else { return nil }
        if String(validating: cleaned, as: UTF8.self) == nil {
            repairs.insert(.invalidUTF8)
            cleaned = Array(String(decoding: cleaned, as: UTF8.self).utf8)
        }
        let content = Result<CorpusRow, DamagedRow> { () throws(DamagedRow) in
            try row(of: try value(cleaned), columns, &repairs)
        }
        return FoundRow(line: line, content: content, repairs: repairs)
    }

    private static func value(_ bytes: [UInt8]) throws(DamagedRow) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw DamagedRow(reason: "it is no JSON: \(error.problem)")
        }
    }

    private static func row(
        of value: JSONValue, _ columns: CorpusColumns?, _ repairs: inout TextRepairs
    ) throws(DamagedRow) -> CorpusRow {
        guard let members = value.members else {
            throw DamagedRow(reason: "it is \(value.kindName), and a row is an object with names")
        }
        switch columns {
        case .text(let name): return .text(try text(value, name, &repairs), isStart: true, isEnd: true)
        case .pair(let prompt, let answer):
            return .pair(prompt: try text(value, prompt, &repairs), answer: try text(value, answer, &repairs))
        case nil: break
        }
        if let name = listNames.first(where: { value[$0] != nil }), let list = value[name] {
            return .conversation(try turns(list, name, &repairs))
        }
        if let prompt = promptNames.first(where: { value[$0] != nil }) {
            guard let answer = answerNames.first(where: { value[$0] != nil }) else {
                throw DamagedRow(reason: "it has '\(prompt)', and none of \(listed(answerNames))")
            }
            return try pair(value, prompt, answer, &repairs)
        }
        guard value["text"] != nil else {
            let names = members.prefix(8).map { "'\(String(decoding: $0.key, as: UTF8.self))'" }
            throw DamagedRow(
                reason: "it has none of 'text', 'messages', and 'prompt' with 'response', but "
                    + (names.isEmpty ? "nothing" : names.joined(separator: ", ")))
        }
        return .text(try text(value, "text", &repairs), isStart: true, isEnd: true)
    }

    private static func listed(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }

    private static func pair(
        _ value: JSONValue, _ prompt: String, _ answer: String, _ repairs: inout TextRepairs
    ) throws(DamagedRow) -> CorpusRow {
        // A prompt may be a list of messages, and the answer then too.
        if let list = value[prompt], list.items != nil {
            var turns = try turns(list, prompt, &repairs)
            for index in turns.indices { turns[index].isLearned = false }
            if let answers = value[answer], answers.items != nil {
                turns += try self.turns(answers, answer, &repairs)
            } else {
                turns.append(CorpusTurn(.assistant, try text(value, answer, &repairs)))
            }
            return .conversation(turns)
        }
        var question = try text(value, prompt, &repairs)
        if value["input"] != nil, prompt == "instruction" {
            let input = try text(value, "input", &repairs)
            if !input.isEmpty { question += "\n\n" + input }
        }
        let system = value["system"] == nil ? "" : try text(value, "system", &repairs)
        return .pair(system: system, prompt: question, answer: try text(value, answer, &repairs))
    }

    /// The text of a name; null is an empty text.
    private static func text(
        _ value: JSONValue, _ name: String, _ repairs: inout TextRepairs
    ) throws(DamagedRow) -> String {
        guard let found = value[name] else { throw DamagedRow(reason: "it has no '\(name)'") }
        if found.isNull { return "" }
        guard let bytes = found.bytes else {
            throw DamagedRow(reason: "'\(name)' is \(found.kindName), and has to be a text")
        }
        return TextCleaning.text(bytes, &repairs)
    }

    // MARK: Conversations

    private static func turns(
        _ list: JSONValue, _ name: String, _ repairs: inout TextRepairs
    ) throws(DamagedRow) -> [CorpusTurn] {
        guard let items = list.items else {
            throw DamagedRow(reason: "'\(name)' is \(list.kindName), and has to be a list of messages")
        }
        var turns: [CorpusTurn] = []
        for (index, item) in items.enumerated() {
            let turn = try turn(item, "message \(index + 1) of '\(name)'", &repairs)
            // Two answers in a row are one: a model writes one answer.
            if let last = turns.last, last.message.role == .assistant, turn.message.role == .assistant {
                let both = [last.message.content, turn.message.content].filter { !$0.isEmpty }
                turns[turns.count - 1] = CorpusTurn(
                    .assistant, both.joined(separator: "\n\n"), isLearned: last.isLearned && turn.isLearned)
            } else {
                turns.append(turn)
            }
        }
        return turns
    }

    private static func turn(
        _ item: JSONValue, _ place: String, _ repairs: inout TextRepairs
    ) throws(DamagedRow) -> CorpusTurn {
        guard let name = (item["role"] ?? item["from"])?.text else {
            throw DamagedRow(reason: "\(place) has no 'role'")
        }
        guard let role = roles[name] else {
            throw DamagedRow(reason: "\(place) has the role '\(name)', and roles are system, user and assistant")
        }
        guard let content = item["content"] ?? item["value"] else {
            throw DamagedRow(reason: "\(place) has no 'content'")
        }
        // An answer of weight 0 is an example of what not to say, in the files of others.
        let isLearned = item["weight"]?.double != 0
        return CorpusTurn(role, try text(ofContent: content, place, &repairs), isLearned: isLearned)
    }

    /// A text, or a list of parts with a text each.
    private static func text(
        ofContent content: JSONValue, _ place: String, _ repairs: inout TextRepairs
    ) throws(DamagedRow) -> String {
        if content.isNull { return "" }
        if let bytes = content.bytes { return TextCleaning.text(bytes, &repairs) }
        guard let parts = content.items else {
            throw DamagedRow(reason: "the content of \(place) is \(content.kindName), and has to be a text")
        }
        var texts: [String] = []
        for part in parts {
            guard let bytes = part["text"]?.bytes else {
                throw DamagedRow(reason: "\(place) has a part that is no text, such as a picture")
            }
            texts.append(TextCleaning.text(bytes, &repairs))
        }
        return texts.joined()
    }
}
