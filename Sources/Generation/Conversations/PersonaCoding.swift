// Personas as stored JSON.
// - Reads what it can: a value that is missing, or of another version, leaves its default; a damaged element of a list is
//   left out. So a conversation stays readable after a change of version.

extension Persona {
    private enum Key: String, CodingKey {
        case name, hash, title, system, greetings, examples, speakers, book
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init()
        name = values.readable(String.self, .name)
        hash = values.readable(String.self, .hash)
        title = values.readable(String.self, .title) ?? title
        system = values.readable(String.self, .system)
        greetings = values.readableList(String.self, .greetings)
        examples = values.readableList(Message.self, .examples)
        speakers = values.readable(Speakers.self, .speakers) ?? speakers
        book = values.readableList(BookEntry.self, .book)
    }
}

extension Persona.Speakers {
    private enum Key: String, CodingKey {
        case user, assistant
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init()
        user = values.readable(String.self, .user) ?? user
        assistant = values.readable(String.self, .assistant) ?? assistant
    }
}

extension Persona.BookEntry {
    private enum Key: String, CodingKey {
        case keys, secondaryKeys, content, isConstant, isCaseSensitive, isEnabled, order
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            keys: values.readableList(String.self, .keys), content: try values.decode(String.self, forKey: .content))
        secondaryKeys = values.readableList(String.self, .secondaryKeys)
        isConstant = values.readable(Bool.self, .isConstant) ?? isConstant
        isCaseSensitive = values.readable(Bool.self, .isCaseSensitive) ?? isCaseSensitive
        isEnabled = values.readable(Bool.self, .isEnabled) ?? isEnabled
        order = values.readable(Int.self, .order) ?? order
    }
}

/// An element of a list; `nil` if it cannot be read.
private struct Readable<Value: Decodable>: Decodable {
    var value: Value?

    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}

extension KeyedDecodingContainer {
    fileprivate func readable<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
        (try? decodeIfPresent(type, forKey: key)) ?? nil
    }

    fileprivate func readableList<Value: Decodable>(_ type: Value.Type, _ key: Key) -> [Value] {
        readable([Readable<Value>].self, key)?.compactMap(\.value) ?? []
    }
}
