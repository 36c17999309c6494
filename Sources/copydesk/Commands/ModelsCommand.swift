import ArgumentParser
import Foundation
import Generation
import Models
import Settings
import Text

/// Shows the available models, and gets more.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show the available models, and get more.",
        discussion: """
            copydesk models pull Qwen/Qwen3-0.6B-GGUF:Q8_0   download one
            copydesk models list --endpoints                 those of servers too
            """,
        subcommands: [
            List.self, Show.self, Default.self, ModelsAliasCommand.self, ModelsPullCommand.self,
            ModelsSearchCommand.self, ModelsImportCommand.self, ModelsRemoveCommand.self, QuantizeCommand.self,
            ModelsExportCommand.self, ModelsMergeCommand.self,
        ],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the built-in model, those in the models folder, and those that other programs keep.",
            discussion: """
                With --endpoints the models of all servers are listed too, as ENDPOINT/MODEL; a server that does not answer \
                within seconds is named on standard error. JSON: {"models": [{"name", "path", "origin", "architecture", \
                …}, …], "aliases": {"name": "model"}}, with the origins built-in, own, folder, hugging-face, llama.cpp, \
                ollama, lm-studio and endpoint.
                """)

        @OptionGroup var shared: SharedOptions
        @Flag(help: "Also ask the servers for their models.") var endpoints = false
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            var models: [ModelDescription]
            var aliases: [String: String]
        }

        func run() throws {
            let library = shared.modelLibrary
            var models = library.list()
            var lines = models.map { ($0.name, Self.line(of: $0)) }
            if endpoints {
                for answer in EndpointAnswers.ask(shared.endpoints, shared.keyLookup) {
                    if let problem = answer.problem {
                        Console.printError("copydesk: \(answer.endpoint.name): \(problem)")
                    }
                    models += answer.models
                    lines += answer.models.map { ($0.name, answer.line(of: $0)) }
                }
            }
            if json { return try Console.printJSON(Report(models: models, aliases: library.aliases)) }
            // A file's name may hold a line feed.
            lines = lines.map { (TerminalText.onOneLine($0), $1) }
            lines += library.aliases.sorted { $0.key < $1.key }.map { ($0.key, "alias of \($0.value)") }
            let width = lines.map(\.0.count).max() ?? 0
            for (name, text) in lines {
                let padding = String(repeating: " ", count: width - name.count)
                try Console.print("\(name)\(padding)  \(TerminalText.onOneLine(text))")
            }
            Console.printError(
                "Other models: copydesk models pull OWNER/REPO, or put GGUF files and model folders into "
                    + "\(library.folder), or name one with -m.")
        }

        /// The facts about a model, and the program that keeps it.
        private static func line(of model: ModelDescription) -> String {
            model.summary + (model.origin.programName.map { " (of \($0))" } ?? "")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one model: its numbers and the facts in its file.",
            discussion: """
                "sampling" are the options that the author of the model recommends in its files; your settings, a template \
                and -o come before them. JSON: {"model": {"name", "path", "architecture", "sampling": {…}, …}}.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("A model (default: the one that writes).", valueName: "file|name"))
        var name: String?
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable { var model: ModelDescription }

        func run() throws {
            let model =
                try name.map { try shared.modelLibrary.describe(shared.withAdapters($0)) }
                ?? shared.namingSettings { try shared.modelLibrary.describe(shared.model) }
            if json { return try Console.printJSON(Report(model: model)) }
            func line(_ label: String, _ value: Any?) throws {
                guard let value else { return }
                try Console.print(
                    label + String(repeating: " ", count: 15 - label.count) + TerminalText.onOneLine("\(value)"))
            }
            try line("name", model.name)
            try line("title", model.title)
            try line("file", model.path ?? "inside the program")
            try line("kept by", model.origin.programName)
            try line("architecture", model.architecture)
            try line("parameters", model.parameters)
            try line("bytes", model.bytes)
            try line("element type", model.elementType)
            try line("context", model.contextLength)
            try line("layers", model.layers)
            try line("width", model.width)
            try line("vocabulary", model.vocabulary)
            if let adapter = model.adapter {
                try line("adapter of", adapter.base)
                let (least, greatest) = (adapter.leastRank, adapter.greatestRank)
                try line("rank", least == greatest ? "\(least)" : "\(least) to \(greatest)")
                return try line("matrices", adapter.matrices)
            }
            try line("chat template", model.hasChatTemplate == true ? "yes" : "no: templates use their completion form")
            try line("license", model.license)
            try line("sampling", model.sampling.map(Self.text(of:)))
            for note in model.samplingNotes ?? [] { Console.printError("copydesk: \(note)") }
        }

        /// The options of the model's author, in the order of the table.
        private static func text(of sampling: SamplingOverrides) -> String {
            SamplingOption.all.compactMap { option in
                sampling[option.name].map { "\(option.name) \(SamplingOption.yamlText(of: $0))" }
            }.joined(separator: ", ")
        }
    }

    struct Default: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "default",
            abstract: "Set the model that writes without -m, or print it. The studio opens the one last chosen in it.",
            discussion: """
                It is `model` in config.yaml; see: copydesk config. A model of a server is named as ENDPOINT/MODEL; the \
                server is not asked.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("A model; without it the present one is printed.", valueName: "file|name"))
        var name: String?

        func run() throws {
            guard let name else { return try Console.print(shared.model ?? ModelLibrary.builtInName) }
            let value = try shared.lastingName(of: name)
            let key = try SettingKey.named("model")
            try SettingsFile.change(shared.paths.settings) { try $0.setting(key, to: .value(.text(value))) }
        }
    }
}

extension SharedOptions {
    /// The name of a model as config.yaml keeps it, which is read from any working folder: a path begins at the root.
    /// - Throws: if there is no such model. A server is not asked, but its key and the rest of its settings are checked.
    func lastingName(of name: String) throws -> String {
        let choice = ModelChoice(name)
        if !choice.adapters.isEmpty, modelLibrary.aliases[name] == nil, try modelLibrary.open(name).isAdapted {
            let adapters = choice.adapters.map { adapter in
                let isName = modelLibrary.entryNames.contains(adapter.name) || modelLibrary.aliases[adapter.name] != nil
                return isName ? adapter : ModelChoice.Adapter(TextFile.absolute(adapter.text))
            }
            return ModelChoice(base: try lastingName(of: choice.base), adapters: adapters).text
        }
        let target = try modelLibrary.withoutAlias(name) ?? name
        if let (endpoint, model) = endpointBook().find(target) {
            guard !model.isEmpty else { throw ModelLibraryError.noServerModel(endpoint: endpoint.name) }
            return name
        }
        _ = try modelLibrary.open(name)
        let isName = modelLibrary.aliases[name] != nil || modelLibrary.entryNames.contains(name)
        return isName ? name : TextFile.absolute(name)
    }
}

extension ModelLibrary {
    /// Every name that opens a model.
    fileprivate var entryNames: Set<String> {
        Set(names + list().flatMap { $0.otherNames ?? [] })
    }
}
