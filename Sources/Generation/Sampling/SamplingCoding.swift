// Sampling options as stored JSON, by the keys of the table.
// - An option stays at its default if its key is missing or this version cannot read its value; unknown keys are
//   ignored. So a store stays readable after a change of version.

extension SamplingOptions {
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: OptionKey.self)
        for option in SamplingOption.all {
            if let value = option.value(in: values, at: option.storedKey) { option.set(value, in: &self) }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: OptionKey.self)
        for option in SamplingOption.all {
            let value = option.value(in: self)
            if value != .text(nil) { try container.encode(value, forKey: OptionKey(stringValue: option.storedKey)) }
        }
    }
}
