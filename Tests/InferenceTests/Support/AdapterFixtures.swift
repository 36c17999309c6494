// The adapters of Fixtures/adapters, made and explained by make_adapters.py there.

import Foundation
import Inference
import Tensors
import Testing

/// An adapter as PEFT saved it, with the logits that PEFT computes.
struct TinyAdapter: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    /// A tiny model of Fixtures/models; of most there is a folder in Fixtures/files too.
    let model: String

    var testDescription: String { name }
    static let folder = Fixtures.folder.appending(path: "adapters")
    var path: String { Self.folder.appending(path: name).path }
    var isQuantized: Bool { model.hasSuffix("-q8") }

    static let all: [TinyAdapter] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "adapters.json")) else { return [] }
        return (try? JSONDecoder().decode([TinyAdapter].self, from: data)) ?? []
    }()

    static func named(_ name: String) throws -> TinyAdapter {
        guard let adapter = all.first(where: { $0.name == name }) else { throw CocoaError(.fileNoSuchFile) }
        return adapter
    }

    var tinyModel: TinyModel { get throws { try TinyModel.named(model) } }

    /// The GGUF file of the model.
    func file() throws -> any ModelSource {
        try GGUFFile.open(path: TinyModel.folder.appending(path: "\(model).gguf").path)
    }

    /// The model as a folder; nil if there is none.
    func modelFolder() throws -> (any ModelSource)? {
        let path = Fixtures.folder.appending(path: "files/\(model)").path
        return FileManager.default.fileExists(atPath: path) ? try HuggingFaceFolder.open(path: path) : nil
    }

    func adapter() throws -> LoRAAdapter { try AdapterFiles.open(path: path, for: file()) }

    /// PEFT's logits: a row for each of the model's ids.
    func expectedLogits() throws -> [[Float]] { try Self.logits(name, of: tinyModel) }

    static func logits(_ name: String, of model: TinyModel) throws -> [[Float]] {
        let data = try Data(contentsOf: folder.appending(path: "\(name).logits"))
        let values = data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        return stride(from: 0, to: values.count, by: model.vocabulary).map { Array(values[$0..<$0 + model.vocabulary]) }
    }
}

/// The logits of a model with adapters, a row for each id.
func logits(
    _ model: any ModelSource, _ adapters: [AppliedAdapter], ids: [Int32], threads: Int = 2, chunk: Int = .max
) throws -> [[Float]] {
    let source: any ModelSource = adapters.isEmpty ? model : try AdaptedModel(model, adapters)
    return try Transformer(file: source, team: WorkerTeam(threadCount: threads)).logits(ids, chunk: chunk)
}

/// The greatest difference of logarithms of probabilities.
func largestLogProbabilityDifference(_ first: [[Float]], _ second: [[Float]]) -> Float {
    func logProbabilities(_ row: [Float]) -> [Float] {
        let normalizer = VectorMath.logSumExp(row)
        return row.map { $0 - normalizer }
    }
    return largestDifference(first.map(logProbabilities), second.map(logProbabilities))
}
