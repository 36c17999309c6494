import ArgumentParser
import Foundation
import Generation
import Models
import Training

/// Goes on training a model on one's own texts.
struct FinetuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finetune",
        abstract: "Train a model, or an adapter on top of it, on your own texts.",
        discussion: """
            copydesk finetune -m qwen --data rows.jsonl -O my-voice --lora
            copydesk finetune -m FOLDER --data book.txt -O my-model --full --dtype bf16
            copydesk finetune -m qwen --data rows.jsonl -O my-voice --lora --resume

            An adapter is small, trains on quantized models too, and is used with --adapter my-voice/final. A whole model \
            needs its weights in F32, F16 or BF16. What comes out lies in final/, for transformers or PEFT, and in \
            final.gguf. Data is what `copydesk data check` shows. Ctrl-C stops after the update, with a checkpoint. With \
            --background the run goes on without the terminal, and waits while a draft is written; \
            `copydesk train status` lists all runs.
            """)

    @OptionGroup var shared: SharedOptions
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A file of rows, or a folder of texts; may be given several times.", valueName: "file"))
    var data: [String] = []
    @Flag(help: "Also learn from the starred drafts of the store.") var starred = false
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Validate on these rows; may be given several times.", valueName: "file"))
    var val: [String] = []
    @Option(name: [.customShort("O"), .long], help: ArgumentHelp("The folder of the run.", valueName: "folder"))
    var output: String
    @Flag(help: "Train all weights.") var full = false
    @Flag(help: "Train a low-rank adapter (LoRA), and leave the model as it is.") var lora = false
    @OptionGroup(title: "Adapter") var adapter: AdapterArguments
    @OptionGroup(title: "Run") var settings: RunArguments
    @OptionGroup(title: "Reading") var reading: CorpusArguments
    @OptionGroup(title: "Encoding") var encoding: EncodingArguments
    @Option(
        help: ArgumentHelp(
            "Take the rows in this order: their numbers from 0, of all epochs one after another.", valueName: "file"))
    var order: String?
    @Option(
        help: ArgumentHelp("The weights of a whole model that is written (default: f32).", valueName: "f32|bf16|f16"))
    var type: ResultType = .f32
    @OptionGroup(title: "Going on") var going: GoingOnArguments
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard full != lora else {
            throw ValidationError("Give --lora for an adapter, or --full for all weights of the model.")
        }
        guard !data.isEmpty || starred else {
            throw ValidationError("Name the rows to learn from with --data FILE, or give --starred.")
        }
        guard !output.isEmpty else { throw ValidationError("The run needs a folder, for example -O my-voice.") }
        if full, adapter.isGiven {
            throw ValidationError(
                "--rank, --alpha, --targets and --init-adapter are for adapters. Give --lora with them.")
        }
        if !shared.adapters.isEmpty {
            throw ValidationError("--adapter is for writing. Begin with that adapter by --lora and --init-adapter.")
        }
        if !val.isEmpty, encoding.validation > 0 {
            throw ValidationError("Give --val with files, or --validation with a share of the rows, not both.")
        }
    }

    func run() throws {
        if going.startsInBackground { return try going.startInBackground(folder: output, isJSON: json) }
        let model = try shared.openTrainingSource()
        var job = TrainingJob()
        job.settings.epochs = 3
        job.settings.schedule.peak = lora ? 2e-4 : 2e-5
        job.reading = try reading.options()
        job.encoding = encoding.options(maxLength: 0, seed: 1)
        try settings.apply(to: &job)
        if lora { job.part = adapter.part }
        job.initialAdapter = adapter.initAdapter.map(TextFile.expand)
        job.data = data.map { .path(TextFile.expand($0)) }
        if starred { job.data.append(try StarredRows.read(shared, model: model.name)) }
        job.validationData = val.map { .path(TextFile.expand($0)) }
        job.orderFile = order.map(TextFile.expand)
        try JobSetting.named("type")?.apply(type.rawValue, to: &job)
        let (folder, wanted) = (TextFile.expand(output), job)
        try TrainingSession(
            job: job, name: model.name, folder: folder, going: going, paths: shared.paths, isJSON: json
        ) { report in
            try PreparedRun(
                wanted, source: model.file, name: model.name, folder: folder, threadCount: shared.threadCount,
                report: report)
        }.run()
    }
}

/// Of the adapter.
struct AdapterArguments: ParsableArguments {
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Its rank (default: 8).", valueName: "n"),
        transform: NumberArgument.whole)
    var rank: Int?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Its weight is alpha / rank (default: twice the rank).", valueName: "n"))
    var alpha: Double?
    @Option(
        help: ArgumentHelp(
            "The matrices that it changes: all of attention and feed-forward, or queries and values (default: all).",
            valueName: "all|qv"))
    var targets: AdapterTargets?
    @Option(help: ArgumentHelp("Begin with this adapter instead of a new one.", valueName: "folder|file"))
    var initAdapter: String?

    var isGiven: Bool { rank != nil || alpha != nil || targets != nil || initAdapter != nil }

    var part: TrainedPart {
        let rank = rank ?? 8
        return .adapters(rank: rank, alpha: alpha ?? Double(2 * rank), targets: targets ?? .all)
    }

    func validate() throws {
        if let rank, !(1...4096).contains(rank) {
            throw ValidationError("--rank takes a number from 1 to 4096, and \(rank) is not one.")
        }
        if let alpha, !(alpha > 0 && alpha <= 1e6) {
            throw ValidationError("--alpha takes a number above 0, and \(alpha) is not one.")
        }
    }
}

/// How a run goes on that was stopped, and where it goes on.
struct GoingOnArguments: ParsableArguments {
    @Flag(help: "Go on with the run in the folder, from its newest checkpoint.") var resume = false
    @Flag(help: "With --resume: take other settings than it was started with.") var change = false
    @Flag(help: "Train in a process of its own, which goes on without the terminal and gives way to drafts.")
    var background = false

    func validate() throws {
        if change, !resume { throw ValidationError("--change goes with --resume.") }
    }
}

extension ResultType: ExpressibleByArgument {}
