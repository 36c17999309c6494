import Generation

/// Why a template could not be found or filled. The sentence names no commands: each caller adds its own.
public enum TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownTemplate(String, nearest: String?)
    /// The template's file exists and has an error.
    case brokenTemplate(TemplateProblem)
    /// A field does not take its value.
    case field(PromptField, FieldProblem)
    case unknownField(name: String, nearest: String?, template: String, fields: String)
    /// The text could not be rendered with these values.
    case rendering(template: String, problem: TemplateProblem)
    /// A draft was asked of a persona.
    case isPersona(String)
    /// A conversation was asked of a template that writes drafts.
    case notAPersona(String, nearest: String?)
    case unknownPersona(String, nearest: String?)

    public var description: String {
        switch self {
        case .unknownTemplate(let name, let nearest?):
            "There is no template '\(name)'. Did you mean '\(nearest)'?"
        case .unknownTemplate(let name, nil):
            "There is no template '\(name)'. Choose one from the list of templates."
        case .brokenTemplate(let problem):
            "This template is broken: \(problem)"
        case .field(let field, let problem):
            problem.sentence(label: field.label)
        case .unknownField(let name, let nearest?, let template, let fields):
            "\(template) has no field '\(name)'. Did you mean '\(nearest)'? Its fields are: \(fields)."
        case .unknownField(let name, nil, let template, let fields):
            "\(template) has no field '\(name)'. Its fields are: \(fields)."
        case .rendering(let template, let problem):
            "\(template) cannot be filled with these values: \(problem)"
        case .isPersona(let name):
            "'\(name)' is a persona: it holds a conversation and writes no drafts. Chat with it instead."
        case .notAPersona(let name, let nearest):
            "'\(name)' is a template that writes drafts, not a persona. "
                + (nearest.map { "Did you mean '\($0)'?" } ?? "Choose one of the family Chat.")
        case .unknownPersona(let name, let nearest?):
            "There is no persona '\(name)'. Did you mean '\(nearest)'?"
        case .unknownPersona(let name, nil):
            "There is no persona '\(name)'. Choose one of the family Chat in the list of templates."
        }
    }
}
