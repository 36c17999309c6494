/// Why a template could not be read or rendered, and where.
///
/// `line` and `column` count from 1, columns in code points; both are 0 where no place is known.
public struct JinjaError: Error, Equatable, Sendable, CustomStringConvertible {
    public var template: String
    public var line: Int
    public var column: Int
    /// What is wrong and what to do, as sentences: "unknown filter 'foo'."
    public var reason: String
    /// Whether the template itself asked for the error, by `raise_exception`.
    public var isRaisedByTemplate = false

    /// - Parameter reason: cut behind 500 code points, because it may quote what a template from outside says.
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

    /// An error whose place is filled in by the innermost node that is being evaluated.
    init(_ reason: String) {
        self.init(template: "", line: 0, column: 0, reason: reason)
    }

    /// Compiler-style: "chat:3:14: unknown filter 'foo'."
    public var description: String {
        line > 0 ? "\(template):\(line):\(column): \(reason)" : "\(template): \(reason)"
    }
}
