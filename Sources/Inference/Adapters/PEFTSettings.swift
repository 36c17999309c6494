// adapter_config.json of PEFT: the rank and the scale of each matrix, and the things that this program does not compute.
// Names and rules: peft/tuners/lora/config.py and layer.py.

import Generation

/// The settings of an adapter as PEFT saves them.
struct PEFTSettings {
    let path: String
    let baseName: String?
    private let rank: Int
    private let alpha: Double
    private let scalesByRoot: Bool
    private let ranks: [Pattern<Int>]
    private let alphas: [Pattern<Double>]
    /// nil if the targets are given by a pattern or by a word for all.
    private let targets: [String]?

    /// A value for all modules whose names end with a text, or are equal to it.
    private struct Pattern<Value> {
        var text: String
        var isWhole: Bool
        var value: Value

        func matches(_ module: String) -> Bool { module == text || !isWhole && module.hasSuffix("." + text) }
    }

    /// - Throws: `ModelFileError` for a value of a wrong type; `AdapterError` for a setting that is not supported.
    init(_ fields: JSONFields) throws {
        path = fields.path
        try Self.refuseOthers(fields)
        baseName = try fields.text("base_model_name_or_path")
        rank = try Self.rank(fields.int("r") ?? 8, fields, "r")
        alpha = try fields.number("lora_alpha") ?? 8
        scalesByRoot = try fields.truth("use_rslora") ?? false
        ranks = try Self.patterns(fields, "rank_pattern") { value in
            try Self.rank(value.int, fields, "rank_pattern")
        }
        alphas = try Self.patterns(fields, "alpha_pattern") { value in
            guard let alpha = value.double, alpha.isFinite else {
                throw fields.wrongType("alpha_pattern", "an object of numbers")
            }
            return alpha
        }
        targets = try fields.value("target_modules")?.items.map { items in
            try items.map { item in
                guard let text = item.text else { throw fields.wrongType("target_modules", "a list of strings") }
                return text
            }
        }
    }

    /// The rank of a module's matrices.
    func rank(of module: String) -> Int { ranks.first { $0.matches(module) }?.value ?? rank }

    /// The factor of a module's update.
    func scale(of module: String) -> Float {
        let (rank, alpha) = (Double(rank(of: module)), alphas.first { $0.matches(module) }?.value ?? alpha)
        return Float(alpha / (scalesByRoot ? rank.squareRoot() : rank))
    }

    /// True if PEFT would use the tensors of that module.
    func targets(_ module: String) -> Bool {
        targets?.contains { module == $0 || module.hasSuffix("." + $0) } ?? true
    }

    private static func rank(_ value: Int?, _ fields: JSONFields, _ key: String) throws -> Int {
        guard let value else { throw fields.wrongType(key, "an integer") }
        guard (1...65_536).contains(value) else { throw fields.outOfRange(key, value, "from 1 to 65536") }
        return value
    }

    private static func patterns<Value>(
        _ fields: JSONFields, _ key: String, _ convert: (JSONValue) throws -> Value
    ) throws -> [Pattern<Value>] {
        try (fields.members(key) ?? []).map { name, value in
            var text = String(decoding: name, as: UTF8.self)
            let isWhole = text.hasPrefix("^")
            if isWhole { text.removeFirst() }
            if text.hasSuffix("$") { text.removeLast() }
            let isPlain = text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || "0123456789_-.".unicodeScalars.contains($0)
            }
            guard isPlain else {
                throw AdapterError.unsupported(
                    path: fields.path, what: "its \(key) has the regular expression '\(text)'")
            }
            return Pattern(text: text, isWhole: isWhole, value: try convert(value))
        }
    }

    // Each of these changes the numbers, so none may be passed over.
    private static func refuseOthers(_ fields: JSONFields) throws {
        func refuse(_ what: String) -> AdapterError { .unsupported(path: fields.path, what: what) }
        func isSet(_ key: String) -> Bool {
            switch fields.value(key) {
            case nil, .bool(false)?: false
            case .array(let items)?: !items.isEmpty
            case .object(let members)?: !members.isEmpty
            default: true
            }
        }
        let kind = try fields.required("peft_type", fields.text("peft_type"))
        guard kind.uppercased() == "LORA" else { throw refuse("it is an adapter of the kind \(kind)") }
        let bias = try fields.text("bias") ?? "none"
        guard bias == "none" else { throw refuse("it changes biases (bias is '\(bias)')") }
        if let modules = fields.value("modules_to_save")?.items, !modules.isEmpty {
            let names = modules.compactMap(\.text).joined(separator: ", ")
            throw refuse("it replaces whole parts of the model (modules_to_save: \(names))")
        }
        let words = [
            "use_dora": "it is a DoRA adapter, which also changes the lengths of the weights",
            "lora_bias": "its B has biases",
            "use_qalora": "it is a QA-LoRA adapter",
            "use_bdlora": "it is a block-diagonal adapter",
            "layer_replication": "it repeats layers of the model",
            "trainable_token_indices": "it changes embeddings of tokens",
            "target_parameters": "it changes matrices of experts",
            "alora_invocation_tokens": "it begins only behind certain tokens",
            "velora_config": "it is a VeLoRA adapter",
            "monteclora_config": "it is a MonteCLoRA adapter",
            "arrow_config": "it chooses among other adapters",
            "kasa_config": "it is a KaSA adapter",
        ]
        for (key, what) in words.sorted(by: { $0.key < $1.key }) where isSet(key) { throw refuse("\(what) (\(key))") }
        // These ways to begin also change the model's own weights, which the file then does not tell.
        if let beginning = fields.value("init_lora_weights")?.text?.lowercased(),
            ["pissa", "olora", "corda", "loftq", "lora_ga", "mica"].contains(where: beginning.hasPrefix)
        {
            throw refuse("its training changed the model's own weights first (init_lora_weights is '\(beginning)')")
        }
    }
}
