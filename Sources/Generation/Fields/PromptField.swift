/// One thing to fill in before a template is a prompt.
public struct PromptField: Sendable, Hashable, Identifiable {
    public typealias Kind = FieldRule.Kind

    /// Its name in the template's text: an ASCII letter or `_`, then letters, digits and `_`.
    public var name: String
    /// Its name in the form and in sentences, such as `Key benefit`.
    public var label: String
    public var rule: FieldRule
    /// The value if the field is left empty, which is in the form from the beginning; "": no default.
    public var defaultValue: String
    /// A value worth reading, and valid.
    public var example: String
    /// True if the value usually comes from a file.
    public var comesFromFile: Bool
    /// True if the value names a product or a person that a good draft mentions.
    public var isNamed: Bool

    public init(
        name: String, label: String, kind: Kind = .line, choices: [String] = [], isOpen: Bool = false,
        defaultValue: String = "", example: String = "", isRequired: Bool = false, comesFromFile: Bool = false,
        isNamed: Bool = false, minimum: Double? = nil, maximum: Double? = nil
    ) {
        self.name = name
        self.label = label
        rule = FieldRule(
            kind, choices: choices, isOpen: isOpen, minimum: minimum, maximum: maximum, isRequired: isRequired)
        self.defaultValue = defaultValue
        self.example = example
        self.comesFromFile = comesFromFile
        self.isNamed = isNamed
    }

    public var id: String { name }
    public var kind: Kind { rule.kind }
    public var choices: [String] { rule.choices }
    public var isOpen: Bool { rule.isOpen }
    public var isRequired: Bool { rule.isRequired }

    /// True if the template can be filled while the field is empty.
    public var mayBeEmpty: Bool { !isRequired || !defaultValue.isEmpty }

    /// The value for a text from a form or the command line: in its normal form, or the default if the text is empty.
    /// - Throws: why the field does not take the text.
    public func value(of text: String) throws(FieldProblem) -> String {
        let given = rule.tidy(text)
        return try rule.value(of: given.isEmpty ? defaultValue : given)
    }

    /// Why the field does not take a text; `nil` if it does.
    public func problem(of text: String) -> FieldProblem? {
        do {
            _ = try value(of: text)
            return nil
        } catch {
            return error
        }
    }
}
