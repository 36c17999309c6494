import ArgumentParser
import Foundation
import Generation
import Settings

/// The settings: config.yaml in the config folder.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show and change your settings.",
        discussion: """
            copydesk config set model qwen2.5-1.5b-q4_k_m
            copydesk config set sampling.temperature 0.8
            copydesk config set per_model.gemma-3-1b.sampling.top_k 64
            copydesk config set models.folders ~/models /data/models
            """,
        subcommands: [
            Path.self, List.self, Get.self, Set.self, Unset.self, ConfigEditCommand.self,
        ],
        defaultSubcommand: List.self)

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path", abstract: "Print the path of config.yaml.")

        @OptionGroup var shared: SharedOptions

        func run() throws { try Console.print(shared.paths.settings) }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List all settings, their values, and where each comes from.",
            discussion: """
                JSON: {"file", "settings": [{"name", "value", "default", "line"}, …], "problems": [{"line", "column", \
                "reason"}, …], "unused": […]}; line is null for a default.
                """)

        @OptionGroup var shared: SharedOptions
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let settings = shared.installation.settings
            let rows = SettingReport.all(of: settings)
            if json {
                return try Console.printJSON(
                    SettingsReport(
                        file: settings.file, settings: rows, problems: settings.problems.map(ProblemReport.init),
                        unused: settings.unused.map(ProblemReport.init)))
            }
            let nameWidth = rows.map(\.name.count).max() ?? 0
            for row in rows {
                let name = row.name + String(repeating: " ", count: nameWidth - row.name.count)
                let origin = row.line.map { "config.yaml:\($0)" } ?? "default"
                try Console.write("\(name)  \(row.shortText)  (\(origin))\n")
            }
            for notice in settings.unused { Console.printError("copydesk: \(notice)") }
        }
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Print the value of one setting.",
            discussion: """
                A list is printed one part a line. JSON: {"setting": {"name", "value", "default", "line"}}.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: "A setting, as `config list` names it.") var name: String
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable { var setting: SettingReport }

        func validate() throws { _ = try SettingKey.named(name) }

        func run() throws {
            let row = SettingReport(try SettingKey.named(name), in: shared.installation.settings)
            if json { return try Console.printJSON(Report(setting: row)) }
            for line in row.value?.parts ?? [] { try Console.print(line) }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Set one setting in config.yaml.",
            discussion: "Comments and everything else in the file stay as they are. A list takes several values.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "A setting, as `config list` names it.") var name: String
        // Unrecognized: a negative number would else be taken for an option.
        @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Its value.", valueName: "value"))
        var arguments: [String] = []

        func validate() throws { _ = try value(of: SettingKey.named(name)) }

        /// The value; `--` before values that begin with a hyphen is not one of them.
        private func value(of key: SettingKey) throws -> SettingValue {
            var values = arguments
            if let terminator = values.firstIndex(of: "--") { values.remove(at: terminator) }
            return try key.value(from: values)
        }

        func run() throws {
            let key = try SettingKey.named(name)
            let value = try value(of: key)
            try SettingsFile.change(shared.paths.settings) { try $0.setting(key, to: value) }
        }
    }

    struct Unset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unset",
            abstract: "Remove one setting from config.yaml, so that its default counts.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "A setting, as `config list` names it.") var name: String

        func validate() throws { _ = try SettingKey.named(name) }

        func run() throws {
            guard shared.installation.settings.isThere else { return }
            let key = try SettingKey.named(name)
            try SettingsFile.change(shared.paths.settings) { try $0.removing(key) }
        }
    }
}
