// The shape of a model that is trained from nothing.

/// The numbers of a new model. Names as in Hugging Face's config.json.
public struct FreshShape: Sendable, Equatable, Codable {
    public enum Family: String, Sendable, CaseIterable, Codable {
        /// RMS norms, rotary positions, a gated feed-forward (SwiGLU), no biases. arXiv:2302.13971
        case llama
        /// Layer norms, learned positions, GELU, biases. Radford et al. 2019.
        case gpt2
    }

    public var family = Family.llama
    public var hiddenSize: Int
    public var layerCount: Int
    public var headCount: Int
    /// Heads of keys and values; each serves `headCount / keyValueHeadCount` heads of queries.
    public var keyValueHeadCount: Int
    public var intermediateSize: Int
    public var contextLength: Int
    /// True if the output matrix is the embedding.
    public var tiesEmbeddings = true
    public var normEpsilon = 1e-5
    public var ropeTheta = 10_000.0
    /// Standard deviation of the matrices.
    public var initializerRange = 0.02
    /// True if the matrices that write to the residual stream begin smaller, by 1 / √(2 · layers), as in GPT-2.
    public var scalesResidual = true

    public init(
        family: Family = .llama, hiddenSize: Int, layerCount: Int, headCount: Int, keyValueHeadCount: Int? = nil,
        intermediateSize: Int, contextLength: Int
    ) {
        self.family = family
        self.hiddenSize = hiddenSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount ?? headCount
        self.intermediateSize = intermediateSize
        self.contextLength = contextLength
    }

    /// What is wrong with the numbers, in a sentence; nil if they make a model.
    public var problem: String? {
        let limits: [(String, Int, ClosedRange<Int>)] = [
            ("hidden_size", hiddenSize, 8...16_384), ("num_hidden_layers", layerCount, 1...512),
            ("num_attention_heads", headCount, 1...512), ("num_key_value_heads", keyValueHeadCount, 1...512),
            ("intermediate_size", intermediateSize, 8...131_072), ("context_length", contextLength, 8...1_048_576),
        ]
        for (name, value, range) in limits where !range.contains(value) {
            return "'\(name)' is \(value), and must be from \(range.lowerBound) to \(range.upperBound)."
        }
        guard hiddenSize % headCount == 0 else {
            return "'hidden_size' is \(hiddenSize), which \(headCount) heads do not divide. Make it a multiple of them."
        }
        guard family != .llama || (hiddenSize / headCount) % 2 == 0 else {
            return "A head has \(hiddenSize / headCount) columns, and rotary positions need an even number."
        }
        guard headCount % keyValueHeadCount == 0 else {
            return "'num_key_value_heads' is \(keyValueHeadCount), which does not divide the \(headCount) heads."
        }
        guard family == .llama || keyValueHeadCount == headCount else {
            return "GPT-2 has a key and a value for each head of queries. Leave 'num_key_value_heads' out."
        }
        return nil
    }
}
