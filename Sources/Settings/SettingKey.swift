import Generation

/// The name of one value: a setting, and for settings of a model the model's name.
///
/// A model's name may have dots in it. No option's name has, so a key is read from both ends.
public struct SettingKey: Sendable, Hashable, CustomStringConvertible {
    /// The name of the setting in the table.
    public let name: String
    /// The name of the model, or of the alias; `nil` if the setting is not of one.
    public let modelName: String?

    /// - Parameter modelName: given if the setting's path has the name of a model in it.
    init(_ setting: Setting, modelName: String? = nil) {
        name = setting.name
        self.modelName = setting.isPerModel ? modelName : nil
    }

    /// Reads `sampling.temperature` or `per_model.gemma-3-1b.sampling.top_k`.
    /// - Throws: `SettingKeyError`, with the nearest name.
    public init(_ text: String) throws(SettingKeyError) {
        if let setting = Setting.all.first(where: { $0.name == text && !$0.isPerModel }) {
            self.init(setting)
            return
        }
        for setting in Setting.all where setting.isPerModel {
            let (before, after) = setting.namesAroundModel
            guard text.hasPrefix(before), text.hasSuffix(after) else { continue }
            let modelName = text.dropFirst(before.count).dropLast(after.count)
            guard !modelName.isEmpty, before.count + modelName.count + after.count == text.count else { continue }
            self.init(setting, modelName: String(modelName))
            return
        }
        throw SettingKeyError(name: text)
    }

    /// The name in the table of the models behind names of the user's own.
    static let aliasSetting = "aliases.NAME"

    /// The setting of an alias; `nil` for an empty name.
    public static func alias(_ name: String) -> SettingKey? { try? SettingKey("aliases.\(name)") }

    public var setting: Setting? { Setting.named(name) }

    /// The keys from the root of the file to the value.
    public var path: [String] {
        (setting?.path ?? []).map { step in
            switch step {
            case .key(let key): key
            case .modelName: modelName ?? ""
            }
        }
    }

    public var description: String { path.joined(separator: ".") }
}

extension Setting {
    public static func named(_ name: String) -> Setting? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// `per_model.` and `.sampling.top_k`.
    fileprivate var namesAroundModel: (before: String, after: String) {
        let place = path.firstIndex(of: .modelName) ?? path.endIndex
        let before = path[..<place].map { $0.text + "." }.joined()
        let after = path[place...].dropFirst().map { "." + $0.text }.joined()
        return (before, after)
    }
}

/// A name that no setting has.
public struct SettingKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    public let name: String

    public var description: String {
        let start = "There is no setting \(OptionLine.quoted(name))."
        if !below.isEmpty { return "\(start) The settings below it are \(below.joined(separator: ", "))." }
        if let nearest { return "\(start) Did you mean '\(nearest)'?" }
        return "\(start) Choose one from the list of settings."
    }

    /// True if the name is like no other, so that only the list of settings helps.
    public var isUnlikeAny: Bool { below.isEmpty && nearest == nil }

    private var below: [String] {
        Setting.all.filter { $0.name.hasPrefix(name + ".") && $0.kind != .later }.map(\.name)
    }

    private var nearest: String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if let first = parts.first, let last = parts.last, parts.count >= 4, first == "per_model" {
            // The model's name is the person's own; only the rest can be misspelled.
            let names = Setting.all.filter(\.isPerModel).compactMap { $0.option?.name }
            let modelName = parts.dropFirst().dropLast(2).joined(separator: ".")
            return modelName.isEmpty
                ? nil : NearestName.to(last, among: names).map { "per_model.\(modelName).sampling.\($0)" }
        }
        let names = Setting.all.filter { !$0.isPerModel }.map(\.name)
        // `temperature` alone is most likely the one below sampling.
        if let whole = names.first(where: { $0.hasSuffix("." + name) }) { return whole }
        return NearestName.to(name, among: names)
    }
}
