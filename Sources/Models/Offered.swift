// Types of the inference core that commands use by way of the model library, so that they need not import the core.

import Generation
import Grammar
import Inference
import Tensors

public typealias ChatTemplateError = Inference.ChatTemplateError
public typealias EvaluationError = Inference.EvaluationError
public typealias FolderError = Inference.FolderError
public typealias HuggingFaceWriter = Inference.HuggingFaceWriter
public typealias LogitComparison = Inference.LogitComparison
public typealias AdapterError = Inference.AdapterError
public typealias MergeError = Inference.MergeError
public typealias ModelMerger = Inference.ModelMerger
public typealias ModelQuantizer = Inference.ModelQuantizer
public typealias WritingProgress = Inference.WritingProgress
public typealias QuantizationRecipe = Inference.QuantizationRecipe
public typealias QuantizingError = Inference.QuantizingError

/// The instructions of the processor that the kernels use.
public enum Processor {
    /// For people: `AVX-512`.
    public static var instructionSetName: String { Kernels.instructionSet.name }
    /// Why the environment's choice of instructions cannot be followed; `nil` if all is well.
    public static var problem: String? { Kernels.problem }
}

/// Rules of a draft that no draft can follow, found before anything is written.
public enum RuleCheck {
    /// A rule that cannot be followed.
    public struct Problem: Sendable, Equatable {
        /// The name of the option, as `must_include`.
        public var option: String
        public var sentence: String
    }

    /// The first problem of a grammar, of a schema, or of rules that contradict each other; `nil` if there is none.
    public static func problem(of options: SamplingOptions, _ limits: LengthLimits) -> Problem? {
        do {
            _ = try GBNFGrammar(grammar: options.grammar, jsonSchema: options.jsonSchema)
            try RuleConflict.check(options, limits)
            return nil
        } catch let conflict as RuleConflict {
            return Problem(option: "must_include", sentence: conflict.description)
        } catch {
            return Problem(option: options.grammar == nil ? "json_schema" : "grammar", sentence: "\(error)")
        }
    }
}
