/// How a template is parsed, and the limits of rendering it.
///
/// The defaults are those of `apply_chat_template` in Hugging Face transformers.
public struct JinjaOptions: Sendable {
    /// The result of printing, testing or looping over an undefined value.
    public enum UndefinedPolicy: Sendable, Hashable {
        /// It prints nothing, is false and is empty; anything else is an error. jinja2's `Undefined`.
        case lenient
        /// Everything except `is defined` and `default` is an error. jinja2's `StrictUndefined`.
        case strict
    }

    /// Drops the first line feed after a block tag or a comment.
    public var trimBlocks = true
    /// Drops spaces between the start of a line and a block tag or a comment.
    public var lstripBlocks = true
    /// Keeps a line feed at the end of the source.
    public var keepTrailingNewline = false
    public var undefined = UndefinedPolicy.lenient
    /// The total number of steps: nodes evaluated, and small amounts of data built.
    public var stepBudget = 2_000_000
    /// The longest output, and the longest string while rendering, in UTF-8 bytes.
    public var outputLimit = 16 << 20
    /// The deepest nesting of calls of macros and recursive loops.
    public var recursionLimit = 100
    /// The current time for `strftime_now`.
    public var now: @Sendable () -> JinjaDate = { JinjaDate.current() }

    public init() {}
}
