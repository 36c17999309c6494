import Generation
import YAMLReading

/// The settings of one person: the values that config.yaml has, each with its line, and the problems of the file.
///
/// Reading never fails. A value that is wrong is left out and noted, so the rest of the file counts.
public struct UserSettings: Sendable {
    /// A value, and the line of the file that it is on.
    public struct Entry: Sendable, Hashable {
        public var value: SettingValue
        public var line: Int
    }

    /// The path of the file.
    public let file: String
    /// False if there is no file.
    public internal(set) var isThere = true
    public internal(set) var entries: [SettingKey: Entry] = [:]
    /// Problems, in the order of the file.
    public internal(set) var problems: [FileProblem] = []
    /// Keys that are accepted and not used by this version, in the order of the file.
    public internal(set) var unused: [FileProblem] = []

    init(file: String) { self.file = file }

    /// The value of a key: that of the file, or the program's.
    public func value(_ key: SettingKey) -> SettingValue? { entries[key]?.value ?? key.setting?.defaultValue }

    /// The model that the file names; `nil` if it names none.
    public var model: Entry? { entry("model") }

    /// The name or path of that model.
    public var modelName: String? {
        guard case .value(.text(let name?)) = model?.value else { return nil }
        return name
    }

    /// More folders with models, as they are written.
    public var modelFolders: [String] {
        guard case .value(.texts(let folders)) = entry("models.folders")?.value else { return [] }
        return folders
    }

    /// True if models that other programs keep are found and used.
    public var usesCaches: Bool { entry("models.use_caches")?.value != .flag(false) }

    /// The models behind names of the user's own.
    public var aliases: [String: String] {
        var aliases: [String: String] = [:]
        for (key, entry) in entries where key.name == SettingKey.aliasSetting {
            if let name = key.modelName, case .value(.text(let model?)) = entry.value { aliases[name] = model }
        }
        return aliases
    }

    /// The servers that write drafts, in the order of the file.
    public var endpoints: [EndpointSettings] {
        guard case .endpoints(let endpoints) = entry("endpoints")?.value else { return [] }
        return endpoints
    }

    /// True if the studio draws with ASCII characters alone.
    public var usesASCII: Bool { entry("studio.ascii")?.value == .flag(true) }

    /// The writer's words: banned, required, and written in one way.
    public var lexicon: Lexicon { Self.lexicon(of: entries) }

    static func lexicon(of entries: [SettingKey: Entry]) -> Lexicon {
        func value(_ name: String) -> SettingValue? { Setting.named(name).flatMap { entries[SettingKey($0)]?.value } }
        var lexicon = Lexicon()
        if case .value(.texts(let words)) = value("lexicon.banned") { lexicon.banned = words }
        if case .requiredWords(let words) = value("lexicon.must") { lexicon.must = words }
        if case .value(.texts(let names)) = value("lexicon.casing") { lexicon.casing = names }
        return lexicon
    }

    /// What the writer says of the brand, for the fields that many templates share.
    public var brand: BrandProfile {
        var values: [BrandProfile.Field: String] = [:]
        for field in BrandProfile.Field.allCases {
            if case .value(.text(let text?)) = entry("brand.\(field.rawValue)")?.value { values[field] = text }
        }
        return BrandProfile(values)
    }

    /// Overrides of sampling options for any model.
    public var sampling: SamplingOverrides { overrides { $0.modelName == nil } }

    /// Overrides for the model of a name alone.
    public func sampling(forModel name: String) -> SamplingOverrides { overrides { $0.modelName == name } }

    /// The names of the models that have settings of their own, sorted.
    public var modelNames: [String] {
        Set(entries.keys.filter { $0.name != SettingKey.aliasSetting }.compactMap(\.modelName)).sorted()
    }

    private func entry(_ name: String) -> Entry? { Setting.named(name).flatMap { entries[SettingKey($0)] } }

    private func overrides(_ matches: (SettingKey) -> Bool) -> SamplingOverrides {
        var overrides = SamplingOverrides()
        for (key, entry) in entries where matches(key) {
            if let option = key.setting?.option, case .value(let value) = entry.value {
                overrides.set(option, to: value)
            }
        }
        return overrides
    }
}
