// The names of modules of transformers for GGUF's matrices: the other way of `HuggingFaceNames`, for adapters.

/// Names of modules in one family of models.
struct PEFTNames {
    private let architecture: String
    /// Modules inside a layer by the names of matrices.
    private let inLayer: [String: String]

    init(architecture: String) {
        self.architecture = architecture
        inLayer = LoRAAdapter.inLayer.reduce(into: [:]) { $0[$1] = Self.inner($1, architecture) }
    }

    /// The module's complete name, such as `model.layers.0.self_attn.q_proj`; nil if the matrix is no module.
    func module(_ name: String) -> String? {
        guard let inner = inner(name), let layer = LoRAAdapter.layer(name) else {
            return name == "output.weight" ? "lm_head" : nil
        }
        return (architecture == "gpt2" ? "transformer.h." : "model.layers.") + "\(layer).\(inner)"
    }

    /// The module's name inside its layer, such as `self_attn.q_proj`; nil outside the layers.
    func inner(_ name: String) -> String? {
        guard let layer = LoRAAdapter.layer(name), name.hasSuffix(".weight") else { return nil }
        return inLayer[String(name.dropFirst("blk.\(layer).".count).dropLast(".weight".count))]
    }

    /// The shortest name by which PEFT finds the modules of that inner name and no others: it compares ends of names.
    func target(_ inner: String) -> String {
        guard let last = inner.split(separator: ".").last.map(String.init) else { return inner }
        return inLayer.values.count { $0 == last || $0.hasSuffix("." + last) } == 1 ? last : inner
    }

    private static func inner(_ stem: String, _ architecture: String) -> String? {
        switch (architecture, stem) {
        // One matrix of transformers holds gate and up there, and an update of both needs one A.
        case ("granitemoe", _) where stem.hasPrefix("ffn_"): nil
        // Modules have one name for the router of experts, and tensors in files a name for each family.
        case (_, "ffn_gate_inp"): HuggingFaceNames.hasUsualModules(architecture) ? "mlp.gate" : nil
        default: HuggingFaceNames.inner(stem, architecture)
        }
    }
}
