// Why this program cannot run a model although it can read the file, and why it cannot compute a batch.
// - Errors of single keys and tensors are `ModelFileError`s.

import Generation

/// A model of a kind that this program does not run, or a batch that does not fit the model.
public enum ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownArchitecture(path: String, found: String, supported: [String])
    case unsupported(path: String, what: String)
    case cannotTrain(path: String, architecture: String, trainable: [String])
    case tokenOutOfRange(token: TokenID, vocabularySize: Int)
    case contextFull(contextLength: Int, needed: Int)
    /// Every logit of a position is NaN or infinite.
    case notFinite

    public var description: String {
        switch self {
        case .unknownArchitecture(let path, let found, let supported):
            "\(path): Copydesk does not run the architecture '\(found)'. "
                + "Use a model of one of these: \(supported.joined(separator: ", "))."
        case .unsupported(let path, let what):
            "\(path): \(what) is not supported. Use another model, or another conversion of this one."
        case .cannotTrain(let path, let architecture, let trainable):
            "\(path): a model of the architecture '\(architecture)' with these tensors cannot be trained. "
                + "Use one of these, without experts: \(trainable.joined(separator: ", "))."
        case .tokenOutOfRange(let token, let vocabularySize):
            "The token \(token) is not in the model's vocabulary: ids go from 0 to \(vocabularySize - 1). "
                + "Its weights and its tokenizer do not belong together: download or convert the model again."
        case .contextFull(let contextLength, let needed):
            "The model reads at most \(contextLength) tokens, and \(needed) are needed. "
                + "Shorten the prompt or ask for less text."
        case .notFinite:
            "The model computes no finite numbers, only NaN or infinity, so it cannot write. "
                + "Its file is damaged or was converted wrongly: download or convert it again."
        }
    }
}
