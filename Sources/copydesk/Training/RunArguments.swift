// The settings of a run on the command line. Their ranges and their meaning are those of `JobSetting`, which recipes have too.

import ArgumentParser
import Foundation
import Generation
import Training

/// How a run goes.
struct RunArguments: ParsableArguments {
    @Option(
        name: [.long, .customLong("num_train_epochs")], parsing: .unconditional,
        help: ArgumentHelp("How often the rows are read; may have a fraction (default: 3).", valueName: "n"))
    var epochs: String?
    @Option(
        name: [.long, .customLong("max_steps")], parsing: .unconditional,
        help: ArgumentHelp("The number of updates, however many epochs that is.", valueName: "n"))
    var maxSteps: String?
    @Option(
        name: [.long, .customLong("per_device_train_batch_size")], parsing: .unconditional,
        help: ArgumentHelp("Rows that are computed at once (default: 4).", valueName: "n"))
    var batch: String?
    @Option(
        name: [.long, .customLong("gradient_accumulation_steps")], parsing: .unconditional,
        help: ArgumentHelp("Batches of one update (default: 1).", valueName: "n"))
    var accumulate: String?
    @Option(
        name: [.long, .customLong("learning_rate")], parsing: .unconditional,
        help: ArgumentHelp("The learning rate (default: 2e-4 for adapters, 2e-5 for whole models).", valueName: "rate"))
    var lr: String?
    @Option(
        name: [.long, .customLong("lr_scheduler_type")], parsing: .unconditional,
        help: ArgumentHelp(
            "What the rate does after the warmup (default: cosine).", valueName: "constant|linear|cosine"))
    var schedule: String?
    @Option(
        name: [.long, .customLong("warmup_steps")], parsing: .unconditional,
        help: ArgumentHelp(
            "Updates on the way up to the rate; below 1 their share of all (default: 0).", valueName: "n"))
    var warmup: String?
    @Option(
        name: [.long, .customLong("min_lr")], parsing: .unconditional,
        help: ArgumentHelp("The rate at the end (default: 0).", valueName: "rate"))
    var minLr: String?
    @Option(
        name: [.long, .customLong("weight_decay")], parsing: .unconditional,
        help: ArgumentHelp("AdamW's weight decay, of matrices (default: 0).", valueName: "n"))
    var weightDecay: String?
    @Option(
        name: [.long, .customLong("max_grad_norm")], parsing: .unconditional,
        help: ArgumentHelp("The greatest norm of a gradient; 0: any (default: 1).", valueName: "norm"))
    var clip: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The numbers of products (default: f32; bf16 is faster on new processors).", valueName: "f32|bf16"))
    var dtype: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Of the order of rows, of a new adapter, of --validation (default: 1).", valueName: "n"))
    var seed: String?
    @Option(
        name: [.long, .customLong("eval_steps")], parsing: .unconditional,
        help: ArgumentHelp("Updates between two validations (default: one at the end).", valueName: "n"))
    var evalSteps: String?
    @Option(
        name: [.long, .customLong("save_steps")], parsing: .unconditional,
        help: ArgumentHelp("Updates between two checkpoints (default: one at the end).", valueName: "n"))
    var saveSteps: String?
    @Option(
        name: [.long, .customLong("save_total_limit"), .customLong("save_limit")], parsing: .unconditional,
        help: ArgumentHelp(
            "How many checkpoints stay, the newest and the best among them; 0: all (default: 2).", valueName: "n"))
    var saveLimit: String?
    @Option(
        name: [.long, .customLong("logging_steps")], parsing: .unconditional,
        help: ArgumentHelp("Updates of a line in log.jsonl (default: 1).", valueName: "n"))
    var logSteps: String?
    @Option(
        name: [.long, .customLong("max_length")], parsing: .unconditional,
        help: ArgumentHelp("The most tokens of a row (default: 1024, or the model's context).", valueName: "n"))
    var maxLength: String?

    /// The values with the option and the setting of each.
    private var given: [(option: String, setting: String, text: String)] {
        let all: [(String, String, String?)] = [
            ("--epochs", "epochs", epochs), ("--max-steps", "max_steps", maxSteps), ("--batch", "batch", batch),
            ("--accumulate", "accumulate", accumulate), ("--lr", "lr", lr), ("--schedule", "schedule", schedule),
            ("--warmup", "warmup", warmup), ("--min-lr", "min_lr", minLr),
            ("--weight-decay", "weight_decay", weightDecay), ("--clip", "clip", clip), ("--dtype", "dtype", dtype),
            ("--seed", "seed", seed), ("--eval-steps", "eval_steps", evalSteps),
            ("--save-steps", "save_steps", saveSteps), ("--save-limit", "save_limit", saveLimit),
            ("--log-steps", "log_steps", logSteps), ("--max-length", "max_length", maxLength),
        ]
        return all.compactMap { option, setting, text in text.map { (option, setting, $0) } }
    }

    func validate() throws {
        var job = TrainingJob()
        try apply(to: &job)
    }

    /// Sets what was given.
    func apply(to job: inout TrainingJob) throws {
        for (option, name, text) in given {
            do {
                try JobSetting.named(name)?.apply(text, to: &job)
            } catch let wrong as JobSetting.WrongValue {
                throw ValidationError("\(option) takes \(wrong.kind.words), and '\(text)' is none.")
            }
        }
    }
}

extension AdapterTargets: ExpressibleByArgument {}
