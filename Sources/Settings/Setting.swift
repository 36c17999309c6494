// The table of all settings: everything that reading, `copydesk config`, docs/settings.md and the hints know of them.
// - A name is a path of keys; `NAME` in it stands for the name of a model, or of an alias.
// - After a change, `docs/settings.md` has to be made again; its test says how.

import Generation

/// One row of the table.
public struct Setting: Sendable, Identifiable {
    /// The values that a setting takes.
    public enum Kind: Sendable, Hashable {
        /// The values of a sampling option of this kind.
        case value(SamplingOption.Kind)
        /// true or false.
        case flag
        /// Words, each of which may say in how many variants it must occur.
        case requiredWords
        /// Servers that write drafts; each is a map of its own.
        case endpoints
        /// Known, and not used by this version: any value is accepted and none is looked at.
        case later
    }

    /// One step of the path to a value.
    public enum Step: Sendable, Hashable {
        case key(String)
        /// The name of a model, or of an alias.
        case modelName
    }

    public let path: [Step]
    public let kind: Kind
    /// The program's value if the file has none; `nil` for no value.
    public let defaultValue: SettingValue?
    /// A value that changes something, for documents and tests.
    public let example: SettingValue?
    /// Its effect, in a sentence.
    public let help: String
    /// The sampling option that it sets, if any.
    public let option: SamplingOption?

    /// `sampling.temperature`, `per_model.NAME.sampling.temperature`.
    public var name: String { path.map(\.text).joined(separator: ".") }
    public var id: String { name }

    /// True if its path has a name in it that the user chose: of a model, or of an alias.
    public var isPerModel: Bool { path.contains(.modelName) }

    private init(
        _ path: [Step], _ kind: Kind, default defaultValue: SettingValue? = nil, example: SettingValue? = nil,
        help: String, option: SamplingOption? = nil
    ) {
        self.path = path
        self.kind = kind
        self.defaultValue = defaultValue
        self.example = example
        self.help = help
        self.option = option
    }

    public static let all: [Setting] = own + lexicon + brand + sampling + samplingPerModel + later

    private static let own: [Setting] = [
        Setting(
            [.key("model")], .value(.text), default: .value(.text("built-in")),
            example: .value(.text("qwen2.5-1.5b-q4_k_m")),
            help:
                "The model that writes: a name from the list of models, ENDPOINT/MODEL for one of a server, or the path "
                + "of a file or folder."),
        Setting(
            [.key("models"), .key("folders")], .value(.texts(allowsBlank: false)), default: .value(.texts([])),
            example: .value(.texts(["~/models"])),
            help: "More folders with models, after the program's own; ~/ is your home folder."),
        Setting(
            [.key("models"), .key("use_caches")], .flag, default: .flag(true), example: .flag(false),
            help: "Models that other programs keep on this machine are found and used where they are."),
        Setting(
            [.key("aliases"), .modelName], .value(.text), example: .value(.text("local/qwen2.5-7b-instruct")),
            help: "A short name of your own for a model, which may be one of a server."),
        Setting(
            [.key("endpoints")], .endpoints, default: .endpoints([]), example: .endpoints([Self.exampleEndpoint]),
            help: "Servers that write drafts."),
        Setting(
            [.key("studio"), .key("ascii")], .flag, default: .flag(false), example: .flag(true),
            help: "The studio draws with ASCII characters alone."),
    ]

    private static var exampleEndpoint: EndpointSettings {
        EndpointSettings(name: "local", url: "http://127.0.0.1:8080/v1")
    }

    private static let lexicon: [Setting] = [
        Setting(
            [.key("lexicon"), .key("banned")], .value(.texts(allowsBlank: false)), default: .value(.texts([])),
            example: .value(.texts(["synergy", "game-chang*"])),
            help: "Words and phrases that no draft contains, in none of their inflections; synerg* is every word that "
                + "begins so."),
        Setting(
            [.key("lexicon"), .key("must")], .requiredWords, default: .requiredWords([]),
            example: .requiredWords([.init(word: "loose-leaf"), .init(word: "Kettle & Vine", variantCount: 2)]),
            help: "Words and phrases that every draft contains, or at least so many of its variants."),
        Setting(
            [.key("lexicon"), .key("casing")], .value(.texts(allowsBlank: false)), default: .value(.texts([])),
            example: .value(.texts(["Kettle & Vine"])),
            help: "Names that are written exactly so, wherever a draft has them."),
    ]

    private static let brand: [Setting] = [
        (BrandProfile.Field.product, "Kettle & Vine, a subscription for loose-leaf tea", "The product"),
        (.audience, "people who work from home", "The readers"), (.tone, "warm", "The tone"),
        (.benefit, "a new tea every month", "The benefit"),
    ].map { field, example, name in
        Setting(
            [.key("brand"), .key(field.rawValue)], .value(.text), example: .value(.text(example)),
            help: "\(name) with which the field '\(field.rawValue)' of every template begins.")
    }

    private static let sampling: [Setting] = SamplingOption.all.map { option in
        Setting(
            [.key("sampling"), .key(option.name)], .value(option.kind), default: .value(option.defaultValue),
            example: .value(option.example), help: option.help, option: option)
    }

    private static let samplingPerModel: [Setting] = SamplingOption.all.map { option in
        Setting(
            [.key("per_model"), .modelName, .key("sampling"), .key(option.name)], .value(option.kind),
            example: .value(option.example), help: option.help, option: option)
    }

    private static let later: [Setting] = [
        Setting([.key("studio"), .key("language")], .later, help: "The language of the studio."),
        Setting([.key("studio"), .key("theme")], .later, help: "The colours of the studio."),
        Setting([.key("studio"), .key("mouse")], .later, help: "The mouse in the studio."),
    ]
}

extension Setting.Step {
    var text: String {
        switch self {
        case .key(let key): key
        case .modelName: "NAME"
        }
    }
}

/// The value of a setting.
public enum SettingValue: Sendable, Hashable {
    case value(SamplingValue)
    case flag(Bool)
    case requiredWords([Lexicon.Required])
    case endpoints([EndpointSettings])

    /// A list with the elements of another one; of other values the later one.
    public func joined(with more: SettingValue) -> SettingValue {
        switch (self, more) {
        case (.value(let value), .value(let more)): .value(value.joined(with: more))
        case (.requiredWords(let words), .requiredWords(let more)): .requiredWords(words + more)
        case (.endpoints(let endpoints), .endpoints(let more)): .endpoints(endpoints + more)
        default: more
        }
    }
}

extension SettingValue: Encodable {
    private struct Word: Encodable {
        var word: String
        /// `nil`: in all variants.
        var variants: Int?

        private enum Key: String, CodingKey {
            case word
            case variants = "in"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(word, forKey: .word)
            try container.encode(variants, forKey: .variants)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .value(let value): try value.encode(to: encoder)
        case .flag(let flag): try flag.encode(to: encoder)
        case .requiredWords(let words):
            try words.map { Word(word: $0.word, variants: $0.variantCount) }.encode(to: encoder)
        case .endpoints(let endpoints): try endpoints.map { EndpointFacts($0) }.encode(to: encoder)
        }
    }

    /// On one line of YAML: `0.8`, `["one", "two"]`, `true`.
    public var yamlText: String {
        switch self {
        case .endpoints(let endpoints): "[\(endpoints.map(\.yamlText).joined(separator: ", "))]"
        case .value(let value): SamplingOption.yamlText(of: value)
        case .flag(let flag): flag ? "true" : "false"
        case .requiredWords(let words): "[\(words.map(\.yamlText).joined(separator: ", "))]"
        }
    }
}

extension SettingValue {
    /// As `yamlText`, for people and logs: the values of headers and of extra fields may be secrets and are not in it.
    public var shownText: String {
        guard case .endpoints(let endpoints) = self else { return yamlText }
        return "[\(endpoints.map(\.shownText).joined(separator: ", "))]"
    }
}

extension Setting.Kind {
    /// The values it takes, after "takes": `a number from 0 to 5`.
    public var takes: String {
        switch self {
        case .value(let kind): kind.takes
        case .flag: "true or false"
        case .requiredWords: "words, or {word: tea, in: 2} for a word that at least 2 variants contain"
        case .endpoints: "servers, each with a name and a url"
        case .later: "nothing yet"
        }
    }

    /// True if a value has several parts, which a shell gives one by one.
    public var isList: Bool {
        switch self {
        case .value(let kind): kind.isList
        case .requiredWords, .endpoints: true
        case .flag, .later: false
        }
    }
}
