import ArgumentParser
import Foundation
import Generation
import Models
import Text
import Training

/// Trains a model by a recipe, and looks at runs.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model by a recipe, and look at runs.",
        discussion: """
            copydesk train recipe.yaml -O my-model
            copydesk train recipe.yaml -O my-model --background
            copydesk train status
            copydesk train plot my-model
            copydesk train stop my-model
            """,
        subcommands: [Run.self, Status.self, Plot.self, Stop.self],
        defaultSubcommand: Run.self)

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Train a model by a recipe.",
            discussion: """
                A recipe is a YAML file: the sizes of a new model and its tokenizer, or the base to go on from; the data; how \
                the run goes. docs/training.md lists its keys. The folder of the run gets log.jsonl, checkpoints, and at the \
                end final/ for transformers and final.gguf. Ctrl-C stops after the update, with a checkpoint; --resume goes \
                on from there with the same result as if it had not stopped. With --background the run goes on without \
                the terminal, and waits while a draft is written.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("The recipe.", valueName: "recipe.yaml")) var recipe: String
        @Option(name: [.customShort("O"), .long], help: ArgumentHelp("The folder of the run.", valueName: "folder"))
        var output: String
        @OptionGroup(title: "Going on") var going: GoingOnArguments
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard !output.isEmpty else { throw ValidationError("The run needs a folder, for example -O my-model.") }
        }

        func run() throws {
            if going.startsInBackground { return try going.startInBackground(folder: output, isJSON: json) }
            let recipe = try Recipe(path: TextFile.expand(recipe))
            let (job, folder) = (recipe.job, TextFile.expand(output))
            switch recipe.beginning {
            case .fresh(let fresh):
                let model = try fresh.model(seed: job.settings.seed)
                try TrainingSession(
                    job: job, name: fresh.name, folder: folder, going: going, paths: shared.paths, isJSON: json
                ) { report in
                    try PreparedRun(
                        job, source: model, name: fresh.name, folder: folder, threadCount: shared.threadCount,
                        report: report)
                }.run()
            case .model(let name):
                let model = try shared.modelLibrary.openSource(TextFile.expand(name))
                try TrainingSession(
                    job: job, name: model.name, folder: folder, going: going, paths: shared.paths, isJSON: json
                ) { report in
                    try PreparedRun(
                        job, source: model.file, name: model.name, folder: folder, threadCount: shared.threadCount,
                        report: report)
                }.run()
            }
        }
    }

    struct Plot: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plot",
            abstract: "Draw the losses of a run.",
            discussion:
                "Of a run that goes on, it draws what is there so far. The line is smoothed; --raw draws all values.")

        @Argument(help: ArgumentHelp("The folder of the run.", valueName: "folder")) var folder: String
        @Option(
            parsing: .unconditional, help: ArgumentHelp("Columns (default: the terminal's).", valueName: "n"),
            transform: NumberArgument.whole)
        var width: Int?
        @Option(
            parsing: .unconditional, help: ArgumentHelp("Lines (default: 20).", valueName: "n"),
            transform: NumberArgument.whole)
        var height: Int?
        @Flag(help: "Draw with ASCII characters alone.") var ascii = false
        @Flag(help: "Draw every value instead of a smoothed line.") var raw = false

        func validate() throws {
            for (name, value, least) in [("--width", width, 24), ("--height", height, 5)] {
                if let value, !(least...1000).contains(value) {
                    throw ValidationError("\(name) takes a number from \(least) to 1000, and \(value) is not one.")
                }
            }
        }

        func run() throws {
            let folder = RunFolder(path: TextFile.expand(folder))
            let status = try RunStatus(of: folder)
            let curve = LossCurve(try RunLog.lines(of: folder.logPath), isRaw: raw, isASCII: ascii)
            for line in RunReport(status, folder: self.folder).lines { try Console.print(line) }
            try Console.print("")
            for line in curve.lines(width: width ?? Console.outputColumns ?? 80, height: height ?? 20) {
                try Console.print(line)
            }
        }
    }
}
