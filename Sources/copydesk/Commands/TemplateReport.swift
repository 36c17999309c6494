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
        sampling = template.sampling.all
        builtIn = template.isBuiltIn
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
