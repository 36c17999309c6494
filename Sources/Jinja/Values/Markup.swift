// Text that is already HTML: the result of `safe` and `escape`, Python's `markupsafe.Markup`.
// - Output is not escaped; but text that "+" or "%" joins to markup is escaped, as in jinja2.
// - Everywhere else markup is plain text: values are used through `plain`.

final class MarkupObject: JinjaObject, @unchecked Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    override var typeName: String { "Markup" }
}

extension JinjaValue {
    static func markup(_ text: String) -> JinjaValue { .object(MarkupObject(text)) }

    var markup: String? {
        if case .object(let object as MarkupObject) = self { return object.text }
        return nil
    }

    /// The value itself, or the string that markup holds.
    var plain: JinjaValue { markup.map { .string($0) } ?? self }

    /// The value as markup, if it is a string or a list of strings.
    var asMarkup: JinjaValue {
        switch self {
        case .string(let text): .markup(text)
        case .list(let items): .list(items.map(\.asMarkup))
        case .tuple(let items): .tuple(items.map(\.asMarkup))
        default: self
        }
    }
}

extension Operators {
    /// The result of "+" and "%" if one side is markup; `nil` for other operators and types.
    static func markup(
        _ operation: BinaryOperator, _ left: JinjaValue, _ right: JinjaValue, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue? {
        guard left.markup != nil || right.markup != nil else { return nil }
        switch operation {
        case .add:
            guard case .string = left.plain, case .string = right.plain else { return nil }
            let sum = try compute(.add, escaped(left), escaped(right), evaluator)
            return sum.asMarkup
        case .remainder where left.markup != nil:
            var values = right
            if case .tuple(let items) = right { values = .tuple(items.map(escaped)) } else { values = escaped(right) }
            return try compute(.remainder, left.plain, values, evaluator).asMarkup
        case .multiply: return try compute(.multiply, left.plain, right.plain, evaluator).asMarkup
        default: return nil
        }
    }

    /// The text of markup; of other values the text with HTML's special characters escaped.
    private static func escaped(_ value: JinjaValue) -> JinjaValue {
        if let text = value.markup { return .string(text) }
        if case .string(let text) = value { return .string(Filters.escaped(text)) }
        return value
    }
}

extension Filters {
    /// Filters whose result is markup if their input is.
    static let keepsMarkup: Set<String> = [
        "capitalize", "center", "indent", "lower", "reverse", "string", "title", "trim", "upper",
    ]
    /// Filters that turn any text into markup; markup does not change.
    static let makesMarkup: Set<String> = ["safe", "escape", "e"]
}
