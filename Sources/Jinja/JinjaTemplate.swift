// A template that is parsed once and can be rendered any number of times.
// - Parsing finds every syntax error; rendering finds the errors that depend on values.
// - Rendering always ends: every node costs a step, and the options limit steps, depth and text.
// - Parsing and rendering recurse as deep as the template nests, so they run on a thread with a large enough stack.

/// A template in the Jinja language, as Python's jinja2 3.1 renders it in a sandbox.
public struct JinjaTemplate: Sendable {
    public let source: String
    public let name: String
    public let options: JinjaOptions
    private let text: SourceText
    private let body: [Statement]

    /// Parses a template.
    /// - Parameter name: its name in errors, such as a path.
    /// - Throws: `JinjaError` at the place of the syntax error.
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
    /// - Parameters:
    ///   - context: the template's variables.
    ///   - moreSteps: what the step budget of the options is raised by, for a context with much in it.
    /// - Throws: `JinjaError` at the innermost expression that failed.
    public func render(_ context: [String: JinjaValue], moreSteps: Int = 0) throws(JinjaError) -> String {
        var options = options
        options.stepBudget += max(moreSteps, 0)
        return try RoomyThread.run { [options] () throws(JinjaError) in
            try Evaluator(text, options: options, context: context).render(body)
        }
    }

    /// The variables that the template reads and does not set itself, without the built-in functions.
    public func referencedVariables() -> Set<String> { RoomyThread.run { VariableFinder.expectedNames(in: body) } }
}
