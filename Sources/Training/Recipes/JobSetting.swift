// The settings of a run by their names: one table for recipes, for the command line, and for whoever lists them.
// - The names of Hugging Face's `TrainingArguments` are taken too.

import Generation

/// A setting of a run that has one value.
public struct JobSetting: Sendable {
    /// The values that a setting takes.
    public enum Kind: Sendable, Equatable {
        case number(ClosedRange<Double>)
        case whole(ClosedRange<Int>)
        case choice([String])
        case flag

        /// "a whole number from 1 to 4096".
        public var words: String {
            switch self {
            case .number(let range):
                "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
            case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
            case .choice(let names): "one of \(names.joined(separator: ", "))"
            case .flag: "true or false"
            }
        }

        private static func text(_ number: Double) -> String {
            number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
        }
    }

    /// A text that is no value of a setting.
    public struct WrongValue: Error, Sendable, CustomStringConvertible {
        public var setting: String
        public var text: String
        public var kind: Kind
        public var description: String { "'\(setting)' is \(kind.words), and '\(text)' is none. Change it." }
    }

    public let name: String
    /// Other names that are taken.
    public let otherNames: [String]
    public let kind: Kind
    private let set: @Sendable (inout TrainingJob, Value) -> Void

    private enum Value {
        case number(Double)
        case whole(Int)
        case word(String)
        case flag(Bool)
    }

    /// Sets the value that a text says.
    /// - Throws: `WrongValue`.
    public func apply(_ text: String, to job: inout TrainingJob) throws {
        guard let value = value(text) else { throw WrongValue(setting: name, text: text, kind: kind) }
        set(&job, value)
    }

    private func value(_ text: String) -> Value? {
        switch kind {
        case .number(let range):
            guard let number = Double(text), range.contains(number) else { return nil }
            return .number(number)
        case .whole(let range):
            guard let number = Int(text), range.contains(number) else { return nil }
            return .whole(number)
        case .choice(let names):
            let word = text.lowercased()
            return names.contains(word) ? .word(word) : nil
        case .flag:
            switch text.lowercased() {
            case "true", "yes": return .flag(true)
            case "false", "no": return .flag(false)
            default: return nil
            }
        }
    }

    // MARK: Making one

    private static func number(
        _ name: String, _ others: [String] = [], _ range: ClosedRange<Double>,
        _ set: @escaping @Sendable (inout TrainingJob, Double) -> Void
    ) -> JobSetting {
        JobSetting(name: name, otherNames: others, kind: .number(range)) { job, value in
            if case .number(let number) = value { set(&job, number) }
        }
    }

    private static func whole(
        _ name: String, _ others: [String] = [], _ range: ClosedRange<Int>,
        _ set: @escaping @Sendable (inout TrainingJob, Int) -> Void
    ) -> JobSetting {
        JobSetting(name: name, otherNames: others, kind: .whole(range)) { job, value in
            if case .whole(let number) = value { set(&job, number) }
        }
    }

    private static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ others: [String] = [], _ type: Choice.Type,
        _ set: @escaping @Sendable (inout TrainingJob, Choice) -> Void
    ) -> JobSetting where Choice.RawValue == String {
        JobSetting(name: name, otherNames: others, kind: .choice(type.allCases.map { $0.rawValue.lowercased() })) {
            job, value in
            guard case .word(let word) = value,
                let choice = type.allCases.first(where: { $0.rawValue.lowercased() == word })
            else { return }
            set(&job, choice)
        }
    }

    private static func flag(
        _ name: String, _ others: [String] = [], _ set: @escaping @Sendable (inout TrainingJob, Bool) -> Void
    ) -> JobSetting {
        JobSetting(name: name, otherNames: others, kind: .flag) { job, value in
            if case .flag(let flag) = value { set(&job, flag) }
        }
    }

    // MARK: The table

    private static let steps = 0...100_000_000

    /// All settings, in the order in which they are listed.
    public static let all: [JobSetting] = [
        number("epochs", ["num_train_epochs"], 0.001...100_000) { $0.settings.epochs = $1 },
        whole("max_steps", [], 1...100_000_000) { $0.settings.stepLimit = $1 },
        whole("batch", ["per_device_train_batch_size"], 1...65_536) { $0.settings.batchSize = $1 },
        whole("accumulate", ["gradient_accumulation_steps"], 1...65_536) { $0.settings.accumulation = $1 },
        number("lr", ["learning_rate"], 0...10) { $0.settings.schedule.peak = $1 },
        choice("schedule", ["lr_scheduler_type"], LearningRateSchedule.Shape.self) { $0.settings.schedule.shape = $1 },
        number("warmup", ["warmup_steps", "warmup_ratio"], 0...1e8) { $0.settings.schedule.warmup = $1 },
        choice("warmup_start", [], LearningRateSchedule.WarmupStart.self) { $0.settings.schedule.warmupStart = $1 },
        number("min_lr", [], 0...10) { $0.settings.schedule.minimum = $1 },
        number("weight_decay", [], 0...10) { $0.settings.optimizer.weightDecay = $1 },
        number("beta1", ["adam_beta1"], 0...0.999_999) { $0.settings.optimizer.beta1 = $1 },
        number("beta2", ["adam_beta2"], 0...0.999_999) { $0.settings.optimizer.beta2 = $1 },
        number("epsilon", ["adam_epsilon"], 1e-12...1) { $0.settings.optimizer.epsilon = $1 },
        number("clip", ["max_grad_norm"], 0...1e9) { $0.settings.clip = $1 },
        choice("dtype", [], TrainingPrecision.self) { $0.settings.precision = $1 },
        whole("seed", [], 0...Int.max) { job, seed in
            job.settings.seed = UInt64(seed)
            job.encoding.seed = UInt64(seed)
        },
        whole("eval_steps", [], steps) { $0.settings.evaluationInterval = $1 },
        whole("save_steps", [], steps) { $0.settings.checkpointInterval = $1 },
        whole("save_limit", ["save_total_limit"], 0...100_000) { $0.settings.checkpointLimit = $1 },
        whole("log_steps", ["logging_steps"], 1...100_000_000) { $0.settings.logInterval = $1 },
        whole("max_length", ["max_seq_length"], 2...10_000_000) { $0.encoding.maxLength = $1 },
        flag("packing") { $0.packs = $1 },
        choice("type", [], ResultType.self) { $0.resultType = $1 },
        flag("cut_prompts") { $0.encoding.cutsPrompts = $1 },
        number("prompt_weight", ["prompt_loss_weight"], 0...1) { $0.encoding.promptWeight = Float($1) },
        flag("skip_damaged") { $0.reading.skipsDamaged = $1 },
        flag("keep_duplicates") { $0.reading.keepsDuplicates = $1 },
    ]

    /// The setting of a name, or of another name of it.
    public static func named(_ name: String) -> JobSetting? {
        all.first { $0.name == name || $0.otherNames.contains(name) }
    }
}
