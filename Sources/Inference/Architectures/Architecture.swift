// The differences between the families of models: one row each, read by the one forward pass.
// - A row holds only facts that the file's own numbers do not state; widths and counts come from the file.
// - If a family is not in the table, the error names it; nothing is guessed.

import Tensors

/// One row of the table of architectures: how a family of decoder-only transformers is built.
struct Architecture: Sendable {
    enum Positions: Sendable {
        /// Queries and keys are rotated; pairs are (2i, 2i + 1) or (i, i + half).
        case rotary(RotationLayout)
        /// A learned vector for each position is added to the embedding (`position_embd.weight`).
        case learned
    }

    enum Window: Sendable {
        case none
        /// Every layer has the window that the file names.
        case everyLayer
        /// All layers except each `period`-th have the window; the others see every position.
        case allButEvery(period: Int, width: Int?)
        /// The layers that the file lists have the window; without a list, none has.
        case listed
    }

    enum Experts: Sendable { case none, optional, required }

    /// Where the architecture demands a bias. Elsewhere a bias is used if the file has one.
    struct Biases: OptionSet, Sendable {
        let rawValue: Int
        static let norms = Biases(rawValue: 1)
        static let queryKeyValue = Biases(rawValue: 2)
        static let attentionOutput = Biases(rawValue: 4)
        static let feedForward = Biases(rawValue: 8)
    }

    /// `general.architecture`, and the prefix of the file's other keys.
    let name: String
    var norm = NormalizationKind.rms
    var positions = Positions.rotary(.halves)
    var activation = ActivationKind.silu
    /// True if the feed-forward multiplies an activated gate with the up projection.
    var isGated = true
    /// True if `ffn_up.weight` holds gate and up, one below the other.
    var gateIsInUp = false
    var requiredBiases: Biases = []
    /// True if each head of queries and keys is normalized before the rotation.
    var normalizesQueryAndKey = false
    /// True if attention and feed-forward outputs are normalized before they are added.
    var hasPostNorms = false
    /// True if embeddings are multiplied by the square root of the width.
    var scalesEmbedding = false
    /// True if the file has factors of embeddings, of what each block adds to the residual, and of logits.
    var hasScales = false
    /// True if layers without heads of keys and values have a short convolution in place of attention.
    var hasConvolutions = false
    /// Soft-cap on attention scores if the file names none; nil: the family has no such cap.
    var attentionSoftcap: Double?
    /// Soft-cap on logits if the file names none; nil: the family has no such cap.
    var finalSoftcap: Double?
    var window = Window.none
    /// Base of the rotation in layers with a window; it is then never stretched. nil: they rotate as the others do.
    var windowedRotationBase: Double?
    /// Each n-th layer leaves queries and keys unrotated.
    var unrotatedEvery: Int?
    /// True if no layer is rotated when `rope.scaling.finetuned` is false.
    var rotatesOnlyIfFinetuned = false
    /// A model with this many layers scales attention by width / heads instead of the head width.
    var wideScaleLayerCount: Int?
    var experts = Experts.none
    /// True if a feed-forward for all rows may stand beside the experts.
    var mayShareExpert = false
    /// The tensor of the last norm.
    var outputNorm = "output_norm"

    /// The families that Copydesk runs.
    static let all: [Architecture] = [
        // Llama 1 to 3.x, Mistral, SmolLM2, TinyLlama; with experts: Mixtral. arXiv:2302.13971, 2401.04088
        Architecture(
            name: "llama", positions: .rotary(.interleaved), window: .everyLayer, experts: .optional),
        // Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"
        Architecture(
            name: "gpt2", norm: .layer, positions: .learned, activation: .geluTanh, isGated: false,
            requiredBiases: [.norms, .queryKeyValue, .attentionOutput, .feedForward]),
        // arXiv:2407.10671, 2412.15115
        Architecture(name: "qwen2", requiredBiases: [.queryKeyValue], window: .listed),
        // arXiv:2505.09388
        Architecture(name: "qwen3", normalizesQueryAndKey: true, window: .listed),
        Architecture(name: "qwen3moe", normalizesQueryAndKey: true, window: .listed, experts: .required),
        // arXiv:2403.08295
        Architecture(name: "gemma", activation: .geluTanh, scalesEmbedding: true),
        // arXiv:2408.00118
        Architecture(
            name: "gemma2", activation: .geluTanh, hasPostNorms: true, scalesEmbedding: true,
            attentionSoftcap: 50, finalSoftcap: 30, window: .allButEvery(period: 2, width: 4096),
            wideScaleLayerCount: 46),
        // arXiv:2503.19786; the text model
        Architecture(
            name: "gemma3", activation: .geluTanh, normalizesQueryAndKey: true, hasPostNorms: true,
            scalesEmbedding: true, finalSoftcap: 0, window: .allButEvery(period: 6, width: nil),
            windowedRotationBase: 10_000, wideScaleLayerCount: 62),
        // arXiv:2404.14219
        Architecture(name: "phi3", gateIsInUp: true, window: .everyLayer),
        // Hugging Face, SmolLM3, 2025; NoPE in each fourth layer after arXiv:2501.18795
        Architecture(name: "smollm3", positions: .rotary(.interleaved), window: .listed, unrotatedEvery: 4),
        // IBM, Granite 3.0 Language Models, 2024; Granite 4.0 without Mamba layers
        Architecture(
            name: "granite", positions: .rotary(.interleaved), hasScales: true, rotatesOnlyIfFinetuned: true),
        Architecture(
            name: "granitemoe", positions: .rotary(.interleaved), hasScales: true, rotatesOnlyIfFinetuned: true,
            experts: .required, mayShareExpert: true),
        // arXiv:2511.23404
        Architecture(
            name: "lfm2", normalizesQueryAndKey: true, hasConvolutions: true, window: .everyLayer,
            outputNorm: "token_embd_norm"),
    ]

    /// The row of a family; nil if the table has none.
    static func named(_ name: String) -> Architecture? { all.first { $0.name == name } }

    /// Activations by their names in config.json and `hidden_activation`. The names on one line are computed
    /// differently, but single precision shows no difference.
    static let activations: [String: ActivationKind] = [
        "silu": .silu, "swish": .silu,
        "gelu": .gelu, "gelu_python": .gelu,
        "gelu_pytorch_tanh": .geluTanh, "gelu_new": .geluTanh, "gelu_fast": .geluTanh, "gelu_python_tanh": .geluTanh,
        "gelu_accurate": .geluTanh,
        "quick_gelu": .geluSigmoid, "relu": .relu,
    ]
}
