/// How a template is read and how much it may do.
///
/// The defaults are those of `apply_chat_template` in Hugging Face transformers.
public struct JinjaOptions: Sendable {
    /// What an undefined value does where it is printed, tested or looped over.
    public enum UndefinedPolicy: Sendable, Hashable {
        /// It prints as nothing, is false and is empty; anything else is an error. jinja2's `Undefined`.
        case lenient
        /// It is an error everywhere but in `is defined` and `default`. jinja2's `StrictUndefined`.
        case strict
    }

    /// Drops the first line feed after a block tag or a comment.
    public var trimBlocks = true
    /// Drops spaces from the start of a line to a block tag or a comment.
    public var lstripBlocks = true
    /// Keeps a line feed at the end of the template's source.
    public var keepTrailingNewline = false
    public var undefined = UndefinedPolicy.lenient
    /// How many nodes may be evaluated and small amounts of data built, in all.
    public var stepBudget = 2_000_000
    /// How long the text, and any string on the way to it, may become, in UTF-8 bytes.
    public var outputLimit = 16 << 20
    /// How deep macros and recursive loops may call each other.
    public var recursionLimit = 100
    /// What `strftime_now` takes for the present.
    public var now: @Sendable () -> JinjaDate = { JinjaDate.current() }

    public init() {}
}
