// Makes the rows of the table of sampling options: one function for each type of value.

extension SamplingOption {
    /// A property of `SamplingOptions`.
    typealias Path<Value> = WritableKeyPath<SamplingOptions, Value> & Sendable

    static func number(
        _ name: String, _ path: any Path<Float>, _ range: ClosedRange<Float>, neutral: Float?, example: Float,
        _ group: Group, _ label: String, hint: String, help: String, source: String? = nil
    ) -> SamplingOption {
        SamplingOption(
            name: name, kind: .number(range), group: group, label: label, hint: hint, help: help, source: source,
            neutral: neutral.map(SamplingValue.number), example: .number(example), replaces: nil,
            storedKey: camelCase(name), getValue: { .number($0[keyPath: path]) },
            setValue: { value, options in
                guard case .number(let number) = value else { return mismatch(name) }
                options[keyPath: path] = number
            })
    }

    static func count(
        _ name: String, _ path: any Path<Int>, _ range: ClosedRange<Int>, neutral: Int?, example: Int,
        _ group: Group, _ label: String, key: String? = nil, hint: String, help: String, source: String? = nil
    ) -> SamplingOption {
        whole(
            name, path, .count(range), neutral: neutral, example: example, group, label, key: key, hint: hint,
            help: help, source: source)
    }

    static func oneOf(
        _ name: String, _ path: any Path<Int>, _ values: [Int], neutral: Int?, example: Int, _ group: Group,
        _ label: String, hint: String, help: String, source: String? = nil
    ) -> SamplingOption {
        whole(
            name, path, .oneOf(values), neutral: neutral, example: example, group, label, key: nil, hint: hint,
            help: help, source: source)
    }

    private static func whole(
        _ name: String, _ path: any Path<Int>, _ kind: Kind, neutral: Int?, example: Int, _ group: Group,
        _ label: String, key: String?, hint: String, help: String, source: String?
    ) -> SamplingOption {
        SamplingOption(
            name: name, kind: kind, group: group, label: label, hint: hint, help: help, source: source,
            neutral: neutral.map(SamplingValue.count), example: .count(example), replaces: nil,
            storedKey: key ?? camelCase(name), getValue: { .count($0[keyPath: path]) },
            setValue: { value, options in
                guard case .count(let count) = value else { return mismatch(name) }
                options[keyPath: path] = count
            })
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ path: any Path<Value>, neutral: Value, example: Value, _ group: Group, _ label: String,
        hint: String, help: String
    ) -> SamplingOption {
        SamplingOption(
            name: name, kind: .choice(Value.allCases.map(\.rawValue)), group: group, label: label, hint: hint,
            help: help, source: nil, neutral: .text(neutral.rawValue), example: .text(example.rawValue), replaces: nil,
            storedKey: camelCase(name), getValue: { .text($0[keyPath: path].rawValue) },
            setValue: { value, options in
                guard case .text(let word) = value, let choice = word.flatMap(Value.init(rawValue:)) else {
                    return mismatch(name)
                }
                options[keyPath: path] = choice
            })
    }

    /// A choice of `on` and `off`.
    static func flag(
        _ name: String, _ path: any Path<Bool>, neutral: Bool, _ group: Group, _ label: String, hint: String,
        help: String
    ) -> SamplingOption {
        func word(_ isOn: Bool) -> SamplingValue { .text(isOn ? "on" : "off") }
        return SamplingOption(
            name: name, kind: .choice(["off", "on"]), group: group, label: label, hint: hint, help: help, source: nil,
            neutral: word(neutral), example: word(!neutral), replaces: nil, storedKey: camelCase(name),
            getValue: { .text($0[keyPath: path] ? "on" : "off") },
            setValue: { value, options in
                guard case .text(let word) = value else { return mismatch(name) }
                options[keyPath: path] = word == "on"
            })
    }

    static func text(
        _ name: String, _ path: any Path<String?>, example: String, replaces: String, _ group: Group, _ label: String,
        hint: String, help: String, source: String? = nil
    ) -> SamplingOption {
        SamplingOption(
            name: name, kind: .text, group: group, label: label, hint: hint, help: help, source: source,
            neutral: .text(nil), example: .text(example), replaces: replaces,
            storedKey: camelCase(name), getValue: { .text($0[keyPath: path]) },
            setValue: { value, options in
                guard case .text(let text) = value else { return mismatch(name) }
                options[keyPath: path] = text
            })
    }

    static func texts(
        _ name: String, _ path: any Path<[String]>, allowsBlank: Bool, isNeutralIfEmpty: Bool = true,
        example: [String], _ group: Group, _ label: String, key: String? = nil, hint: String, help: String,
        source: String? = nil
    ) -> SamplingOption {
        SamplingOption(
            name: name, kind: .texts(allowsBlank: allowsBlank), group: group, label: label, hint: hint, help: help,
            source: source, neutral: isNeutralIfEmpty ? .texts([]) : nil, example: .texts(example),
            replaces: nil, storedKey: key ?? camelCase(name), getValue: { .texts($0[keyPath: path]) },
            setValue: { value, options in
                guard case .texts(let texts) = value else { return mismatch(name) }
                options[keyPath: path] = texts
            })
    }

    static func biases(
        _ name: String, _ path: any Path<[Int: Float]>, _ range: ClosedRange<Float>, example: [Int: Float],
        _ group: Group, _ label: String, hint: String, help: String, source: String? = nil
    ) -> SamplingOption {
        SamplingOption(
            name: name, kind: .biases(range), group: group, label: label, hint: hint, help: help, source: source,
            neutral: .biases([:]), example: .biases(example), replaces: nil,
            storedKey: camelCase(name), getValue: { .biases($0[keyPath: path]) },
            setValue: { value, options in
                guard case .biases(let biases) = value else { return mismatch(name) }
                options[keyPath: path] = biases
            })
    }

    private static func mismatch(_ name: String) { preconditionFailure("a value of another type for \(name)") }

    /// `top_p` to `topP`.
    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}
