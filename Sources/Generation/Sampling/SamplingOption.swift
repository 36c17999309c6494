/// One sampling option, with everything that command line, templates, studio, exports and store know about it.
///
/// `SamplingOption.all` is the only list of them. A value is read, checked and written here, so an invalid one gets the
/// same sentence everywhere; command line, templates and studio each add a hint of their own.
public struct SamplingOption: Sendable, Identifiable {
    /// The values that an option takes.
    public enum Kind: Sendable, Hashable {
        case number(ClosedRange<Float>)
        case count(ClosedRange<Int>)
        /// One of a few whole numbers.
        case oneOf([Int])
        /// One of a few words.
        case choice([String])
        /// One text, or no text.
        case text
        /// Any number of texts; none is empty, or only spaces unless `allowsBlank`.
        case texts(allowsBlank: Bool)
        /// Token ids, each with a number.
        case biases(ClosedRange<Float>)
    }

    /// The heading under which an option is listed.
    public enum Group: String, Sendable, Hashable, CaseIterable {
        case common, choosing, repetition, content

        public var title: String {
            switch self {
            case .common: "Common"
            case .choosing: "Choosing tokens"
            case .repetition: "Repetition"
            case .content: "Text and tokens"
            }
        }
    }

    /// Its name in `-o`, templates, JSON exports and servers: `top_p`.
    public let name: String
    public let kind: Kind
    public let group: Group
    /// Its name in the studio: `Top-p`.
    public let label: String
    /// A few words beside a value, at most 41 columns wide.
    public let hint: String
    /// Its effect, in a sentence or two.
    public let help: String
    /// A paper, or the program that the meaning comes from.
    public let source: String?
    /// The value that does not change the model's distribution; `nil` if that depends on other options.
    public let neutral: SamplingValue?
    /// A value that changes something, for documents and tests.
    public let example: SamplingValue
    /// The option that this one replaces if it is set at a nearer place: a text has a grammar or a schema, not both.
    public let replaces: String?

    /// Its key in stored JSON. It never changes, because stores contain it.
    let storedKey: String
    let getValue: @Sendable (SamplingOptions) -> SamplingValue
    let setValue: @Sendable (SamplingValue, inout SamplingOptions) -> Void

    public var id: String { name }

    public func value(in options: SamplingOptions) -> SamplingValue { getValue(options) }

    /// Writes a value that this option read, or that other `SamplingOptions` hold.
    public func set(_ value: SamplingValue, in options: inout SamplingOptions) { setValue(value, &options) }

    /// The value if it is not set.
    public var defaultValue: SamplingValue { getValue(SamplingOptions()) }

    /// The option with a name.
    public static func named(_ name: String) -> SamplingOption? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
