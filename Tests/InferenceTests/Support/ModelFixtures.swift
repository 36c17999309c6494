// The tiny random models of Fixtures/models, made and explained by make_models.py there.

import Foundation
import Inference
import Tensors
import Testing

/// One tiny model, with the output that transformers computes for it.
struct TinyModel: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let architecture: String
    /// Element type of the matrices: F32, F16, Q8_0, Q4_0.
    let weights: String
    let vocabulary: Int
    let ids: [Int32]
    /// 64 tokens that follow the first four of `ids`.
    let greedy: [Int32]

    var testDescription: String { name }
    var isQuantized: Bool { weights.hasPrefix("Q") }

    static let folder = Fixtures.folder.appending(path: "models")

    static let all: [TinyModel] = {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("models.json")) else { return [] }
        return (try? JSONDecoder().decode([TinyModel].self, from: data)) ?? []
    }()

    static func named(_ name: String) throws -> TinyModel {
        guard let model = all.first(where: { $0.name == name }) else { throw CocoaError(.fileNoSuchFile) }
        return model
    }

    func transformer(threads: Int = 2) throws -> Transformer {
        let path = Self.folder.appendingPathComponent("\(name).gguf").path
        return try Transformer(file: GGUFFile.open(path: path), team: WorkerTeam(threadCount: threads))
    }

    /// The reference's logits: a row of the vocabulary for each of `ids`.
    func expectedLogits() throws -> [[Float]] {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent("\(name).logits"))
        let values = data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        return stride(from: 0, to: values.count, by: vocabulary).map { Array(values[$0..<$0 + vocabulary]) }
    }
}

extension Transformer {
    /// Logits of every token of `ids`, decoded `chunk` rows at a time into `cache`.
    func logits(_ ids: [Int32], chunk: Int = .max, into cache: KVCache) throws -> [[Float]] {
        var result: [[Float]] = []
        var rest = ids[...]
        while !rest.isEmpty {
            let part = rest.prefix(chunk)
            rest = rest.dropFirst(part.count)
            let batch = try forward(part.map { BatchRow(token: $0, cache: 0, wantsLogits: true) }, caches: [cache])
            result += (0..<batch.rowCount).map(batch.row)
        }
        return result
    }

    func logits(_ ids: [Int32], chunk: Int = .max) throws -> [[Float]] {
        try logits(ids, chunk: chunk, into: makeCache())
    }

    /// `count` tokens, each the most likely one, after `ids`.
    func greedy(after ids: [Int32], count: Int) throws -> [Int32] {
        let cache = makeCache()
        var row = try logits(ids, into: cache).last ?? []
        var text: [Int32] = []
        while text.count < count {
            let best = row.indices.max { row[$0] < row[$1] } ?? 0
            text.append(Int32(best))
            row = try logits([Int32(best)], into: cache)[0]
        }
        return text
    }
}

func largestDifference(_ a: [[Float]], _ b: [[Float]]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a.joined(), b.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
