// How rows become tokens.

import Inference

/// How rows become tokens to train on.
public struct EncodingOptions: Sendable, Hashable {
    /// What a training row is.
    public enum Layout: Sendable, Hashable {
        /// One example, as long as it is. No padding is computed, whatever the lengths are.
        case single
        /// Several whole examples, so that the rows are nearly full.
        /// - Parameter length: the most tokens of a row.
        case packed(length: Int)
    }

    /// The most tokens of an example, at least 2.
    public var maxLength: Int
    /// True if a prompt that is too long loses its beginning; false if its row is left out. An answer is never cut.
    public var cutsPrompts = false
    /// The weight of a prompt's tokens in the loss. An answer's have 1.
    public var promptWeight: Float = 0
    /// True if names of special tokens in the texts of documents are these tokens.
    public var parsesSpecial = false
    /// False to put prompt and answer one after the other although the model has a chat template.
    public var usesTemplate = true
    /// The share of rows to validate on, from 0 to 1.
    public var validationShare = 0.0
    /// Of the division into training and validation.
    public var seed: UInt64 = 1
    public var layout = Layout.single

    public init(maxLength: Int) { self.maxLength = maxLength }

    /// More than any model reads at once.
    public static let greatestLength = 1 << 24

    /// The most tokens that a model reads at once, for `maxLength`.
    /// - Throws: `ModelFileError` if its file does not say it rightly.
    public static func contextLength(of model: any ModelSource) throws -> Int {
        let family = try model.string("general.architecture")
        return max(2, min(try model.int("\(family).context_length", default: 1024), greatestLength))
    }

    /// The most tokens of an example that fits into a row.
    public var exampleLimit: Int {
        let limit = if case .packed(let length) = layout { min(maxLength, length) } else { maxLength }
        return max(limit, 2)
    }
}
