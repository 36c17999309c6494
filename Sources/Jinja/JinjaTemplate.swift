// A template that was read once and can be rendered any number of times.
// - Reading finds every error of syntax; rendering finds those that depend on values.
// - Rendering ends: every node costs a step, and steps, depth and text are bounded by the options.
// - Reading and rendering follow the template's nesting, on a thread with room for the deepest that is allowed.

/// A template in the Jinja language, as Python's jinja2 3.1 renders it in a sandbox.
public struct JinjaTemplate: Sendable {
    public let source: String
    public let name: String
    public let options: JinjaOptions
    private let text: SourceText
    private let body: [Statement]

    /// Reads a template.
    /// - Parameter name: how errors call it, such as a path.
    /// - Throws: `JinjaError` at the place that cannot be read.
    public init(source: String, name: String = "template", options: JinjaOptions = .init()) throws(JinjaError) {
        self.source = source
        self.name = name
        self.options = options
        let text = SourceText(source, name: name, keepTrailingNewline: options.keepTrailingNewline)
        self.text = text
        body = try RoomyThread.run { () throws(JinjaError) in
            var parser = try Parser(text, options: options)
            return try parser.parse()
        }
    }

    /// Renders the template.
    /// - Parameter context: the template's variables.
    /// - Throws: `JinjaError` at the innermost expression that failed.
    public func render(_ context: [String: JinjaValue]) throws(JinjaError) -> String {
        try RoomyThread.run { () throws(JinjaError) in
            try Evaluator(text, options: options, context: context).render(body)
        }
    }

    /// The variables that the template reads and does not set itself, without the built-in functions.
    public func referencedVariables() -> Set<String> { RoomyThread.run { VariableFinder.expectedNames(in: body) } }
}
