// Reads and writes adapters in GGUF format, as llama.cpp does (src/llama-adapter.cpp, convert_lora_to_gguf.py).
// - One alpha holds for the whole file, and the scale is alpha / rank; an alpha of 0, or none, means a scale of 1.
// - Tensors are NAME.lora_a, [inputs, rank], and NAME.lora_b, [rank, outputs].

import Tensors

enum GGUFAdapter {
    /// The fingerprint of the model that the adapter was made for. Other programs pass over this key.
    static let hashKey = "copydesk.adapter.base_hash"
    private static let alphaKey = "adapter.lora.alpha"
    private static let a = ".lora_a"
    private static let b = ".lora_b"

    /// True if the file says that it is an adapter.
    static func isAdapter(_ file: GGUFFile) -> Bool {
        (try? file.optionalString("general.type")) == "adapter" || file.metadata["adapter.type"] != nil
    }

    /// - Throws: `AdapterError` or `ModelFileError`, which name the file.
    static func read(_ file: GGUFFile) throws -> LoRAAdapter {
        let path = file.path
        try check(file)
        let alpha = try file.float(alphaKey, default: 0)
        var halves: [String: (a: String?, b: String?)] = [:]
        for name in file.tensorNames {
            if name.hasSuffix(a) {
                halves[String(name.dropLast(a.count)), default: (nil, nil)].a = name
            } else if name.hasSuffix(b) {
                halves[String(name.dropLast(b.count)), default: (nil, nil)].b = name
            } else {
                throw AdapterError.unsupported(path: path, what: "it replaces a whole tensor of the model ('\(name)')")
            }
        }
        var entries: [String: LoRAAdapter.Entry] = [:]
        for (name, pair) in try AdapterPair.pairs(halves, path: path, a: a, b: b) {
            if name == "token_embd.weight" {
                throw AdapterError.unsupported(path: path, what: "it changes an embedding ('\(pair.a)')")
            }
            guard LoRAAdapter.isProjection(name) else {
                throw AdapterError.unknownTensor(path: path, tensor: pair.a)
            }
            entries[name] = try pair.entry(
                path: path, rank: nil, scale: { alpha == 0 ? 1 : alpha / Float($0) }, shape: file.shape(of:),
                rows: { try file.weight($0) })
        }
        guard !entries.isEmpty else { throw AdapterError.noTensors(path: path) }
        return LoRAAdapter(
            architecture: try file.string("general.architecture"), entries: entries, path: path,
            name: try file.optionalString("general.name"),
            baseName: try file.optionalString("general.base_model.0.name"),
            baseHash: try file.optionalString(hashKey))
    }

    static func check(_ file: GGUFFile) throws {
        guard isAdapter(file) else { throw AdapterError.notAnAdapter(path: file.path, what: "a model") }
        let kind = try file.string("adapter.type", default: "lora")
        guard kind == "lora" else {
            throw AdapterError.unsupported(path: file.path, what: "it is an adapter of the kind '\(kind)'")
        }
        if file.metadata["adapter.alora.invocation_tokens"] != nil {
            throw AdapterError.unsupported(path: file.path, what: "it begins only behind certain tokens")
        }
    }

    /// The file of an adapter: F32, and with the outputs as GGUF files have them.
    ///
    /// The first matrix gives the file its alpha; where another matrix has another scale, its B carries the rest.
    /// - Parameter names: more about the adapter, such as its name.
    static func file(_ adapter: LoRAAdapter) -> GGUFWriter {
        func text(_ value: String) -> MetadataValue { .string(Array(value.utf8)) }
        let names = adapter.names
        // An alpha of 0 would mean a scale of 1.
        let alpha =
            names.compactMap { adapter.entries[$0] }.map { $0.scale * Float($0.rank) }
            .first { $0 > 0 && $0.isFinite } ?? 1
        var metadata: [(key: String, value: MetadataValue)] = [
            ("general.architecture", text(adapter.architecture)), ("general.type", text("adapter")),
            ("adapter.type", text("lora")), (alphaKey, .float32(alpha)),
            ("general.quantization_version", .uint32(2)), ("general.file_type", .uint32(0)),
        ]
        if let name = adapter.name { metadata.append(("general.name", text(name))) }
        if let base = adapter.baseName {
            metadata += [("general.base_model.count", .uint32(1)), ("general.base_model.0.name", text(base))]
        }
        if let hash = adapter.baseHash { metadata.append((hashKey, text(hash))) }
        let tensors = names.flatMap { name -> [GGUFWriter.Tensor] in
            guard let entry = adapter.entries[name] else { return [] }
            let rest = Double(entry.scale) / (Double(alpha) / Double(entry.rank))
            let up = rest == 1 ? entry.b : entry.b.map { Float(Double($0) * rest) }
            return [
                GGUFWriter.Tensor(name: name + a, shape: [entry.inputCount, entry.rank], type: .f32) {
                    ElementType.f32.encode(entry.a)
                },
                GGUFWriter.Tensor(name: name + b, shape: [entry.rank, entry.outputCount], type: .f32) {
                    ElementType.f32.encode(up)
                },
            ]
        }
        return GGUFWriter(metadata: metadata, tensors: tensors)
    }
}
