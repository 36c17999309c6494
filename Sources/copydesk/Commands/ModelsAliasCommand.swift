import ArgumentParser
import Foundation
import Generation
import Models
import Settings

/// Short names for models.
struct ModelsAliasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alias",
        abstract: "Give a model a short name of your own, or list these names.",
        discussion: """
            copydesk models alias fast local/qwen2.5-7b-instruct
            copydesk generate slogan -p product=tea -m fast
            copydesk models alias --remove fast

            They stand in config.yaml, as `aliases`. JSON: {"aliases": {"name": "model"}}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: "The new name; without it the names are listed.") var name: String?
    @Argument(help: ArgumentHelp("The model that it stands for.", valueName: "file|name")) var target: String?
    @Option(help: ArgumentHelp("Remove a name.", valueName: "name")) var remove: String?
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable { var aliases: [String: String] }

    func validate() throws {
        if remove != nil, name != nil { throw ValidationError("Give a name and a model, or --remove NAME, not both.") }
        if let name, target == nil {
            throw ValidationError(
                "'\(name)' needs the model that it stands for. Give it as: copydesk models alias \(ShellWord.of(name)) MODEL"
            )
        }
        if let name, let target, let problem = AliasRules.problem(ofName: name, model: target) {
            throw ValidationError(problem)
        }
    }

    func run() throws {
        if let remove { return try removeAlias(remove) }
        guard let name, let target else { return try list() }
        let library = shared.modelLibrary
        if library.names.contains(name) {
            throw Failure("There is a model '\(name)', which the alias would hide. Choose another name.")
        }
        if shared.endpoints.contains(where: { $0.name == name }) {
            throw Failure(
                "There is an endpoint '\(name)', and an alias of that name would be taken for it. Choose another name.")
        }
        guard let key = SettingKey.alias(name) else { throw Failure("An alias needs a name. Give it one.") }
        let value = try shared.lastingName(of: target)
        try checkLoop(name, value)
        try SettingsFile.change(shared.paths.settings) { try $0.setting(key, to: .value(.text(value))) }
    }

    /// - Throws: if the name would lead back to itself.
    private func checkLoop(_ name: String, _ value: String) throws {
        let aliases = shared.modelLibrary.aliases
        var target = value
        var seen: Set<String> = [name]
        while let next = aliases[target] {
            guard seen.insert(target).inserted else { break }
            target = next
        }
        guard !seen.contains(target) else {
            throw Failure("'\(value)' is an alias that leads back to '\(name)'. Name a model.")
        }
    }

    private func list() throws {
        let aliases = shared.installation.settings.aliases
        if json { return try Console.printJSON(Report(aliases: aliases)) }
        if aliases.isEmpty {
            return Console.printError("There are no aliases. Set one with: copydesk models alias NAME MODEL")
        }
        let width = aliases.keys.map(\.count).max() ?? 0
        for (name, model) in aliases.sorted(by: { $0.key < $1.key }) {
            try Console.print(name + String(repeating: " ", count: width - name.count) + "  \(model)")
        }
    }

    private func removeAlias(_ name: String) throws {
        let aliases = shared.installation.settings.aliases
        guard aliases[name] != nil, let key = SettingKey.alias(name) else {
            let nearest = NearestName.to(name, among: Array(aliases.keys)).map { " Did you mean '\($0)'?" }
            throw Failure("There is no alias '\(name)'." + (nearest ?? " `copydesk models alias` lists them."))
        }
        try SettingsFile.change(shared.paths.settings) { try $0.removing(key) }
    }
}
