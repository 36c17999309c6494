// Reads the fields of a template: each is valid, and each name occurs once.

import Generation
import YAMLReading
import Yams

extension TemplateReader {
    static let fieldKeys = [
        "name", "label", "kind", "choices", "open", "default", "example", "required", "from", "min", "max",
        "named",
    ]
    static let fieldLimit = 32
    /// Names that have another meaning in Jinja.
    private static let reservedNames: Set<String> = [
        "and", "else", "false", "for", "if", "in", "is", "loop", "none", "not", "or", "self", "true", "False", "None",
        "True",
    ]

    mutating func readFields(_ node: Node) {
        guard let sequence = node.sequence else {
            return nodes.note("'fields' is a list, such as '- {name: topic, example: kites}'. Write it so.", at: node)
        }
        guard sequence.count <= Self.fieldLimit else {
            return nodes.note("A template may have \(Self.fieldLimit) fields at most. Remove some.", at: node)
        }
        var seen: Set<String> = []
        for element in sequence {
            guard let mapping = element.mapping else {
                nodes.note("A field is written as {name: topic, example: kites}. Write it so.", at: element)
                continue
            }
            let values = nodes.values(of: mapping, known: Self.fieldKeys, in: "A field", skipsNull: true)
            guard let field = readField(values, at: element) else { continue }
            if !seen.insert(field.name).inserted {
                nodes.note("There are two fields '\(field.name)'. Rename one.", at: values["name"] ?? element)
            }
            fields.append(field)
        }
    }

    /// `nil` only if the name is missing or invalid. Other problems are noted, and the field still counts as declared.
    private mutating func readField(_ values: [String: Node], at node: Node) -> PromptField? {
        guard let name = readName(values["name"], at: node) else { return nil }
        let choices = readChoices(values["choices"], of: name)
        let kind = readKind(values["kind"], of: name, hasChoices: values["choices"] != nil, at: node)
        let minimum = nodes.number(values["min"], "min", in: -1e15...1e15)
        let maximum = nodes.number(values["max"], "max", in: -1e15...1e15)
        if kind != .number, let limit = values["min"] ?? values["max"] {
            nodes.note("Only a number has 'min' and 'max'. Add 'kind: number' to '\(name)', or remove them.", at: limit)
        }
        if let minimum, let maximum, minimum > maximum {
            nodes.note("'min' of '\(name)' is larger than 'max'. Swap them.", at: values["min"])
        }
        let from = nodes.text(values["from"], "from")
        if let from, from != "file" {
            nodes.note("'from' can only be 'file'. Write that or remove it.", at: values["from"])
        }
        let label = FieldText.oneLine(nodes.text(values["label"], "label") ?? "")
        var field = PromptField(
            name: name, label: label.isEmpty ? Self.label(for: name) : label, kind: kind, choices: choices,
            isOpen: nodes.flag(values["open"], "open") ?? false,
            isRequired: nodes.flag(values["required"], "required") ?? false,
            comesFromFile: from == "file", isNamed: nodes.flag(values["named"], "named") ?? false, minimum: minimum,
            maximum: maximum)
        if values["open"] != nil, kind != .choice {
            nodes.note("Only a field with 'choices' has 'open'. Remove it from '\(name)'.", at: values["open"])
        }
        field.defaultValue = ownValue(of: field, "default", values["default"])
        field.example = ownValue(of: field, "example", values["example"])
        if field.example.isEmpty, values["example"]?.scalar != nil || values["example"] == nil {
            nodes.note(
                "'\(field.name)' has no example. Add 'example: …', so that the template can be tried at once.",
                at: values["example"] ?? node)
        }
        return field
    }

    private mutating func readName(_ value: Node?, at node: Node) -> String? {
        guard let value else {
            nodes.note("This field has no name. Add 'name: …', the name that the prompt uses.", at: node)
            return nil
        }
        guard let name = nodes.text(value, "name") else { return nil }
        let isWord = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isWord, let first = name.first, !first.isNumber, name.utf8.count <= 64 else {
            nodes.note(
                "A field cannot be called '\(name)': use letters, digits and '_', and start with a letter.", at: value)
            return nil
        }
        guard !Self.reservedNames.contains(name) else {
            nodes.note("A field cannot be called '\(name)': the word has a meaning in Jinja. Use another.", at: value)
            return nil
        }
        return name
    }

    private mutating func readChoices(_ node: Node?, of name: String) -> [String] {
        guard let texts = nodes.texts(node, "choices") else { return [] }
        var choices: [String] = []
        for text in texts {
            let choice = FieldText.oneLine(text.text)
            if choice.isEmpty {
                nodes.note(
                    "A choice of '\(name)' is empty. Remove it: a field that is not required may be left empty.",
                    at: text.node)
            } else if choices.contains(where: { $0.lowercased() == choice.lowercased() }) {
                nodes.note("'\(choice)' is twice among the choices of '\(name)'. Remove one.", at: text.node)
            } else {
                choices.append(choice)
            }
        }
        if texts.isEmpty { nodes.note("'\(name)' has no choices. List some, or remove 'choices'.", at: node) }
        return choices
    }

    private mutating func readKind(
        _ value: Node?, of name: String, hasChoices: Bool, at node: Node
    ) -> PromptField.Kind {
        let fallback: PromptField.Kind = hasChoices ? .choice : .line
        guard let text = nodes.text(value, "kind") else { return fallback }
        let names = PromptField.Kind.allCases.map(\.rawValue)
        guard let kind = PromptField.Kind(rawValue: text) else {
            let hint = NearestName.to(text, among: names).map { "Did you mean '\($0)'?" }
            nodes.note(
                "There is no kind '\(text)'. \(hint ?? "It is one of \(names.joined(separator: ", ")).")", at: value)
            return fallback
        }
        if kind == .choice, !hasChoices {
            nodes.note("'\(name)' is a choice and has no 'choices'. List them, such as [warm, formal].", at: value)
        } else if kind != .choice, hasChoices {
            nodes.note("'\(name)' has choices, but its kind is not 'choice'. Remove 'kind' or 'choices'.", at: value)
            return .choice
        }
        return kind
    }

    /// The default or the example in its normal form; notes a problem if the field would not take it from a user.
    private mutating func ownValue(of field: PromptField, _ key: String, _ node: Node?) -> String {
        let text = FieldText.trimmed(nodes.text(node, key) ?? "")
        // A choice without choices already has its note.
        guard !text.isEmpty, field.kind != .choice || !field.choices.isEmpty else { return text }
        do {
            return try field.rule.value(of: text)
        } catch {
            nodes.note(reason(of: error, key, of: field.name), at: node)
            return text
        }
    }

    /// The sentence for the author of a template whose default or example breaks the field's own rule.
    func reason(of problem: FieldProblem, _ key: String, of name: String) -> String {
        switch problem {
        case .missing:
            return "The \(key) of '\(name)' is empty. Write a value, or remove '\(key)'."
        case .notAChoice(let value, _, let nearest):
            let hint = nearest.map { "Did you mean '\($0)'?" } ?? "Add it to them, or write 'open: true'."
            return "The \(key) '\(value)' is not one of the choices of '\(name)'. \(hint)"
        case .notANumber(let value, let readings, _, _):
            let hint = readings.isEmpty ? "" : " Write \(readings.joined(separator: " or "))."
            return "The \(key) '\(value)' of '\(name)' is not a number.\(hint)"
        case .outOfRange(let value, _, let minimum, let maximum):
            return "The \(key) \(value) of '\(name)' is not \(FieldNumber.description(minimum, maximum))."
        }
    }

    /// `key_benefit` to `Key benefit`.
    private static func label(for name: String) -> String {
        let words = name.split(separator: "_").joined(separator: " ")
        return words.isEmpty ? name : words.prefix(1).uppercased() + words.dropFirst()
    }
}
