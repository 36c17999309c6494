// The tokenizer of a model as files of a folder, with its chat template and the tokens that end a text.
// - A folder's own tokenizer.json is copied; from a GGUF file it is made (`TokenizerDescription`).
// - The end token is the one that the chat template ends an answer with, if there is a template.
// - If no tokenizer.json can be made, the folder has none, and a note says why.

import Files
import Foundation
import Generation

/// The text files of a folder, and the tokens that its configurations name.
struct FolderTexts {
    private(set) var files: [(name: String, bytes: [UInt8])] = []
    /// nil if the model has no vocabulary.
    private(set) var tokens: FolderTokens?
    private(set) var notes: [String] = []

    private let source: any ModelSource
    private let template: [UInt8]?
    private let contextLength: Int

    /// - Throws: `ModelFileError` if the vocabulary is damaged.
    init(_ model: FolderModel) throws {
        source = model.source
        contextLength = model.configuration.contextLength
        if case .string(let template)? = source.metadata["tokenizer.chat_template"] {
            self.template = template
        } else {
            template = nil
        }
        if let folder = source.vocabularyFolder, try FolderFiles.bytes(folder, "tokenizer.json") != nil {
            try takeFolder(folder, isOfModel: !model.base.isEmpty)
        } else if source.vocabularyFolder == nil, source.metadata["tokenizer.ggml.tokens"] != nil {
            try takeMetadata(mergesByID: model.architecture.name.hasPrefix("gemma"))
        } else {
            notes.append("\(source.path): has no tokenizer, so the folder has none.")
        }
    }

    // MARK: From a folder

    /// Files that are copied if they are there. The names of special tokens are in tokenizer_config.json.
    private static let copied = ["tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "added_tokens.json"]

    /// - Parameter isOfModel: false if the folder only lends its tokenizer.
    private mutating func takeFolder(_ folder: String, isOfModel: Bool) throws {
        let vocabulary = try Vocabulary(of: source)
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: folder)
        for name in Self.copied {
            if let bytes = try FolderFiles.bytes(folder, name) { files.append((name, bytes)) }
        }
        let ends = tokens(tokenizer, ends: vocabulary.furtherEndIDs)
        var settings = try Self.members(folder, "tokenizer_config.json")
        for (key, value) in try Self.members(folder, "special_tokens_map.json") {
            let name = String(decoding: key, as: UTF8.self)
            if settings[name] == nil { settings.set(name, value) }
        }
        let isOwn = try FolderFiles.chatTemplate(folder) == template
        if isOwn, let text = try FolderFiles.bytes(folder, "chat_template.jinja") {
            files.append(("chat_template.jinja", text))
        } else if !isOwn {
            settings.set("chat_template", .text(template))
        }
        settings.set("eos_token", .text(name(of: ends.eos, tokenizer)))
        if !isOfModel || settings["model_max_length"] == nil { settings.set("model_max_length", .whole(contextLength)) }
        files.append(("tokenizer_config.json", WrittenJSON.object(settings).fileBytes()))
        try addGeneration(isOfModel ? try Self.members(folder, "generation_config.json") : sampling(), ends)
        tokens = ends
    }

    private static func members(_ folder: String, _ name: String) throws -> [WrittenJSON.Member] {
        guard try FolderFiles.optionalFields(folder, name) != nil, let bytes = try FolderFiles.bytes(folder, name)
        else { return [] }
        return WrittenJSON.verbatimMembers(of: bytes[...])
    }

    // MARK: From a GGUF file

    private mutating func takeMetadata(mergesByID: Bool) throws {
        let vocabulary = try Vocabulary(metadataOf: source)
        guard let tokenizer = try? Tokenizer(vocabulary: vocabulary, path: source.path),
            let description = TokenizerDescription(vocabulary: vocabulary, mergesByID: mergesByID).file()
        else {
            let kind = "\(vocabulary.model.rawValue), \(vocabulary.preTokenizer)"
            notes.append(
                "\(source.path): has a tokenizer of a kind that cannot be written as tokenizer.json (\(kind)), so the "
                    + "folder has none. Copy tokenizer.json and tokenizer_config.json of the original model into it.")
            return
        }
        let ends = tokens(tokenizer, ends: tokenizer.endTokens.sorted())
        files.append(("tokenizer.json", description.fileBytes()))
        var settings = WrittenJSON.members([
            // The class that takes tokenizer.json as it is, in every version.
            "tokenizer_class": .text("PreTrainedTokenizerFast"), "clean_up_tokenization_spaces": .truth(false),
            "model_max_length": .whole(contextLength), "add_bos_token": .truth(vocabulary.addsBOS),
            "add_eos_token": .truth(vocabulary.addsEOS), "bos_token": .text(name(of: ends.bos, tokenizer)),
            "eos_token": .text(name(of: ends.eos, tokenizer)), "pad_token": .text(name(of: ends.padding, tokenizer)),
            "unk_token": .text(name(of: (vocabulary.unknownID ?? vocabulary.unusedUnknownID).map(Int.init), tokenizer)),
        ])
        if let template { settings.set("chat_template", .text(template)) }
        files.append(("tokenizer_config.json", WrittenJSON.object(settings).fileBytes()))
        try addGeneration(sampling(), ends)
        tokens = ends
    }

    /// The options of the model's author, under transformers' names.
    private func sampling() -> [WrittenJSON.Member] {
        let overrides = source.authorSampling.overrides
        var members: [WrittenJSON.Member] = []
        for row in AuthorOption.all {
            switch overrides[row.option] {
            // A temperature of 0 is transformers' greedy search.
            case .number(0) where row.option == "temperature": members.set("do_sample", .truth(false))
            case .number(let number): members.set(row.names[0], .number(number))
            case .count(let count): members.set(row.names[0], .whole(count))
            case .texts(let texts): members.set(row.names[0], .list(texts.map { .text($0) }))
            case .biases(let biases): members.set(row.names[0], .list(biases.keys.sorted().map { .whole($0) }))
            default: break
            }
        }
        if !members.isEmpty, members["do_sample"] == nil { members.set("do_sample", .truth(true)) }
        return members
    }

    // MARK: Tokens

    private func tokens(_ tokenizer: Tokenizer, ends: [TokenID]) -> FolderTokens {
        let vocabulary = tokenizer.vocabulary
        let text = template.map { String(decoding: $0, as: UTF8.self) }
        let eos = text.flatMap { TemplateEnding.token(template: $0, tokenizer: tokenizer) } ?? vocabulary.eosID
        let others = ends.filter { $0 != eos }.map { Int($0) }
        return FolderTokens(
            bos: vocabulary.bosID.map { Int($0) }, eos: eos.map { Int($0) },
            padding: vocabulary.paddingID.map { Int($0) }, ends: (eos.map { [Int($0)] } ?? []) + others)
    }

    private func name(of id: Int?, _ tokenizer: Tokenizer) -> [UInt8]? {
        guard let id, id >= 0, id < tokenizer.vocabularySize else { return nil }
        return Array(tokenizer.vocabulary.tokens[id])
    }

    private mutating func addGeneration(_ base: [WrittenJSON.Member], _ ends: FolderTokens) throws {
        var members = base
        // It would hide this file's own values.
        members.remove(["_from_model_config"])
        members.set("bos_token_id", .whole(ends.bos))
        members.set("eos_token_id", ends.ends.count > 1 ? .list(ends.ends.map { .whole($0) }) : .whole(ends.eos))
        members.set("pad_token_id", .whole(ends.padding))
        files.append(("generation_config.json", WrittenJSON.object(members).fileBytes()))
    }
}
