// A LoRA adapter as a value: low-rank updates of a model's matrices. Hu et al., arXiv:2106.09685.
// - Matrices have GGUF's names, and the outputs the order of GGUF's rows, whatever file they come from.
// - Every number is finite, and every size was checked against the arrays.

import Generation
import Tensors

/// Low-rank updates of the matrices of one model.
public struct LoRAAdapter: Sendable {
    /// The update of one matrix: y = W x + scale · B (A x).
    public struct Entry: Sendable, Equatable {
        public let inputCount: Int
        public let outputCount: Int
        public let rank: Int
        /// A: rank × inputs, row after row.
        public let a: [Float]
        /// B: outputs × rank, row after row.
        public let b: [Float]
        /// alpha / rank, or as the file says otherwise.
        public var scale: Float

        /// - Parameters:
        ///   - a: rank × inputs.
        ///   - b: outputs × rank.
        public init(inputCount: Int, outputCount: Int, rank: Int, a: [Float], b: [Float], scale: Float) {
            precondition(rank > 0 && inputCount > 0 && outputCount > 0, "sizes of at least 1")
            precondition(a.count == rank * inputCount && b.count == outputCount * rank, "values fill the matrices")
            self.inputCount = inputCount
            self.outputCount = outputCount
            self.rank = rank
            self.a = a
            self.b = b
            self.scale = scale
        }

        /// The same update with its outputs in another order.
        /// - Parameter order: for each new output, the old one.
        func reordered(_ order: [Int]) -> Entry {
            Entry(
                inputCount: inputCount, outputCount: order.count, rank: rank, a: a,
                b: order.flatMap { b[$0 * rank..<($0 + 1) * rank] }, scale: scale)
        }
    }

    /// By names of matrices, such as `blk.0.attn_q.weight`.
    public var entries: [String: Entry]
    /// As in `general.architecture`.
    public var architecture: String
    /// The file or folder, for messages; empty for one that was made in memory.
    public var path: String
    public var name: String?
    /// The name or the place of the model that it was made for.
    public var baseName: String?
    /// The fingerprint of that model's files.
    public var baseHash: String?

    public init(
        architecture: String, entries: [String: Entry], path: String = "", name: String? = nil,
        baseName: String? = nil, baseHash: String? = nil
    ) {
        self.architecture = architecture
        self.entries = entries
        self.path = path
        self.name = name
        self.baseName = baseName
        self.baseHash = baseHash
    }

    /// The names of the matrices, layer after layer.
    public var names: [String] {
        entries.keys.sorted { (Self.layer($0) ?? .max, $0) < (Self.layer($1) ?? .max, $1) }
    }

    /// The number of trained values.
    public var parameterCount: Int { entries.values.reduce(0) { $0 + $1.a.count + $1.b.count } }

    /// A hash of all that changes the model's output, as 16 hexadecimal digits.
    public var hash: String {
        var hash = FNV1a()
        for name in names {
            guard let entry = entries[name] else { continue }
            hash.mix(name.utf8)
            hash.mix(UInt64(entry.rank))
            hash.mix(UInt64(entry.scale.bitPattern))
            for values in [entry.a, entry.b] {
                for value in values { hash.mix(UInt64(value.bitPattern)) }
            }
        }
        return hash.hexadecimal
    }

    /// The layer of a matrix; nil for one outside the layers.
    static func layer(_ name: String) -> Int? {
        guard name.hasPrefix("blk.") else { return nil }
        return Int(name.dropFirst(4).prefix { $0 != "." })
    }

    /// Matrices whose products the forward pass computes for every row, so that an update can be added to them.
    static let inLayer: Set<String> = [
        "attn_q", "attn_k", "attn_v", "attn_qkv", "attn_output", "ffn_gate", "ffn_up", "ffn_down", "ffn_gate_inp",
        "ffn_gate_shexp", "ffn_up_shexp", "ffn_down_shexp", "shortconv.in_proj", "shortconv.out_proj",
    ]

    /// True if an update can be added to the products of a matrix of that name.
    static func isProjection(_ name: String) -> Bool {
        guard name.hasSuffix(".weight") else { return false }
        let stem = name.dropLast(".weight".count)
        if stem == "output" { return true }
        guard let layer = layer(name), stem.hasPrefix("blk.\(layer).") else { return false }
        return inLayer.contains(String(stem.dropFirst("blk.\(layer).".count)))
    }
}
