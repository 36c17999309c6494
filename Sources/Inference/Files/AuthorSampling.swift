// The sampling options that the author of a model recommends in its files.
// - GGUF files have them in keys, model folders in generation_config.json; one table has both names.
// - A value that its option does not take is passed over with a note; reading never fails because of a value.

import Generation

/// The recommended options of one model, and notes on the values that do not count.
public struct AuthorSampling: Sendable, Equatable {
    public private(set) var overrides = SamplingOverrides()
    /// A sentence for each value that is passed over, or that has no option here.
    public private(set) var notes: [String] = []

    public init() {}

    /// Reads the keys of a GGUF file.
    init(metadataOf file: some ModelSource) {
        for row in AuthorOption.all {
            guard let value = file.metadata[row.key] else { continue }
            take(AuthorValue(value), as: row, named: row.key, path: file.path)
        }
        let known = Set(AuthorOption.all.map(\.key))
        for key in file.metadata.keys.sorted() where key.hasPrefix(AuthorOption.prefix) && !known.contains(key) {
            notes.append("\(file.path): \(key) is not used, because there is no such option here.")
        }
    }

    /// Reads the values of generation_config.json.
    init(_ fields: JSONFields) {
        for row in AuthorOption.all {
            guard let name = row.names.first(where: { fields.value($0) != nil }), let value = fields.value(name) else {
                continue
            }
            take(AuthorValue(value), as: row, named: name, path: fields.path)
        }
        if case .bool(false)? = fields.value("do_sample"), let temperature = SamplingOption.named("temperature") {
            overrides.set(temperature, to: .number(0))  // always the most likely token, whatever else stands there
        }
        notes += AuthorOption.unusedNames(in: fields)
    }

    /// For a generation_config.json that cannot be read.
    init(unreadable error: any Error) { notes = ["\(error)"] }

    /// The same options as keys of a GGUF file.
    var metadata: [String: MetadataValue] {
        var metadata: [String: MetadataValue] = [:]
        for row in AuthorOption.all {
            switch overrides[row.option] {
            case .number(let number): metadata[row.key] = .float32(number)
            case .count(let count): metadata[row.key] = .int32(Int32(clamping: count))
            case .texts(let texts): metadata[row.key] = .array(.init(strings: .init(texts.map { Array($0.utf8) })))
            case .biases(let biases): metadata[row.key] = .array(.init(integers: biases.keys.sorted()))
            default: break
            }
        }
        return metadata
    }

    private mutating func take(_ value: AuthorValue, as row: AuthorOption, named name: String, path: String) {
        guard let option = SamplingOption.named(row.option) else { return }
        if let read = value.value(of: option), option.takes(read) {
            overrides.set(option, to: read)
        } else {
            notes.append(
                "\(path): \(name) is \(value.shownText), and \(option.name) takes \(option.kind.takes). "
                    + "The value is passed over.")
        }
    }
}

/// One option that the files of a model can have a value for.
struct AuthorOption: Sendable {
    /// Its name in `SamplingOption`.
    let option: String
    /// Its key in GGUF files: llama.cpp's if it has one (gguf-py, constants.py, "Recommended Sampler Parameters").
    let key: String
    /// Its names in generation_config.json: transformers' own, then those that llama.cpp's converter copies from there.
    let names: [String]

    static let prefix = "general.sampling."

    private init(_ option: String, _ key: String, _ names: String...) {
        self.option = option
        self.key = key.contains(".") ? key : Self.prefix + key
        self.names = names
    }

    static let all: [AuthorOption] = [
        AuthorOption("temperature", "temp", "temperature"),
        AuthorOption("top_k", "top_k", "top_k"),
        AuthorOption("top_p", "top_p", "top_p"),
        AuthorOption("min_p", "min_p", "min_p"),
        AuthorOption("repetition_penalty", "penalty_repeat", "repetition_penalty", "penalty_repeat"),
        AuthorOption("penalty_window", "penalty_last_n", "penalty_last_n"),
        AuthorOption("xtc_probability", "xtc_probability", "xtc_probability"),
        AuthorOption("xtc_threshold", "xtc_threshold", "xtc_threshold"),
        AuthorOption("mirostat", "mirostat", "mirostat"),
        AuthorOption("mirostat_tau", "mirostat_tau", "mirostat_tau"),
        AuthorOption("mirostat_eta", "mirostat_eta", "mirostat_eta"),
        AuthorOption("logit_bias", "tokenizer.ggml.suppress_tokens", "suppress_tokens"),
        // llama.cpp has no keys for these; a file that was made here keeps them under the names of the options.
        AuthorOption("typical_p", "typical_p", "typical_p"),
        AuthorOption("epsilon_cutoff", "epsilon_cutoff", "epsilon_cutoff"),
        AuthorOption("eta_cutoff", "eta_cutoff", "eta_cutoff"),
        AuthorOption("no_repeat_ngram_size", "no_repeat_ngram_size", "no_repeat_ngram_size"),
        AuthorOption("min_tokens", "min_tokens", "min_new_tokens"),
        AuthorOption("stop", "stop_strings", "stop_strings"),
    ]

    /// Settings of generation_config.json that change the text in transformers and have no option here; the number is
    /// the one that changes nothing.
    private static let unused: [(name: String, neutral: Double?)] = [
        ("num_beams", 1), ("guidance_scale", 1), ("penalty_alpha", 0), ("encoder_repetition_penalty", 1),
        ("begin_suppress_tokens", nil), ("bad_words_ids", nil), ("sequence_bias", nil), ("sequence", nil),
    ]

    /// A sentence for each setting that is there and does not count.
    static func unusedNames(in fields: JSONFields) -> [String] {
        var notes: [String] = []
        for name in ["max_new_tokens", "max_length"] {
            guard let value = fields.value(name) else { continue }
            notes.append(
                "\(fields.path): \(name) (\(AuthorValue(value).shownText)) is not used, because the template and you say how long a "
                    + "draft may get.")
        }
        for (name, neutral) in unused {
            guard let value = fields.value(name) else { continue }
            if let neutral, value.double == neutral { continue }
            if value.items?.isEmpty == true { continue }
            notes.append("\(fields.path): \(name) is not used, because there is no such option here.")
        }
        return notes
    }
}

/// A value in the files of a model, whatever their format.
enum AuthorValue: Equatable {
    /// Longer lists are passed over, because no author means them.
    private static let mostItems = 100_000

    case number(Double)
    case texts([String])
    case tokens([Int])
    /// Any other value, in words.
    case other(String)

    init(_ value: MetadataValue) {
        if let number = value.number {
            self = .number(number)
        } else if case .string(let bytes) = value, let text = String(validating: bytes, as: UTF8.self) {
            self = .texts([text])
        } else if case .array(let array) = value, array.count > Self.mostItems {
            self = .other("a list of \(array.count) values")
        } else if case .array(let array) = value, let integers = array.integers, array.elementType != .bool {
            self = .tokens(integers)
        } else if case .array(let array) = value, let strings = array.strings {
            let texts = (0..<strings.count).compactMap { String(validating: strings[$0], as: UTF8.self) }
            self = texts.count == strings.count ? .texts(texts) : .other("a list of texts that are not UTF-8")
        } else {
            self = .other(value.typeName)
        }
    }

    init(_ json: JSONValue) {
        if let number = json.double {
            self = .number(number)
        } else if let text = json.text {
            self = .texts([text])
        } else if let items = json.items, items.count > Self.mostItems {
            self = .other("a list of \(items.count) values")
        } else if let items = json.items, case let integers = items.compactMap(\.int), integers.count == items.count {
            self = .tokens(integers)
        } else if let items = json.items, case let texts = items.compactMap(\.text), texts.count == items.count {
            self = .texts(texts)
        } else {
            self = .other(json.shortText)
        }
    }

    /// The value for an option, with the meanings that llama.cpp gives to negative numbers; `nil` if it has another type.
    func value(of option: SamplingOption) -> SamplingValue? {
        switch (option.kind, self) {
        case (.number, .number(let number)):
            return .number(option.name == "temperature" ? max(Float(number), 0) : Float(number))
        case (.count(let range), .number(let number)):
            guard let count = Int(exactly: number) else { return nil }
            switch option.name {
            case "top_k": return .count(max(count, 0))  // all tokens
            case "penalty_window": return .count(count == -1 ? range.upperBound : count)  // the whole text
            default: return .count(count)
            }
        case (.oneOf, .number(let number)): return Int(exactly: number).map(SamplingValue.count)
        case (.texts, .texts(let texts)): return .texts(texts.filter { !$0.isEmpty })
        case (.texts, .tokens([])): return .texts([])
        case (.biases(let range), .tokens(let tokens)):
            return .biases(Dictionary(tokens.map { ($0, range.lowerBound) }, uniquingKeysWith: { first, _ in first }))
        default: return nil
        }
    }

    /// For sentences; a long value is named by its kind.
    var shownText: String {
        switch self {
        case .number(let number): SamplingValue.text(of: Float(number))
        case .texts(let texts) where texts.count == 1: OptionLine.quoted(texts[0])
        case .texts: "a list of texts"
        case .tokens: "a list of numbers"
        case .other(let words): words
        }
    }
}
