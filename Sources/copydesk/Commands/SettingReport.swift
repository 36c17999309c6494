import Generation
import Settings
import YAMLReading

/// One setting as `config list` and `config get` print it.
struct SettingReport: Encodable {
    var name: String
    /// `null` in JSON for no value.
    var value: SettingValue?
    var `default`: SettingValue?
    /// The line of config.yaml; `null` in JSON for a default.
    var line: Int?

    init(_ key: SettingKey, in settings: UserSettings) {
        name = key.description
        value = settings.value(key)
        self.default = key.setting?.defaultValue
        line = settings.entries[key]?.line
    }

    /// Every setting, and those of models that the file has.
    static func all(of settings: UserSettings) -> [SettingReport] {
        let keys = Setting.all.compactMap { setting -> [SettingKey]? in
            guard setting.kind != .later else { return nil }
            guard setting.isPerModel else { return (try? SettingKey(setting.name)).map { [$0] } }
            return settings.entries.keys.filter { $0.name == setting.name }.sorted { $0.description < $1.description }
        }
        return keys.joined().map { SettingReport($0, in: settings) }
    }

    private enum Key: CodingKey { case name, value, `default`, line }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(self.default, forKey: .default)
        try container.encode(line, forKey: .line)
    }

    /// The value as config.yaml has it; a long one is cut.
    var shortText: String {
        guard let value, value != .value(.text(nil)) else { return "none" }
        let text = value.shownText
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}

struct ProblemReport: Encodable {
    var line: Int
    var column: Int
    var reason: String

    init(_ problem: FileProblem) { (line, column, reason) = (problem.line, problem.column, problem.reason) }
}

struct SettingsReport: Encodable {
    var file: String
    var settings: [SettingReport]
    var problems: [ProblemReport]
    var unused: [ProblemReport]
}
