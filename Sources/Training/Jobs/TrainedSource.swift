// A model in training as a source of tensors, so that whatever takes a model takes it: the writers of files, and the core
// that writes text.

import Inference
import Tensors

/// The base model with the tensors of the run in place of its own.
struct TrainedSource: ModelSource {
    private let base: any ModelSource
    private let parameters: [String: Parameter]

    init(_ model: TrainedModel) {
        base = model.blueprint.source
        parameters = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0) })
    }

    var path: String { base.path }
    var files: [MappedFile] { base.files }
    var metadata: [String: MetadataValue] { base.metadata }
    var tensorNames: [String] { base.tensorNames }
    var vocabularyFolder: String? { base.vocabularyFolder }
    var authorSampling: AuthorSampling { base.authorSampling }
    func origin(of key: String) -> (path: String, key: String) { base.origin(of: key) }
    func hasTensor(_ name: String) -> Bool { base.hasTensor(name) }
    func shape(of name: String) -> [Int]? { base.shape(of: name) }

    func weight(_ name: String) throws -> WeightMatrix {
        guard let parameter = parameters[name] else { return try base.weight(name) }
        return WeightMatrix(rows: parameter.rowCount, columns: parameter.columnCount, values: parameter.allValues)
    }

    func weights(_ name: String) throws -> [WeightMatrix] {
        parameters[name] == nil ? try base.weights(name) : [try weight(name)]
    }

    func vector(_ name: String) throws -> WeightVector {
        guard let parameter = parameters[name] else { return try base.vector(name) }
        return WeightVector(values: parameter.allValues)
    }
}

extension TrainedSource {
    /// The model with what was trained, adapters too.
    static func whole(of model: TrainedModel) throws -> any ModelSource {
        guard let adapter = model.adapter(baseName: nil, baseHash: nil) else { return TrainedSource(model) }
        return try AdaptedModel(model.blueprint.source, [AppliedAdapter(adapter)])
    }
}

extension Parameter {
    /// The values row by row.
    var allValues: [Float] {
        var all: [Float] = []
        all.reserveCapacity(elementCount)
        for row in 0..<rowCount { all += values.row(row) }
        return all
    }
}

extension TrainedModel {
    /// The adapters as a value; nil if the model has none.
    func adapter(baseName: String?, baseHash: String?) -> LoRAAdapter? {
        let list = adapters
        guard !list.isEmpty else { return nil }
        let entries = list.map { name, adapter in
            let entry = LoRAAdapter.Entry(
                inputCount: adapter.a.columnCount, outputCount: adapter.b.rowCount, rank: adapter.rank,
                a: adapter.a.allValues, b: adapter.b.allValues, scale: adapter.scale)
            return (name, entry)
        }
        let architecture = (try? blueprint.source.string("general.architecture")) ?? ""
        return LoRAAdapter(
            architecture: architecture, entries: Dictionary(uniqueKeysWithValues: entries), baseName: baseName,
            baseHash: baseHash)
    }

    /// Begins with the values of an adapter.
    /// - Throws: `TrainingError.adapterDoesNotFit` if ranks, scales or matrices differ.
    func begin(with adapter: LoRAAdapter) throws {
        func refuse(_ reason: String) -> TrainingError { .adapterDoesNotFit(path: adapter.path, reason: reason) }
        let own = adapters
        if let other = adapter.names.first(where: { name in !own.contains { $0.name == name } }) {
            throw refuse("it changes '\(other)', which this run does not train")
        }
        for (name, parameters) in own {
            guard let entry = adapter.entries[name] else { throw refuse("it has nothing for '\(name)'") }
            guard entry.rank == parameters.rank, entry.inputCount == parameters.a.columnCount,
                entry.outputCount == parameters.b.rowCount
            else { throw refuse("'\(name)' has rank \(entry.rank) there and \(parameters.rank) here") }
            guard entry.scale == parameters.scale else {
                throw refuse("'\(name)' has the scale \(entry.scale) there and \(parameters.scale) here")
            }
            parameters.a.set(entry.a)
            parameters.b.set(entry.b)
        }
    }
}

extension Parameter {
    fileprivate func set(_ all: [Float]) {
        for row in 0..<rowCount { values.setRow(row, to: Array(all[row * columnCount..<(row + 1) * columnCount])) }
    }
}
