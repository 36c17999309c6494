import ArgumentParser
import Generation
import Settings

extension SettingKey {
    /// Reads a name of the command line.
    /// - Throws: a `ValidationError` with the nearest name, or for a setting that this version does not use.
    static func named(_ text: String) throws -> SettingKey {
        let key: SettingKey
        do {
            key = try SettingKey(text)
        } catch {
            throw ValidationError(Console.sentence(of: error))
        }
        if key.setting?.kind == .later { throw ValidationError("\(SettingsEditError.unused(name: key.name))") }
        return key
    }

    /// Reads the value that `config set` is given, one part of a list in each argument.
    /// - Throws: a `ValidationError` with the values that the setting takes, and an example.
    func value(from arguments: [String]) throws -> SettingValue {
        guard let setting else { throw ValidationError("There is no setting '\(self)'.") }
        func refuse(_ reason: String) -> ValidationError {
            let words = (setting.example?.parts ?? []).map(ShellWord.of).joined(separator: " ")
            return ValidationError("\(reason) Give it as: copydesk config set \(self) \(words)")
        }
        if setting.kind == .endpoints {
            throw ValidationError(
                "A server has several values, so this command does not set it. Add one with: "
                    + "copydesk endpoints add local http://127.0.0.1:8080/v1")
        }
        guard let first = arguments.first else {
            throw refuse("\(self) takes \(setting.kind.takes), and no value is given.")
        }
        guard setting.kind.isList || arguments.count == 1 else {
            throw refuse("\(self) takes one value, and \(arguments.count) are given.")
        }
        func wrong(_ text: String) -> ValidationError {
            refuse("\(self) takes \(setting.kind.takes), and \(OptionLine.quoted(text)) is not one.")
        }
        switch setting.kind {
        case .endpoints, .later: throw ValidationError("\(SettingsEditError.unused(name: setting.name))")
        case .flag:
            guard let flag = ["true": true, "yes": true, "false": false, "no": false][first.lowercased()] else {
                throw wrong(first)
            }
            return .flag(flag)
        case .value(let kind):
            let parts = try arguments.map { argument in
                guard let part = kind.value(of: argument) else { throw wrong(argument) }
                return part
            }
            return .value(parts.dropFirst().reduce(parts[0]) { $0.joined(with: $1) })
        case .requiredWords:
            return .requiredWords(
                try arguments.map { argument in
                    guard let word = Lexicon.Required(part: argument) else { throw wrong(argument) }
                    return word
                })
        }
    }
}

extension SettingValue {
    /// The parts that a shell gives one by one.
    var parts: [String] {
        switch self {
        case .flag(let flag): [flag ? "true" : "false"]
        case .value(let value): value.parts
        case .requiredWords(let words): words.map(\.part)
        case .endpoints(let endpoints): endpoints.map(\.shownText)
        }
    }
}
