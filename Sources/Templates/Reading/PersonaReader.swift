// Reads the keys that only personas have, and refuses those of the other kind of template.

import Generation
import YAMLReading
import Yams

extension TemplateReader {
    /// The keys of a persona, in the order of its documentation.
    static let personaKeys = [
        "name", "family", "summary", "fields", "speakers", "greeting", "examples", "book", "context", "variants",
        "limits", "tidy", "distinct", "best_of", "sampling",
    ]
    static let orderRange = -1_000_000...1_000_000

    /// Why a key of the other kind has no meaning here; `nil` if the key is known, or is one of neither kind.
    static func misplacement(of key: String, inPersona isPersona: Bool) -> String? {
        guard isPersona else {
            return personaKeys.contains(key) && !keys.contains(key)
                ? "'\(key)' is for personas. Write 'family: chat' if this is one, or remove it." : nil
        }
        return switch key {
        case "system": "A persona has no 'system': its system prompt is the text below the front matter. Move it there."
        case "completion":
            "A persona has no 'completion': a model without a chat template gets the turns as a transcript. Remove it."
        case "parts": "A persona has no 'parts': each of its answers is one text. Remove them."
        default: nil
        }
    }

    /// The mapping without the keys of the other kind, each of which is noted.
    mutating func withoutMisplacedKeys(_ mapping: Node.Mapping) -> Node.Mapping {
        var kept = mapping
        for key in mapping.keys {
            guard let name = key.scalar?.string,
                let reason = Self.misplacement(of: name, inPersona: persona != nil)
            else { continue }
            nodes.note(reason, at: key)
            kept[key] = nil
        }
        return kept
    }

    mutating func readPersona(_ values: [String: Node]) {
        if let node = values["speakers"] { readSpeakers(node) }
        readGreetings(values["greeting"])
        if let node = values["examples"] { readDialogue(node) }
        if let node = values["book"] { readBook(node) }
        if let node = values["context"] { readContextRule(node) }
        for field in fields where PersonaTexts.speakerVariables.contains(field.name) {
            nodes.note(
                "A persona's field cannot be called '\(field.name)': in its texts that is the name of a speaker. "
                    + "Use another.", at: values["fields"])
        }
    }

    private mutating func readSpeakers(_ node: Node) {
        guard let mapping = node.mapping else {
            return nodes.note("'speakers' is written as {user: Guest, assistant: Innkeeper}. Write it so.", at: node)
        }
        let values = nodes.values(of: mapping, known: ["user", "assistant"], in: "'speakers'", skipsNull: true)
        func name(_ key: String) -> String {
            jinja(values[key], key, in: "'speakers'", knowsSpeakers: false) ?? ""
        }
        let speakers = Persona.Speakers(user: name("user"), assistant: name("assistant"))
        persona?.speakers = speakers
    }

    private mutating func readGreetings(_ node: Node?) {
        for greeting in nodes.texts(node, "greeting") ?? [] {
            if greeting.text.allSatisfy(\.isWhitespace) {
                nodes.note(
                    "This greeting is empty. Write what the persona says first, or remove it.", at: greeting.node)
            } else if let text = jinja(greeting.node, "greeting") {
                persona?.greetings.append(text)
            }
        }
    }

    /// Reads the example dialogue: each element has words of the user, of the assistant or of both in turn.
    private mutating func readDialogue(_ node: Node) {
        let form = "{user: How much is it?, assistant: Two coins.}"
        guard let sequence = node.sequence else {
            return nodes.note("'examples' of a persona is a list, such as '- \(form)'. Write it so.", at: node)
        }
        for element in sequence {
            guard let mapping = element.mapping else {
                nodes.note("An example of a persona is written as \(form). Write it so.", at: element)
                continue
            }
            let keys = ["user", "assistant"]
            let values = nodes.values(of: mapping, known: keys, in: "An example of a persona", skipsNull: true)
            if values.isEmpty, mapping.keys.allSatisfy({ keys.contains($0.scalar?.string ?? "") }) {
                nodes.note("Nobody says anything in this example. Add 'user: …' and 'assistant: …'.", at: element)
            }
            for role in [Message.Role.user, .assistant] {
                guard let text = jinja(values[role.rawValue], role.rawValue, in: "'examples'") else { continue }
                persona?.examples.append(Message(role, text, isExample: true))
            }
        }
    }

    private mutating func readBook(_ node: Node) {
        let form = "{keys: [harbor], text: The harbor is closed in winter.}"
        guard let sequence = node.sequence else {
            return nodes.note("'book' is a list, such as '- \(form)'. Write it so.", at: node)
        }
        for element in sequence {
            guard let mapping = element.mapping else {
                nodes.note("An entry of the book is written as \(form). Write it so.", at: element)
                continue
            }
            let known = ["keys", "secondary", "text", "always", "case", "order", "enabled"]
            readEntry(nodes.values(of: mapping, known: known, in: "An entry of the book", skipsNull: true), at: element)
        }
    }

    private mutating func readEntry(_ values: [String: Node], at place: Node) {
        let keys = jinjaList(values["keys"], "keys")
        var entry = Persona.BookEntry(keys: keys ?? [], content: "")
        entry.secondaryKeys = jinjaList(values["secondary"], "secondary") ?? []
        entry.content = jinja(values["text"], "text", in: "'book'") ?? ""
        entry.isConstant = nodes.flag(values["always"], "always") ?? false
        entry.isCaseSensitive = nodes.flag(values["case"], "case") ?? false
        entry.isEnabled = nodes.flag(values["enabled"], "enabled") ?? true
        entry.order = nodes.count(values["order"], "order", in: Self.orderRange) ?? 0
        if entry.content.allSatisfy(\.isWhitespace), values["text"].map({ $0.scalar != nil }) ?? true {
            nodes.note(
                "This entry of the book has no text. Add 'text: …', what the model is told.",
                at: values["text"] ?? place)
        }
        // Keys that are no texts already have their note.
        if entry.isEnabled, !entry.isConstant, entry.keys.isEmpty, keys != nil || values["keys"] == nil {
            nodes.note(
                "This entry of the book has no keys, so it would never be told. Add 'keys: [word, …]', or 'always: true'.",
                at: values["keys"] ?? place)
        }
        persona?.book.append(entry)
    }

    private mutating func readContextRule(_ node: Node) {
        guard let text = nodes.text(node, "context") else { return }
        persona?.contextRule = ContextRule(rawValue: text)
        guard persona?.contextRule == nil else { return }
        let names = ContextRule.allCases.map(\.rawValue)
        let hint =
            NearestName.to(text, among: names).map { "Did you mean '\($0)'?" }
            ?? "It is one of \(names.joined(separator: ", "))."
        nodes.note("There is no rule '\(text)' for a full context. \(hint)", at: node)
    }

    /// A text of a persona, which is checked as Jinja when all is read.
    private mutating func jinja(
        _ node: Node?, _ key: String, in list: String? = nil, knowsSpeakers: Bool = true
    ) -> String? {
        guard let text = nodes.text(node, key), let node else { return nil }
        jinjaTexts.append(JinjaText(node: node, name: list ?? "'\(key)'", knowsSpeakers: knowsSpeakers))
        return text
    }

    /// The texts of a list that are not blank; `nil` if it is missing or no list of texts.
    private mutating func jinjaList(_ node: Node?, _ key: String) -> [String]? {
        guard let texts = nodes.texts(node, key) else { return nil }
        return texts.filter { !$0.text.allSatisfy(\.isWhitespace) }.compactMap { jinja($0.node, key, in: "'book'") }
    }
}
