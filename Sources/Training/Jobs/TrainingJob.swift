// What a person asks of a run: what it learns from, what of the model it trains, and how.

import Generation
import Inference

/// The weights of a model that is written.
public enum ResultType: String, Sendable, CaseIterable, Codable {
    case f32, bf16, f16

    var weights: HuggingFaceWriter.Weights {
        switch self {
        case .f32: .f32
        case .bf16: .bf16
        case .f16: .f16
        }
    }

    var recipe: QuantizationRecipe {
        switch self {
        case .f32: .f32
        case .bf16: .bf16
        case .f16: .f16
        }
    }
}

/// A run as it is asked for.
public struct TrainingJob: Sendable {
    /// A text that is written now and then while the model learns.
    public struct Sample: Sendable, Equatable {
        /// For a model with a chat template a message, for others the beginning of the text.
        public var prompt: String
        public var maxTokens = 48
        /// Updates between two texts.
        public var interval: Int

        public init(prompt: String, interval: Int) {
            self.prompt = prompt
            self.interval = interval
        }
    }

    public var part = TrainedPart.everything
    /// A folder or file with the adapter that the run begins with; nil: a new one, which changes nothing yet.
    public var initialAdapter: String?
    public var data: [CorpusInput] = []
    public var reading = CorpusOptions()
    /// Nothing: a share of `data`, as `encoding` says.
    public var validationData: [CorpusInput] = []
    /// A greatest length of 0 means the usual one.
    public var encoding = EncodingOptions(maxLength: 0)
    /// True if several whole examples share a row, so that rows are nearly full.
    public var packs = false
    /// A file with the order of rows; nil: a new random one for each epoch.
    public var orderFile: String?
    public var settings = RunSettings()
    public var sample: Sample?
    /// The run ends early if the loss of the validation rows was lowest so many updates ago; nil: never.
    public var patience: Int?
    /// True if the results are those of the best evaluation, if it has a checkpoint; false: of the last update.
    public var keepsBest = false
    /// The weights of a whole model that the run writes.
    public var resultType = ResultType.f32

    public init() {}

    /// The most tokens of an example if the person gives no number, and the model takes so many.
    public static let usualMaxLength = 1024
}
