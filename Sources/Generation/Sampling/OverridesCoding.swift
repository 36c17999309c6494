// Sampling overrides as JSON, by the names of the options.
// - Reading never fails because of a value: one of a wrong type, or one that the option does not take, is left out, and
//   so is a name that this version does not know.

extension SamplingOverrides: Codable {
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// - Throws: a `DecodingError` if it is no object.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: Name.self)
        for option in SamplingOption.all {
            let name = Name(stringValue: option.name)
            guard values.contains(name) else { continue }
            let isNull = (try? values.decodeNil(forKey: name)) ?? false
            let value: SamplingValue? =
                switch option.kind {
                case .number: (try? values.decode(Float.self, forKey: name)).map(SamplingValue.number)
                case .count, .oneOf: (try? values.decode(Int.self, forKey: name)).map(SamplingValue.count)
                case .text where isNull: .text(nil)
                case .text: (try? values.decode(String.self, forKey: name)).map(SamplingValue.text)
                case .texts: (try? values.decode([String].self, forKey: name)).map(SamplingValue.texts)
                case .biases: (try? values.decode([Int: Float].self, forKey: name)).map(SamplingValue.biases)
                }
            if let value, option.takes(value) { set(option, to: value) }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, value) in all { try container.encode(value, forKey: Name(stringValue: name)) }
    }
}

extension SamplingOption {
    /// True if the value is in the option's range, so that it could be typed.
    func takes(_ value: SamplingValue) -> Bool { (try? readLine(line(of: value))) == value }
}
