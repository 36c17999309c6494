/// The sampling options that one place sets (a template, the command line), to override those of the place below.
///
/// A value replaces the one below it, lists too: a template that sets `stop` sets all stop texts.
public struct SamplingOverrides: Sendable, Hashable {
    private var values: [String: SamplingValue] = [:]

    public init() {}

    public var isEmpty: Bool { values.isEmpty }

    /// Everything that is set, by the options' names.
    public var all: [String: SamplingValue] { values }

    /// The value of an option; `nil` if it is not set here.
    public subscript(name: String) -> SamplingValue? { values[name] }

    public mutating func set(_ option: SamplingOption, to value: SamplingValue) { values[option.name] = value }

    /// Leaves an option to the place below.
    public mutating func remove(_ option: SamplingOption) { values[option.name] = nil }

    /// Sets an option, or adds to it if it is a list that was set before.
    public mutating func add(_ value: SamplingValue, to option: SamplingOption) {
        values[option.name] = values[option.name]?.joined(with: value) ?? value
    }

    public func applied(to base: SamplingOptions) -> SamplingOptions {
        var options = base
        for option in SamplingOption.all {
            guard let value = values[option.name] else { continue }
            if let other = option.replaces.flatMap(SamplingOption.named), values[other.name] == nil {
                other.set(other.defaultValue, in: &options)
            }
            option.set(value, in: &options)
        }
        return options
    }
}
