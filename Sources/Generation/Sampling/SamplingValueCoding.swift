// The values of options in JSON objects, read by the kind of the option. Stored options and overrides share it.

/// A key of an object of options: the stored key or the name of one.
struct OptionKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension SamplingOption {
    /// The option's value in an object; `nil` if the object has none under this key, or one of another type.
    func value(in values: KeyedDecodingContainer<OptionKey>, at name: String) -> SamplingValue? {
        let key = OptionKey(stringValue: name)
        guard values.contains(key) else { return nil }
        switch kind {
        case .number: return (try? values.decode(Float.self, forKey: key)).map(SamplingValue.number)
        case .count, .oneOf: return (try? values.decode(Int.self, forKey: key)).map(SamplingValue.count)
        case .choice(let words):
            guard let word = try? values.decode(String.self, forKey: key), words.contains(word) else { return nil }
            return .text(word)
        case .text:
            if (try? values.decodeNil(forKey: key)) == true { return .text(nil) }
            return (try? values.decode(String.self, forKey: key)).map(SamplingValue.text)
        case .texts: return (try? values.decode([String].self, forKey: key)).map(SamplingValue.texts)
        case .biases: return (try? values.decode([Int: Float].self, forKey: key)).map(SamplingValue.biases)
        }
    }
}
