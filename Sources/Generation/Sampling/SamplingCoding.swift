// Sampling options as stored JSON, by the keys of the table.
// - An option stays at its default if its key is missing or this version cannot read its value; unknown keys are
//   ignored. So a store stays readable after a change of version.

extension SamplingOptions {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: Key.self)
        for option in SamplingOption.all {
            let key = Key(stringValue: option.storedKey)
            guard values.contains(key) else { continue }
            let value: SamplingValue? =
                switch option.kind {
                case .number: (try? values.decode(Float.self, forKey: key)).map(SamplingValue.number)
                case .count, .oneOf: (try? values.decode(Int.self, forKey: key)).map(SamplingValue.count)
                case .text: (try? values.decode(String.self, forKey: key)).map(SamplingValue.text)
                case .texts: (try? values.decode([String].self, forKey: key)).map(SamplingValue.texts)
                case .biases: (try? values.decode([Int: Float].self, forKey: key)).map(SamplingValue.biases)
                }
            if let value { option.set(value, in: &self) }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for option in SamplingOption.all {
            let value = option.value(in: self)
            if value != .text(nil) { try container.encode(value, forKey: Key(stringValue: option.storedKey)) }
        }
    }
}
