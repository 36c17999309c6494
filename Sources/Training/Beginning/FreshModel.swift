// A model before its first update: metadata and random weights, as if they came from a file.
// - So a model that is trained from nothing takes the same way as one that is fine-tuned.
// - A weight depends on the seed, its tensor's name and its place alone.

import Foundation
import Generation
import Inference
import Tensors

/// A new model with random weights.
public struct FreshModel: ModelSource {
    public let path: String
    public let metadata: [String: MetadataValue]
    private let shape: FreshShape
    let seed: UInt64
    private let tensors: [Tensor]

    private struct Tensor {
        enum Beginning { case zeros, ones, random(deviation: Double) }
        var name: String
        /// Fastest-running first.
        var shape: [Int]
        var beginning: Beginning
    }

    /// - Parameters:
    ///   - vocabulary: byte-level BPE, or another kind that GGUF files can hold.
    ///   - chatTemplate: in Jinja; nil if the model has none.
    public init(
        shape: FreshShape, vocabulary: Vocabulary, chatTemplate: String?, name: String, seed: UInt64
    ) {
        path = name
        self.shape = shape
        self.seed = seed
        tensors = Self.tensors(shape, vocabularySize: vocabulary.tokens.count)
        metadata = Self.metadata(shape, name: name, chatTemplate: chatTemplate)
            .merging(vocabulary.metadata) { own, _ in own }
    }

    private static func metadata(
        _ shape: FreshShape, name: String, chatTemplate: String?
    ) -> [String: MetadataValue] {
        func text(_ value: String) -> MetadataValue { .string(Array(value.utf8)) }
        func count(_ value: Int) -> MetadataValue { .uint32(UInt32(clamping: value)) }
        let family = shape.family.rawValue
        var metadata: [String: MetadataValue] = [
            "general.architecture": text(family), "general.name": text(name), "general.type": text("model"),
            family + ".context_length": count(shape.contextLength),
            family + ".embedding_length": count(shape.hiddenSize),
            family + ".block_count": count(shape.layerCount),
            family + ".feed_forward_length": count(shape.intermediateSize),
            family + ".attention.head_count": count(shape.headCount),
        ]
        switch shape.family {
        case .llama:
            metadata[family + ".attention.head_count_kv"] = count(shape.keyValueHeadCount)
            metadata[family + ".rope.dimension_count"] = count(shape.hiddenSize / shape.headCount)
            metadata[family + ".rope.freq_base"] = .float32(Float(shape.ropeTheta))
            metadata[family + ".attention.layer_norm_rms_epsilon"] = .float32(Float(shape.normEpsilon))
        case .gpt2:
            metadata[family + ".attention.layer_norm_epsilon"] = .float32(Float(shape.normEpsilon))
        }
        if let chatTemplate { metadata["tokenizer.chat_template"] = text(chatTemplate) }
        return metadata
    }

    private static func tensors(_ shape: FreshShape, vocabularySize: Int) -> [Tensor] {
        let (width, inner) = (shape.hiddenSize, shape.intermediateSize)
        let keys = width / shape.headCount * shape.keyValueHeadCount
        let deviation = shape.initializerRange
        let scaled = shape.scalesResidual ? deviation / (2 * Double(shape.layerCount)).squareRoot() : deviation
        let isGPT2 = shape.family == .gpt2
        var list: [Tensor] = []
        func matrix(_ name: String, _ outputs: Int, _ inputs: Int, _ deviation: Double, bias: Bool = isGPT2) {
            list.append(
                Tensor(name: name + ".weight", shape: [inputs, outputs], beginning: .random(deviation: deviation)))
            if bias { list.append(Tensor(name: name + ".bias", shape: [outputs], beginning: .zeros)) }
        }
        func norm(_ name: String) {
            list.append(Tensor(name: name + ".weight", shape: [width], beginning: .ones))
            if isGPT2 { list.append(Tensor(name: name + ".bias", shape: [width], beginning: .zeros)) }
        }
        matrix("token_embd", vocabularySize, width, deviation, bias: false)
        if isGPT2 { matrix("position_embd", shape.contextLength, width, deviation, bias: false) }
        for layer in 0..<shape.layerCount {
            let name = "blk.\(layer)."
            norm(name + "attn_norm")
            if isGPT2 {
                matrix(name + "attn_qkv", 3 * width, width, deviation)
            } else {
                matrix(name + "attn_q", width, width, deviation)
                matrix(name + "attn_k", keys, width, deviation)
                matrix(name + "attn_v", keys, width, deviation)
            }
            matrix(name + "attn_output", width, width, scaled)
            norm(name + "ffn_norm")
            if !isGPT2 { matrix(name + "ffn_gate", inner, width, deviation) }
            matrix(name + "ffn_up", inner, width, deviation)
            matrix(name + "ffn_down", width, inner, scaled)
        }
        norm("output_norm")
        if !shape.tiesEmbeddings { matrix("output", vocabularySize, width, deviation, bias: false) }
        return list
    }

    public var files: [MappedFile] { [] }
    public var tensorNames: [String] { tensors.map(\.name) }
    public func hasTensor(_ name: String) -> Bool { shape(of: name) != nil }
    public func shape(of name: String) -> [Int]? { tensors.first { $0.name == name }?.shape }

    public func weight(_ name: String) throws -> WeightMatrix {
        let tensor = try tensor(name)
        let (columns, rows) = (tensor.shape[0], tensor.shape.count > 1 ? tensor.shape[1] : 1)
        return WeightMatrix(rows: rows, columns: columns, values: values(of: tensor))
    }

    public func weights(_ name: String) throws -> [WeightMatrix] { [try weight(name)] }
    public func vector(_ name: String) throws -> WeightVector { WeightVector(values: values(of: try tensor(name))) }

    private func tensor(_ name: String) throws -> Tensor {
        guard let tensor = tensors.first(where: { $0.name == name }) else {
            throw ModelFileError.missingTensor(path: path, name: name)
        }
        return tensor
    }

    private func values(of tensor: Tensor) -> [Float] {
        let count = tensor.shape.reduce(1, *)
        switch tensor.beginning {
        case .zeros: return [Float](repeating: 0, count: count)
        case .ones: return [Float](repeating: 1, count: count)
        case .random(let deviation):
            return RandomNumbers(seed: seed, stream: tensor.name).normals(count, deviation: deviation)
        }
    }
}
