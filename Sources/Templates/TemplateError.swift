/// Why a template could not be found or filled. The sentence names no commands: each caller adds its own.
public enum TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownTemplate(String, nearest: String?)
    /// The template's file exists and has an error.
    case brokenTemplate(TemplateProblem)
    case missingField(name: String, label: String, template: String, fields: String)
    case unknownField(name: String, nearest: String?, template: String, fields: String)
    case notAChoice(field: String, value: String, choices: [String], template: String)
    case notANumber(field: String, value: String, template: String)
    case outOfRange(field: String, value: String, minimum: Double?, maximum: Double?, template: String)
    /// The text could not be rendered with these values.
    case rendering(template: String, problem: TemplateProblem)

    public var description: String {
        switch self {
        case .unknownTemplate(let name, let nearest?):
            "There is no template '\(name)'. Did you mean '\(nearest)'?"
        case .unknownTemplate(let name, nil):
            "There is no template '\(name)'. Choose one from the list of templates."
        case .brokenTemplate(let problem):
            "This template is broken: \(problem)"
        case .missingField(let name, let label, let template, let fields):
            "\(template) needs '\(name)' (\(label)). Its fields are: \(fields)."
        case .unknownField(let name, let nearest?, let template, let fields):
            "\(template) has no field '\(name)'. Did you mean '\(nearest)'? Its fields are: \(fields)."
        case .unknownField(let name, nil, let template, let fields):
            "\(template) has no field '\(name)'. Its fields are: \(fields)."
        case .notAChoice(let field, let value, let choices, let template):
            "'\(field)' of \(template) cannot be '\(value)': choose one of \(choices.joined(separator: ", "))."
        case .notANumber(let field, let value, let template):
            "'\(field)' of \(template) takes a number, and '\(value)' is not one."
        case .outOfRange(let field, let value, let minimum, let maximum, let template):
            "'\(field)' of \(template) takes a number \(NumberText.range(minimum, maximum)), and \(value) is not."
        case .rendering(let template, let problem):
            "\(template) cannot be filled with these values: \(problem)"
        }
    }
}
