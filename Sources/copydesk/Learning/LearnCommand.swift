import ArgumentParser
import Foundation
import Generation
import Models
import Training

/// Learns a style from starred drafts.
struct LearnCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract: "Learn from the drafts that you have starred, and find out whether it helped.",
        discussion: """
            copydesk learn
            copydesk learn status
            copydesk learn compare
            copydesk learn adopt
            copydesk learn off

            It trains a small adapter on your starred drafts, as you have edited them, and writes pairs of new drafts, with \
            and without the adapter. You say which of each pair you prefer, without knowing which is which. If the adapter \
            wins more often than chance explains, adopt it; `off` turns it off again. docs/learn.md says how it works.
            """,
        subcommands: [Start.self, Status.self, Compare.self, Adopt.self, Off.self, On.self, Remove.self],
        defaultSubcommand: Start.self)

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "start",
            abstract: "Train an adapter on your starred drafts, and write the pairs to compare.",
            discussion: """
                It needs 30 starred drafts; those that you have edited count three times. A fifth of the prompts is never \
                trained on. The model is that of -m, else the one that wrote most of the drafts. With --background it goes \
                on without the terminal, on one thread, and waits while a draft is written.
                JSON: as of `learn status NAME`.
                """)

        @OptionGroup var shared: SharedOptions
        @Option(help: ArgumentHelp("Of what is learned, and of the adapter (default: style-1 and so on).")) var name:
            String?
        @Option(help: ArgumentHelp("Learn from the drafts of this template alone.")) var template: String?
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("How many pairs you will compare, at least 12 (default: 20).", valueName: "n"),
            transform: NumberArgument.whole)
        var pairs: Int = LearningComparison.usualPairs
        @OptionGroup(title: "Training") var settings: LearnArguments
        @Flag(help: "Go on with what was stopped, from its newest checkpoint.") var resume = false
        @Flag(help: "Learn in a process of its own, which goes on without the terminal and gives way to drafts.")
        var background = false
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            let range = LearningComparison.leastPairs...LearningComparison.mostPairs
            guard range.contains(pairs) else {
                throw ValidationError(
                    "--pairs takes a number from \(range.lowerBound) to \(range.upperBound), and \(pairs) is not one. "
                        + "With fewer pairs hardly any difference can be told from chance.")
            }
            if !shared.adapters.isEmpty {
                throw ValidationError("Learning begins with a model alone, so --adapter cannot be given.")
            }
            if resume, settings.isGiven || template != nil || shared.modelOption != nil {
                throw ValidationError(
                    "--resume goes on with the settings that it was started with. Leave the others out.")
            }
        }

        func run() throws {
            if background, BackgroundProcess.current == nil { return try startInBackground() }
            let session = LearnSession(shared: shared, isJSON: json)
            if resume {
                try session.resume(name)
            } else {
                try session.start(
                    named: name, template: template, pairs: pairs, job: try settings.job())
            }
        }

        private func startInBackground() throws {
            try BackgroundStart.run()
            let folder = try shared.learnings.folder(named: name)
            if json { return try Console.printJSON(try LearnReport(folder, shared: shared)) }
            try Console.print(
                "'\(folder.name)' goes on in the background, and waits while a draft is written. `copydesk learn status` says "
                    + "when the pairs can be compared.")
            try Console.print("copydesk train stop \(ShellWord.of(folder.run.path))  stops it, with a checkpoint")
        }
    }
}

/// How an adapter is trained.
struct LearnArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often the drafts are read at most (default: 3).", valueName: "n"))
    var epochs: String?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("The adapter's rank (default: 8).", valueName: "n"),
        transform: NumberArgument.whole)
    var rank: Int?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The adapter's weight is alpha / rank (default: twice the rank).", valueName: "n"))
    var alpha: Double?
    @Option(parsing: .unconditional, help: ArgumentHelp("The learning rate (default: 1e-4).", valueName: "rate"))
    var lr: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Drafts of an update (default: 8).", valueName: "n"))
    var accumulate: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The numbers of products (default: f32; bf16 is faster on new processors).", valueName: "f32|bf16"))
    var dtype: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Updates between two looks at the held-out drafts (default: a third of an epoch).", valueName: "n"))
    var evalSteps: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most tokens of a draft with its prompt (default: 1024, or the model's context).", valueName: "n"))
    var maxLength: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Of the held-out prompts, of the training, of the drafts to compare (default: 1).", valueName: "n"))
    var seed: String?

    private var given: [(option: String, setting: String, text: String)] {
        let all: [(String, String, String?)] = [
            ("--epochs", "epochs", epochs), ("--lr", "lr", lr), ("--accumulate", "accumulate", accumulate),
            ("--dtype", "dtype", dtype), ("--eval-steps", "eval_steps", evalSteps),
            ("--max-length", "max_length", maxLength), ("--seed", "seed", seed),
        ]
        return all.compactMap { option, setting, text in text.map { (option, setting, $0) } }
    }

    var isGiven: Bool { !given.isEmpty || rank != nil || alpha != nil }

    func validate() throws {
        if let rank, !(1...4096).contains(rank) {
            throw ValidationError("--rank takes a number from 1 to 4096, and \(rank) is not one.")
        }
        if let alpha, !(alpha > 0 && alpha <= 1e6) {
            throw ValidationError("--alpha takes a number above 0, and \(alpha) is not one.")
        }
        _ = try job()
    }

    /// The usual job with what was given.
    func job() throws -> TrainingJob {
        var job = TrainingJob.learning
        let rank = rank ?? 8
        job.part = .adapters(rank: rank, alpha: alpha ?? Double(2 * rank), targets: .all)
        for (option, name, text) in given {
            do {
                try JobSetting.named(name)?.apply(text, to: &job)
            } catch let wrong as JobSetting.WrongValue {
                throw ValidationError("\(option) takes \(wrong.kind.words), and '\(text)' is none.")
            }
        }
        return job
    }
}
