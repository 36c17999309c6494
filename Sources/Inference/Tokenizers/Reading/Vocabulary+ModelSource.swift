// A model's vocabulary, from wherever its form keeps it.

extension Vocabulary {
    /// - Throws: `ModelFileError` naming the file and the key that is missing or not supported.
    public init(of source: any ModelSource) throws {
        guard let folder = source.vocabularyFolder else {
            try self.init(metadataOf: source)
            return
        }
        // The embedding may have more rows than the tokenizer has tokens.
        let shape = source.shape(of: "token_embd.weight") ?? []
        try self.init(folder: folder, tokenCount: shape.count > 1 ? shape[1] : nil)
    }
}
