// Why a file that can be read makes no model that can be run, and why a batch cannot be computed.
// - What is wrong with single keys and tensors is `ModelFileError`'s to say.

import Generation

/// A model of a kind that this program does not run, or a batch that does not fit the model.
public enum ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownArchitecture(path: String, found: String, supported: [String])
    case unsupported(path: String, what: String)
    case tokenOutOfRange(token: TokenID, vocabularySize: Int)
    case contextFull(contextLength: Int, needed: Int)
    /// No logit of a position is a finite number.
    case notFinite

    public var description: String {
        switch self {
        case .unknownArchitecture(let path, let found, let supported):
            "\(path): the architecture '\(found)' is not one that Copydesk runs. "
                + "Use a model of one of these: \(supported.joined(separator: ", "))."
        case .unsupported(let path, let what):
            "\(path): \(what) is not supported. Use another model, or another conversion of this one."
        case .tokenOutOfRange(let token, let vocabularySize):
            "The token \(token) is not in the model's vocabulary: ids go from 0 to \(vocabularySize - 1). "
                + "Its weights and its tokenizer do not belong together: download or convert the model again."
        case .contextFull(let contextLength, let needed):
            "The model reads at most \(contextLength) tokens, and \(needed) are needed. "
                + "Shorten the prompt or ask for less text."
        case .notFinite:
            "The model gives no finite numbers, so nothing can be written with it. "
                + "Its file is damaged or was converted wrongly: download or convert it again."
        }
    }
}
