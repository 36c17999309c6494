// A model as it is written into a folder: its numbers, and the type that transformers knows it as.
// - The tensors' shapes are checked, as they are before a model runs.

import Generation
import Tensors

/// What the files of a folder are made of.
struct FolderModel {
    /// In GGUF's layout.
    let source: any ModelSource
    let architecture: Architecture
    let configuration: ModelConfiguration
    /// Divisors of the rotation's frequencies, if the file has them: for short texts, and for long ones.
    let frequencyFactors: (short: [Float]?, long: [Float]?)
    /// `model_type` of config.json.
    let type: String
    /// transformers' name of the class.
    let className: String
    /// The config.json of the folder that the model comes from, if there is one: its members as they stand there.
    let base: [WrittenJSON.Member]

    /// - Throws: `FolderError` if transformers has no such models; `ModelError` or `ModelFileError` if the model cannot
    ///   be read.
    init(_ original: any ModelSource) throws {
        let file = original.inFileLayout
        let name = try file.string("general.architecture")
        guard let row = Architecture.named(name), let family = Self.families[name] else {
            throw FolderError.architecture(path: file.path, name: name, known: Self.families.keys.sorted())
        }
        source = file
        architecture = try row.adjusted(to: file)
        var configuration = try ModelConfiguration(file: file, architecture: architecture)
        let weights = try ModelWeights(file: file, architecture: architecture, configuration: &configuration)
        self.configuration = configuration
        frequencyFactors = (weights.frequencyFactors, weights.longFrequencyFactors)
        let (baseType, base) = try Self.base(of: file)
        self.base = base
        let hasWindow = configuration.layers.contains { $0.windowWidth != nil }
        (type, className) =
            switch name {
            case "llama" where configuration.expertCount > 0: ("mixtral", "MixtralForCausalLM")
            case "llama" where hasWindow || baseType == "mistral": ("mistral", "MistralForCausalLM")
            case "granitemoe" where configuration.sharedExpertWidth > 0:
                ("granitemoeshared", "GraniteMoeSharedForCausalLM")
            default: family
            }
    }

    /// The architectures that can be written.
    static var known: [String] { families.keys.sorted() }

    private static let families: [String: (type: String, className: String)] = [
        "llama": ("llama", "LlamaForCausalLM"), "gpt2": ("gpt2", "GPT2LMHeadModel"),
        "qwen2": ("qwen2", "Qwen2ForCausalLM"), "qwen3": ("qwen3", "Qwen3ForCausalLM"),
        "gemma": ("gemma", "GemmaForCausalLM"), "gemma2": ("gemma2", "Gemma2ForCausalLM"),
        "gemma3": ("gemma3_text", "Gemma3ForCausalLM"), "phi3": ("phi3", "Phi3ForCausalLM"),
        "smollm3": ("smollm3", "SmolLM3ForCausalLM"), "granite": ("granite", "GraniteForCausalLM"),
        "granitemoe": ("granitemoe", "GraniteMoeForCausalLM"), "qwen3moe": ("qwen3_moe", "Qwen3MoeForCausalLM"),
        "lfm2": ("lfm2", "Lfm2ForCausalLM"),
    ]

    /// The type and the members of the config.json beside the vocabulary; nothing if there is none, or if its numbers
    /// are another model's: a new model may share a tokenizer with another one.
    private static func base(
        of source: any ModelSource
    ) throws -> (type: String?, members: [WrittenJSON.Member]) {
        guard let folder = source.vocabularyFolder, let bytes = try FolderFiles.bytes(folder, "config.json"),
            let fields = try FolderFiles.optionalFields(folder, "config.json"),
            let found = try? HuggingFaceConfiguration(fields), found.describes(source)
        else { return (nil, []) }
        let members = WrittenJSON.verbatimMembers(of: bytes[...])
        guard case .verbatim(let text)? = members["text_config"] else {
            return (try fields.text("model_type"), members)
        }
        // A model that also sees images becomes its text part.
        return (try fields.text("model_type"), WrittenJSON.verbatimMembers(of: text))
    }

    var tiesEmbeddings: Bool { !source.hasTensor("output.weight") }

    func unsupported(_ what: String) -> FolderError { .setting(path: source.path, what: what, type: type) }
}

// MARK: Biases

extension FolderModel {
    private static let attention = ["attn_q", "attn_k", "attn_v", "attn_output"]
    private static let feedForward = ["ffn_gate", "ffn_up", "ffn_down"]
    private static let convolution = ["shortconv.conv", "shortconv.in_proj", "shortconv.out_proj"]

    /// True if any of these parts of any layer has a bias.
    private func hasBias(_ stems: [String]) -> Bool {
        (0..<configuration.layerCount).contains { layer in
            stems.contains { source.hasTensor("blk.\(layer).\($0).bias") }
        }
    }

    /// `attention_bias`: true if queries, keys, values and outputs have biases. nil if the type has no such setting.
    var hasAttentionBias: Bool? {
        switch type {
        case "llama", "qwen3", "qwen3_moe", "gemma", "gemma2", "gemma3_text", "smollm3", "granite", "granitemoe",
            "granitemoeshared":
            hasBias(Self.attention)
        default: nil
        }
    }

    /// `mlp_bias`; nil if the type has no such setting.
    var hasFeedForwardBias: Bool? {
        switch type {
        case "llama", "smollm3", "granite": hasBias(Self.feedForward)
        default: nil
        }
    }

    /// `conv_bias`; nil if the type has no such setting.
    var hasConvolutionBias: Bool? { type == "lfm2" ? hasBias(Self.convolution) : nil }

    /// The layers that have a single feed-forward although the model has experts; `mlp_only_layers`.
    var denseLayers: [Int] {
        (0..<configuration.layerCount).filter { !source.hasTensor("blk.\($0).ffn_gate_inp.weight") }
    }

    /// The parts of each layer that have a bias in transformers' model; outside of the layers, a tensor's name.
    var biasedParts: [String] {
        switch type {
        case "gpt2": ["attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_up", "ffn_down", "output_norm"]
        case "lfm2": hasConvolutionBias == true ? Self.convolution : []
        case "qwen2": ["attn_q", "attn_k", "attn_v"]
        default: (hasAttentionBias == true ? Self.attention : []) + (hasFeedForwardBias == true ? Self.feedForward : [])
        }
    }
}

extension HuggingFaceConfiguration {
    /// True if a model has the numbers that this config.json states.
    fileprivate func describes(_ source: any ModelSource) -> Bool {
        metadata.allSatisfy { key, value in
            source.metadata[key].map { $0.inUsualWidth.hasContent(of: value.inUsualWidth) } ?? false
        }
            && vectors.allSatisfy { name, values in
                ((try? source.vector(name))?.values).map { $0 == values } ?? false
            }
    }
}

extension MetadataValue {
    fileprivate func hasContent(of other: MetadataValue) -> Bool {
        switch (self, other) {
        case (.string(let one), .string(let two)): one == two
        case (.bool(let one), .bool(let two)): one == two
        case (.array(let one), .array(let two)):
            one.count == two.count && one.integers == two.integers && one.floats == two.floats
        default: number != nil && number == other.number
        }
    }
}
