// A model with adapters on top: the model's own weights, untouched, and the updates of the adapters beside them.
// - The base may have any format and any element types, quantized ones too.
// - An adapter with a scale of 0 is left out altogether, so the bits are those of the model alone.

import Generation
import Tensors

/// An adapter and how strongly it counts.
public struct AppliedAdapter: Sendable {
    public var adapter: LoRAAdapter
    /// A factor of the adapter's own scale.
    public var scale: Float

    public init(_ adapter: LoRAAdapter, scale: Float = 1) {
        self.adapter = adapter
        self.scale = scale
    }
}

/// A model whose matrices have the updates of adapters.
public final class AdaptedModel: ModelOverlay {
    public let base: any ModelSource
    /// In the order in which they are added, without those whose scale is 0.
    public let adapters: [AppliedAdapter]
    /// A sentence for each adapter that was made for another file of the model.
    public let notices: [String]
    private let updates: [String: [LowRankUpdate]]

    /// - Throws: `AdapterError` if an adapter does not fit the model: its architecture, its matrices, their shapes.
    public init(_ base: any ModelSource, _ adapters: [AppliedAdapter]) throws {
        for applied in adapters { try Self.check(applied.adapter, base) }
        let adapters = adapters.filter { $0.scale != 0 }
        self.base = base
        self.adapters = adapters
        updates = try Self.updates(adapters, base)
        let hash = adapters.contains { $0.adapter.baseHash != nil } ? FileFingerprint.hash(of: base) : ""
        notices = adapters.compactMap { applied in
            guard let made = applied.adapter.baseHash, made != hash else { return nil }
            return "\(applied.adapter.path): was made for another file of this model, so its effect may differ."
        }
    }

    /// The hash by which drafts and kept prompts know a model: of its files and, if there are any, of its adapters with
    /// their scales and in their order. 16 hexadecimal digits.
    static func identityHash(of source: any ModelSource) -> String {
        guard let adapted = source as? AdaptedModel else { return FileFingerprint.hash(of: source) }
        let base = identityHash(of: adapted.base)
        guard !adapted.adapters.isEmpty else { return base }
        var hash = FNV1a(base.utf8)
        for applied in adapted.adapters {
            hash.mix(applied.adapter.hash.utf8)
            hash.mix(UInt64(applied.scale.bitPattern))
        }
        return hash.hexadecimal
    }

    private static func check(_ adapter: LoRAAdapter, _ base: any ModelSource) throws {
        let architecture = try base.string("general.architecture")
        guard adapter.architecture == architecture else {
            throw AdapterError.otherArchitecture(
                path: adapter.path, architecture: adapter.architecture, model: base.path,
                modelArchitecture: architecture)
        }
        for name in adapter.names {
            guard let entry = adapter.entries[name] else { continue }
            guard LoRAAdapter.isProjection(name), let shape = shape(of: name, base) else {
                throw AdapterError.missingMatrix(path: adapter.path, tensor: name, model: base.path)
            }
            let own = [entry.inputCount, entry.outputCount]
            guard shape == own || shape.count == 1 && own == [shape[0], 1] else {
                throw AdapterError.otherShape(
                    path: adapter.path, tensor: name, shape: own, model: base.path, modelShape: shape)
            }
        }
    }

    /// The shape of a matrix; that of the embedding if the model multiplies with it at its end too.
    private static func shape(of name: String, _ base: any ModelSource) -> [Int]? {
        base.shape(of: name) ?? (name == "output.weight" ? base.shape(of: "token_embd.weight") : nil)
    }

    private static func updates(
        _ adapters: [AppliedAdapter], _ base: any ModelSource
    ) throws -> [String: [LowRankUpdate]] {
        let architecture = try base.string("general.architecture")
        let isFolderOrder = try base.optionalString(architecture + ".rope.layout") == "halves"
        let rows = try RotatedRows(base)
        var updates: [String: [LowRankUpdate]] = [:]
        for applied in adapters {
            for name in applied.adapter.names {
                guard var entry = applied.adapter.entries[name] else { continue }
                if isFolderOrder { entry = rows.toFolder(entry, name) }
                let scale = entry.scale * applied.scale
                let up = transposed(entry, times: scale)
                guard up.allSatisfy(\.isFinite) else {
                    throw AdapterError.tooLarge(path: applied.adapter.path, tensor: name, scale: scale)
                }
                updates[name, default: []].append(
                    LowRankUpdate(
                        down: WeightMatrix(rows: entry.rank, columns: entry.inputCount, values: entry.a),
                        up: WeightMatrix(rows: entry.rank, columns: entry.outputCount, values: up)))
            }
        }
        return updates
    }

    /// B's columns one after the other, times a factor.
    private static func transposed(_ entry: LoRAAdapter.Entry, times scale: Float) -> [Float] {
        var values = [Float](repeating: 0, count: entry.b.count)
        for output in 0..<entry.outputCount {
            for index in 0..<entry.rank {
                values[index * entry.outputCount + output] = entry.b[output * entry.rank + index] * scale
            }
        }
        return values
    }

    private init(inFileLayout model: AdaptedModel) {
        base = model.base.inFileLayout
        (adapters, notices) = (model.adapters, model.notices)
        // The model's numbers were read before, so reading them again cannot fail.
        updates = (try? Self.updates(model.adapters, base)) ?? [:]
    }

    public var inFileLayout: any ModelSource { AdaptedModel(inFileLayout: self) }

    public func updates(of name: String) -> [LowRankUpdate] { base.updates(of: name) + (updates[name] ?? []) }
}

extension ModelSource {
    /// The model alone.
    /// - Throws: `AdapterError` if adapters are on top of it.
    func withoutAdapters() throws -> any ModelSource {
        guard self is AdaptedModel else { return self }
        throw AdapterError.onTop(model: path)
    }
}
