/// Why a field does not take a text. The sentence names the field by its label; form and command line each add a hint
/// about keys or options.
public enum FieldProblem: Error, Sendable, Hashable {
    /// A required field is empty.
    case missing
    /// - nearest: the choice that was probably meant.
    case notAChoice(value: String, choices: [String], nearest: String?)
    /// - readings: the numbers within the bounds that a text such as `1,000` may mean.
    case notANumber(value: String, readings: [String], minimum: Double?, maximum: Double?)
    case outOfRange(value: String, isTooLarge: Bool, minimum: Double?, maximum: Double?)

    /// The sentence cuts longer lists of choices.
    private static let shownChoiceCount = 12

    /// `Words takes a number from 5 to 50, and 'many' is not one.`
    public func sentence(label: String) -> String {
        switch self {
        case .missing:
            return "\(label) is empty."
        case .notAChoice(let value, let choices, let nearest):
            let rest = choices.count - Self.shownChoiceCount
            let list =
                choices.prefix(Self.shownChoiceCount).joined(separator: ", ") + (rest > 0 ? ", and \(rest) more" : "")
            let hint = nearest.map { " Did you mean '\($0)'?" } ?? ""
            return "\(label) cannot be \(OptionLine.quoted(value)): choose one of \(list).\(hint)"
        case .notANumber(let value, let readings, let minimum, let maximum):
            let hint = readings.isEmpty ? "" : " Write \(readings.joined(separator: " or "))."
            return "\(label) takes \(FieldNumber.description(minimum, maximum)), and "
                + "\(OptionLine.quoted(value)) is not one.\(hint)"
        case .outOfRange(let value, let isTooLarge, let minimum, let maximum):
            return "\(label) takes \(FieldNumber.description(minimum, maximum)), and "
                + "\(OptionLine.quoted(value)) is too \(isTooLarge ? "large" : "small")."
        }
    }
}
