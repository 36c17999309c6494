import ArgumentParser
import Generation

/// The root command: without a subcommand it opens the studio.
struct Copydesk: ParsableCommand {
    static let version = CopydeskVersion.current

    static let configuration = CommandConfiguration(
        commandName: "copydesk",
        abstract: "A terminal studio for drafting with language models, offline.",
        discussion: "Without a command it opens the studio. `copydesk help COMMAND` explains a command.",
        version: version,
        subcommands: [
            StudioCommand.self, GenerateCommand.self, BatchCommand.self, ChatCommand.self, TemplatesCommand.self,
            HistoryCommand.self,
            ImportCommand.self, ExportCommand.self, BackupCommand.self, RestoreCommand.self, SalvageCommand.self,
            ModelsCommand.self, InspectCommand.self, EvaluateCommand.self, BenchCommand.self, DataCommand.self,
            TokenizerCommand.self, FinetuneCommand.self, TrainCommand.self, LearnCommand.self, ServeCommand.self,
            EndpointsCommand.self, KeysCommand.self,
            ConfigCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: StudioCommand.self)

    /// The command of this name directly below the program.
    static func command(named name: String) -> (any ParsableCommand.Type)? {
        configuration.subcommands.first { $0.configuration.commandName == name }
    }

    /// Refuses a first word that is not a command, because the parser would take it for an argument of the studio.
    static func checkCommandName(in word: String?) throws {
        guard let word, !word.hasPrefix("-"), word != "help", command(named: word) == nil else { return }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        throw ValidationError(
            "There is no command '\(word)'. The commands are: "
                + "\(names.filter { $0 != StudioCommand.configuration.commandName }.joined(separator: ", ")).")
    }
}
