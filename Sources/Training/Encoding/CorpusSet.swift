// The examples of a corpus as a run reads them: a row of one example, or a row of several that are packed together.

import Generation

/// A part of a corpus to train or to validate on.
public struct CorpusSet: TrainingSet {
    /// One example.
    struct Document: Sendable {
        /// The number of its row in the corpus.
        var row: Int
        var place: TokenStore.Place
        /// Of its tokens and weights.
        var hash: UInt64
        /// The factor of its labels in the loss.
        var weight: Float
    }

    private let store: TokenStore
    private let documents: [Document]
    private let encoder: ExampleEncoder
    /// `nil` if each example is a row.
    public let packing: Packing?
    public let fingerprint: String

    init(_ documents: [Document], store: TokenStore, encoder: ExampleEncoder) {
        self.documents = documents
        self.store = store
        self.encoder = encoder
        packing =
            if case .packed(let length) = encoder.options.layout {
                Packing(lengths: documents.map { Int($0.place.count) }, into: max(length, 2))
            } else {
                nil
            }
        var hash = FNV1a()
        for row in packing?.rows ?? [] { hash.mix(UInt64(row.count)) }
        for index in packing?.rows.joined().map({ $0 }) ?? Array(documents.indices) { hash.mix(documents[index].hash) }
        fingerprint = "\(packing?.rows.count ?? documents.count):\(hash.hexadecimal)"
    }

    public var count: Int { packing?.rows.count ?? documents.count }

    public func documents(ofRow index: Int) throws -> [EncodedExample] {
        guard let packing else { return [try example(index)] }
        return try packing.rows[index].map(example)
    }

    private func example(_ index: Int) throws -> EncodedExample {
        let document = documents[index]
        let (tokens, isLearned) = try store.read(document.place)
        var example = EncodedExample(
            row: document.row, tokens: tokens,
            weights: isLearned.map { ($0 ? 1 : encoder.options.promptWeight) * document.weight })
        example.labelByteCount = encoder.labelByteCount(tokens, example.weights)
        return example
    }

    /// The rows of the corpus that the examples are, in order; a row that became several examples is there as often.
    var rowNumbers: [Int] { documents.map(\.row) }
}
