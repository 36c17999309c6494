/// An error of parsing or rendering a template, with its place.
///
/// `line` and `column` count from 1, columns in code points; both are 0 if the place is unknown.
public struct JinjaError: Error, Equatable, Sendable, CustomStringConvertible {
    public var template: String
    public var line: Int
    public var column: Int
    /// The problem and what to do, as sentences: "unknown filter 'foo'."
    public var reason: String
    /// True if the template raised the error itself, with `raise_exception`.
    public var isRaisedByTemplate = false

    /// - Parameter reason: cut after 500 code points, because it may quote a template from outside.
    public init(template: String, line: Int, column: Int, reason: String) {
        self.template = template
        self.line = line
        self.column = column
        self.reason = Self.shortened(reason, limit: 500)
    }

    static func shortened(_ text: String, limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let kept = text.unicodeScalars.prefix(limit)
        return kept.endIndex == text.endIndex ? text : String(kept) + "…"
    }

    /// An error without a place. The innermost node that is being evaluated fills it in.
    init(_ reason: String) {
        self.init(template: "", line: 0, column: 0, reason: reason)
    }

    /// Compiler-style: "chat:3:14: unknown filter 'foo'."
    public var description: String {
        line > 0 ? "\(template):\(line):\(column): \(reason)" : "\(template): \(reason)"
    }
}
