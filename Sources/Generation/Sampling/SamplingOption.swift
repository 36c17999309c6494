/// One sampling option: everything that the command line, templates, the studio, exports and the store know of it.
///
/// `SamplingOption.all` is the only list of them. A value is read, checked and written here, so a broken one is refused
/// with the same sentence wherever it comes from; each door adds a hint of its own.
public struct SamplingOption: Sendable, Identifiable {
    /// What values an option takes.
    public enum Kind: Sendable, Hashable {
        case number(ClosedRange<Float>)
        case count(ClosedRange<Int>)
        /// One of a few whole numbers.
        case oneOf([Int])
        /// One text, or none.
        case text
        /// Any number of texts, none of them empty, and of nothing but spaces only if `allowsBlank`.
        case texts(allowsBlank: Bool)
        /// Token ids, each with a number.
        case biases(ClosedRange<Float>)
    }

    /// What belongs together where options are listed.
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

    /// Who may set an option.
    public struct Doors: OptionSet, Sendable, Hashable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// `-o name=value`.
        public static let commandLine = Doors(rawValue: 1)
        /// `sampling:` in the head of a template.
        public static let template = Doors(rawValue: 2)
        /// The parameters of a form in the studio.
        public static let dialog = Doors(rawValue: 4)
        /// A request to a server, by the same name.
        public static let wire = Doors(rawValue: 8)
        public static let all: Doors = [.commandLine, .template, .dialog, .wire]
    }

    /// As `-o`, templates, JSON exports and servers call it: `top_p`.
    public let name: String
    public let kind: Kind
    public let group: Group
    /// As the studio calls it: `Top-p`.
    public let label: String
    /// A few words beside a value, at most 41 columns wide.
    public let hint: String
    /// What it does, in a sentence or two.
    public let help: String
    /// A paper, or whose meaning it has.
    public let source: String?
    /// The value that leaves the model's distribution as it is; `nil` if no value does so by itself.
    public let neutral: SamplingValue?
    /// A value that changes something, for documents and tests.
    public let example: SamplingValue
    public let doors: Doors
    /// The option that this one replaces if it comes from a nearer place: a text has a grammar or a schema, not both.
    public let replaces: String?

    /// Its key in stored JSON. It never changes: stores hold it.
    let storedKey: String
    let getValue: @Sendable (SamplingOptions) -> SamplingValue
    let setValue: @Sendable (SamplingValue, inout SamplingOptions) -> Void

    public var id: String { name }

    public func value(in options: SamplingOptions) -> SamplingValue { getValue(options) }

    /// Writes a value that was read by this option, or comes from other options.
    public func set(_ value: SamplingValue, in options: inout SamplingOptions) { setValue(value, &options) }

    /// The value if nobody sets it.
    public var defaultValue: SamplingValue { getValue(SamplingOptions()) }

    /// The option with a name.
    public static func named(_ name: String) -> SamplingOption? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
