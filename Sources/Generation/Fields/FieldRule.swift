// Checks the text of a field, for forms, for `-p field=value` and for the heads of templates.
// - A checked text is in its normal form: if it is checked again, it stays the same.
// - An empty text is valid if the field is not required.

/// The rule of one field of a template.
public struct FieldRule: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case line, multiline, choice, number
    }

    public var kind: Kind
    /// The values that a choice offers; empty for other kinds.
    public var choices: [String]
    /// True if a choice takes other values too.
    public var isOpen: Bool
    /// The smallest and largest valid number; `nil`: no bound.
    public var minimum: Double?
    public var maximum: Double?
    public var isRequired: Bool

    public init(
        _ kind: Kind, choices: [String] = [], isOpen: Bool = false, minimum: Double? = nil, maximum: Double? = nil,
        isRequired: Bool = false
    ) {
        self.kind = kind
        self.choices = choices
        self.isOpen = isOpen
        self.minimum = minimum
        self.maximum = maximum
        self.isRequired = isRequired
    }

    /// True if every text is valid that is not empty.
    public var takesAnyText: Bool {
        switch kind {
        case .line, .multiline: true
        case .choice: isOpen || choices.isEmpty
        case .number: false
        }
    }

    /// The text in its normal form: a choice in the case of the list, a number in ASCII digits with a decimal point.
    /// - Returns: "" for an empty text that is not required.
    /// - Throws: why the field does not take the text.
    public func value(of text: String) throws(FieldProblem) -> String {
        let text = tidy(text)
        if text.isEmpty {
            guard !isRequired else { throw .missing }
            return ""
        }
        switch kind {
        case .line, .multiline: return text
        case .choice: return try choice(text)
        case .number: return try number(text)
        }
    }

    /// The text without white space around it, and on one line if the field has one line.
    public func tidy(_ text: String) -> String {
        kind == .multiline ? FieldText.trimmed(text) : FieldText.oneLine(text)
    }

    /// The index in `choices` of a text, ignoring case; `nil` if it is not listed.
    public func choiceIndex(of text: String) -> Int? {
        let lowered = tidy(text).lowercased()
        return choices.firstIndex { $0.lowercased() == lowered }
    }

    /// True if a text is valid, or can become valid if more is typed at its end.
    public func mayBecomeValid(_ text: String) -> Bool {
        let text = tidy(text)
        if text.isEmpty || takesAnyText { return true }
        switch kind {
        case .line, .multiline: return true
        case .choice: return choices.contains { $0.lowercased().hasPrefix(text.lowercased()) }
        case .number: return FieldNumber.isBeginning(text, minimum: minimum, maximum: maximum)
        }
    }

    private func choice(_ text: String) throws(FieldProblem) -> String {
        if let index = choiceIndex(of: text) { return choices[index] }
        guard takesAnyText else {
            throw .notAChoice(value: text, choices: choices, nearest: NearestName.to(text, among: choices))
        }
        return text
    }

    private func number(_ text: String) throws(FieldProblem) -> String {
        switch FieldNumber.reading(of: text) {
        case .number(let normal, let number):
            if let minimum, number < minimum {
                throw .outOfRange(value: text, isTooLarge: false, minimum: minimum, maximum: maximum)
            }
            if let maximum, number > maximum {
                throw .outOfRange(value: text, isTooLarge: true, minimum: minimum, maximum: maximum)
            }
            return normal
        case .unclear(let readings):
            let fitting = readings.filter { reading in
                guard let number = FieldNumber.value(reading) else { return false }
                return number >= minimum ?? number && number <= maximum ?? number
            }
            throw .notANumber(value: text, readings: fitting, minimum: minimum, maximum: maximum)
        case .none:
            throw .notANumber(value: text, readings: [], minimum: minimum, maximum: maximum)
        }
    }
}

/// Removes white space from the texts of fields.
public enum FieldText {
    /// The text without white space around it.
    public static func trimmed(_ text: String) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }

    /// The text on one line: each line break becomes a space, together with the white space around it.
    public static func oneLine(_ text: String) -> String {
        guard text.contains(where: \.isNewline) else { return trimmed(text) }
        return text.split(whereSeparator: \.isNewline).map { trimmed(String($0)) }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
