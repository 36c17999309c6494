import Drafting
import Generation
import Templates

/// A template as JSON.
struct TemplateReport: Encodable {
    struct Field: Encodable {
        var name: String
        var label: String
        var kind: String
        var choices: [String]
        var required: Bool
        var `default`: String
        var example: String
        /// True if a good draft mentions the name in it.
        var named: Bool
    }

    struct Part: Encodable {
        var name: String
        var limits: LengthLimits?
    }

    struct Example: Encodable {
        var fields: [String: String]
        var output: String
    }

    var name: String
    var title: String
    var family: String
    var summary: String
    var fields: [Field]
    var variants: Int
    var limits: LengthLimits?
    /// Empty if a draft has no parts.
    var parts: [Part]
    /// The finished examples that a model is shown.
    var examples: [Example]
    /// The texts of a persona as its file has them; null if it writes drafts.
    var persona: PersonaReport?
    /// The options that it sets, by their names.
    var sampling: [String: SamplingValue]
    var builtIn: Bool

    init(_ template: PromptTemplate) {
        name = template.name
        title = template.title
        family = template.family
        summary = template.summary
        fields = template.fields.map {
            Field(
                name: $0.name, label: $0.label, kind: $0.kind.rawValue, choices: $0.choices, required: $0.isRequired,
                default: $0.defaultValue, example: $0.example, named: $0.isNamed)
        }
        variants = template.variantCount
        limits = template.limits.isEmpty ? nil : template.limits
        parts = template.parts.map { Part(name: $0.name, limits: $0.limits.isEmpty ? nil : $0.limits) }
        examples = template.examples.map { Example(fields: $0.values, output: $0.output) }
        persona = template.personaTexts.map { PersonaReport($0, system: template.body) }
        sampling = template.sampling.all
        builtIn = template.isBuiltIn
    }
}

/// What only a persona has, as JSON.
struct PersonaReport: Encodable {
    struct Turn: Encodable {
        var role: String
        var text: String
    }

    struct BookEntry: Encodable {
        var keys: [String]
        var secondary: [String]
        var text: String
        var always: Bool
        var `case`: Bool
        var order: Int
        var enabled: Bool
    }

    /// Jinja, as all texts here.
    var system: String
    var speakers: Persona.Speakers
    var greetings: [String]
    var examples: [Turn]
    var book: [BookEntry]
    /// Null if the settings decide.
    var context: String?

    init(_ persona: PersonaTexts, system: String) {
        self.system = FieldText.trimmed(system)
        speakers = persona.speakers
        greetings = persona.greetings
        examples = persona.examples.map { Turn(role: $0.role.rawValue, text: $0.content) }
        book = persona.book.map {
            BookEntry(
                keys: $0.keys, secondary: $0.secondaryKeys, text: $0.content, always: $0.isConstant,
                case: $0.isCaseSensitive, order: $0.order, enabled: $0.isEnabled)
        }
        context = persona.contextRule?.rawValue
    }
}

/// A template that cannot be used, as JSON.
struct BrokenTemplateReport: Encodable {
    struct Problem: Encodable {
        var file: String
        var line: Int
        var column: Int
        var reason: String
    }

    var name: String
    var problems: [Problem]

    init(_ broken: BrokenTemplate) {
        name = broken.name
        problems = broken.problems.map { Problem(file: $0.file, line: $0.line, column: $0.column, reason: $0.reason) }
    }
}
