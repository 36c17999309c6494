// A model that is trained from nothing: its shape, and the vocabulary that it gets.

import Foundation
import Inference

/// A new model as it is asked for.
public struct FreshBeginning: Sendable {
    public var shape: FreshShape
    /// tokenizer.json, or the folder that holds it.
    public var tokenizer: String
    /// The name of the token that ends a text; nil: the first of the usual names that the vocabulary has.
    public var endToken: String?
    /// A chat template in Jinja; nil: the model learns texts alone.
    public var chatTemplate: String?
    public var name: String

    public init(shape: FreshShape, tokenizer: String, name: String) {
        self.shape = shape
        self.tokenizer = tokenizer
        self.name = name
    }

    /// Names of tokens that end a text, in the order in which they are looked for.
    static let usualEndTokens = ["<|endoftext|>", "</s>", "<|end_of_text|>", "<eos>", "<|im_end|>"]

    /// The model before its first update.
    /// - Throws: `TrainingError.vocabulary`; `ModelFileError` if the file cannot be read.
    public func model(seed: UInt64) throws -> FreshModel {
        FreshModel(shape: shape, vocabulary: try vocabulary(), chatTemplate: chatTemplate, name: name, seed: seed)
    }

    private func vocabulary() throws -> Vocabulary {
        let (folder, scratch) = try folder()
        defer { scratch.map { try? FileManager.default.removeItem(atPath: $0) } }
        var vocabulary = try Vocabulary(folder: folder, tokenCount: nil)
        guard !vocabulary.preTokenizer.isEmpty else {
            throw TrainingError.vocabulary(
                path: tokenizer, reason: "it cuts texts in a way that model files have no name for. Train a new one")
        }
        try setEnd(&vocabulary)
        return vocabulary
    }

    private func setEnd(_ vocabulary: inout Vocabulary) throws {
        let ids = Dictionary(
            (0..<vocabulary.tokens.count).map { (String(decoding: vocabulary.tokens[$0], as: UTF8.self), $0) }
        ) { first, _ in first }
        if let endToken {
            guard let id = ids[endToken] else {
                throw TrainingError.vocabulary(
                    path: tokenizer, reason: "it has no token '\(endToken)' to end a text. Name one that it has")
            }
            vocabulary.eosID = Int32(id)
        } else if vocabulary.eosID == nil {
            guard let id = Self.usualEndTokens.lazy.compactMap({ ids[$0] }).first else {
                let names = Self.usualEndTokens.joined(separator: ", ")
                throw TrainingError.vocabulary(
                    path: tokenizer,
                    reason:
                        "it has no token to end a text (\(names)). Name the one that does, or train a vocabulary with "
                        + "one of them as a special token")
            }
            vocabulary.eosID = Int32(id)
        }
        vocabulary.furtherEndIDs = []
    }

    /// The folder with a file of the name tokenizer.json, and the one that was made for it, if any.
    private func folder() throws -> (folder: String, scratch: String?) {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: tokenizer, isDirectory: &isFolder) else {
            throw TrainingError.vocabulary(path: tokenizer, reason: "there is no such file. Name a tokenizer.json")
        }
        if isFolder.boolValue { return (tokenizer, nil) }
        let url = URL(filePath: tokenizer)
        if url.lastPathComponent == "tokenizer.json" { return (url.deletingLastPathComponent().path, nil) }
        let scratch = files.temporaryDirectory.appending(path: "vocabulary-\(UUID().uuidString)").path
        try files.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        try files.copyItem(atPath: tokenizer, toPath: scratch + "/tokenizer.json")
        return (scratch, scratch)
    }
}
