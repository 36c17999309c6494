import ArgumentParser
import Foundation
import Generation
import Models
import Settings

/// Shows the available models.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show the available models.",
        subcommands: [List.self, Show.self, Default.self, QuantizeCommand.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the built-in model and those in the models folder.",
            discussion: "JSON: {\"models\": [{\"name\", \"path\", \"architecture\", …}, …]}.")

        @OptionGroup var shared: SharedOptions
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable { var models: [ModelDescription] }

        func run() throws {
            let models = shared.modelLibrary.list()
            if json { return try Console.printJSON(Report(models: models)) }
            let width = models.map(\.name.count).max() ?? 0
            for model in models {
                let name = model.name + String(repeating: " ", count: width - model.name.count)
                try Console.write("\(name)  \(model.summary)\n")
            }
            Console.printError(
                "Other models: put GGUF files or model folders into \(shared.modelLibrary.folder), or name one with -m."
            )
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
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
            let opened =
                try name.map(shared.modelLibrary.open)
                ?? shared.namingSettings { try shared.modelLibrary.open(shared.model) }
            let model = ModelDescription(opened)
            if json { return try Console.printJSON(Report(model: model)) }
            func line(_ label: String, _ value: Any?) throws {
                guard let value else { return }
                try Console.write(label + String(repeating: " ", count: 15 - label.count) + "\(value)\n")
            }
            try line("name", model.name)
            try line("title", model.title)
            try line("file", model.path ?? "inside the program")
            try line("architecture", model.architecture)
            try line("parameters", model.parameters)
            try line("bytes", model.bytes)
            try line("element type", model.elementType)
            try line("context", model.contextLength)
            try line("layers", model.layers)
            try line("width", model.width)
            try line("vocabulary", model.vocabulary)
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
            abstract: "Set the model that writes without -m, or print it. The studio opens the one last chosen in it.",
            discussion: "It is `model` in config.yaml; see: copydesk config.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("A model; without it the present one is printed.", valueName: "file|name"))
        var name: String?

        func run() throws {
            guard let name else { return try Console.print(shared.model ?? ModelLibrary.builtInName) }
            _ = try shared.modelLibrary.open(name)  // a model that cannot be opened is no default
            // The file is read from any working folder, so a path in it begins at the root.
            let isPath = shared.modelLibrary.names.contains(name) == false
            let key = try SettingKey.named("model")
            try SettingsFile.change(shared.paths.settings) {
                try $0.setting(key, to: .value(.text(isPath ? TextFile.absolute(name) : name)))
            }
        }
    }
}
