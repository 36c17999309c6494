// Sampling overrides as JSON, by the names of the options.
// - Reading never fails because of a value: one of a wrong type, or one that the option does not take, is left out, and
//   so is a name that this version does not know.

extension SamplingOverrides: Codable {
    /// - Throws: a `DecodingError` if it is no object.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: OptionKey.self)
        for option in SamplingOption.all {
            if let value = option.value(in: values, at: option.name), option.takes(value) { set(option, to: value) }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: OptionKey.self)
        for (name, value) in all { try container.encode(value, forKey: OptionKey(stringValue: name)) }
    }
}

extension SamplingOption {
    /// True if the value is in the option's range, so that it could be typed.
    public func takes(_ value: SamplingValue) -> Bool { (try? readLine(line(of: value))) == value }
}
