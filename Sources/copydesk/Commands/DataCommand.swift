import ArgumentParser
import Foundation
import Generation
import Models
import Training

/// Looks at data before anything is trained on it.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Look at data before a model is trained on it.",
        subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Show what would be learned of some files: counts, lengths, what is left out, the first row.",
            discussion: """
                copydesk data check rows.jsonl -m qwen
                copydesk data check notes/ --documents blank --pack 512
                copydesk data check --starred

                A file is text (.txt, .md: one document), JSON Lines or a list (.jsonl, .json: text; prompt with response; \
                messages) or CSV with a line of names; a folder stands for its text files. Tokens and chat template are \
                those of -m. JSON: {"rows", "targets", "dropped": {"empty", "tooLong", "noTarget", "damaged"}, \
                "duplicates", "first": [{"id", "text", "target"}, …], "read", "tokens", "examples", "lengths", "repaired", \
                "validation", "packing", …}; a target is a token that is learned.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("Files, or folders of text files.", valueName: "file")) var files: [String] = []
        @Flag(help: "Also the starred drafts of the store, each with its prompt.") var starred = false
        @OptionGroup(title: "Reading") var reading: CorpusArguments
        @OptionGroup(title: "Encoding") var encoding: EncodingArguments
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("The most tokens of a row (default: the model's context).", valueName: "n"),
            transform: NumberArgument.whole)
        var maxLength: Int?
        @Option(
            parsing: .unconditional, help: ArgumentHelp("Of the division for --validation.", valueName: "n"),
            transform: NumberArgument.seed)
        var seed: UInt64 = 1
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard !files.isEmpty || starred else {
                throw ValidationError("Name the files to look at, such as rows.jsonl, or give --starred.")
            }
            if let maxLength, !(2...EncodingOptions.greatestLength).contains(maxLength) {
                throw ValidationError(
                    "--max-length takes a number of tokens from 2 to \(EncodingOptions.greatestLength), and \(maxLength) "
                        + "is not one.")
            }
        }

        func run() throws {
            let model = try shared.openTrainingSource()
            var inputs = files.map { CorpusInput.path(TextFile.expand($0)) }
            if starred { inputs.append(try StarredRows.read(shared, model: model.name)) }
            let limit = try maxLength ?? EncodingOptions.contextLength(of: model.file)
            let options = encoding.options(maxLength: limit, seed: seed)
            let corpus: EncodedCorpus
            do {
                defer { Console.clearProgress() }
                corpus = try EncodedCorpus(
                    inputs, reading: reading.options(), encoding: options, model: model.file, name: model.name,
                    report: { Console.showProgress("row \($0)") })
            } catch let error as TrainingError {
                guard case .nothingToTrainOn = error else { throw error }
                throw Failure("\(error) --max-length N sets the limit.")
            }
            let encoder = try ExampleEncoder(model: model.file, name: model.name, options: options)
            if json { return try Console.printJSON(DataReport(corpus, encoder)) }
            let page = DataPage(corpus: corpus, encoder: encoder, columns: Console.outputColumns ?? 100)
            try Console.write(page.text)
        }
    }
}

extension SharedOptions {
    /// The file or folder of `-m`, or of config.yaml, to train on or for.
    func openTrainingSource() throws -> OpenedModel {
        try namingSettings {
            guard let model else { return try modelLibrary.open(nil) }
            return try modelLibrary.openSource(TextFile.expand(model))
        }
    }
}
