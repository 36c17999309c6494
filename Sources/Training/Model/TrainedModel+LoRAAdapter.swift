// The adapters of a model in training as a value: to write them to files, and to begin with those of a file.

import Inference
import Tensors

extension TrainedModel {
    /// The adapters as they are now, with the fingerprint of the model that they are trained on.
    /// - Parameters:
    ///   - name: of the adapter.
    ///   - baseName: the name or the place of the model, which other programs show.
    public func loraAdapter(name: String?, baseName: String?) -> LoRAAdapter {
        var entries: [String: LoRAAdapter.Entry] = [:]
        for (matrix, adapter) in adapters {
            entries[matrix] = LoRAAdapter.Entry(
                inputCount: adapter.a.columnCount, outputCount: adapter.b.rowCount, rank: adapter.rank,
                a: adapter.a.allValues, b: adapter.b.allValues, scale: adapter.scale)
        }
        return LoRAAdapter(
            architecture: blueprint.configuration.architecture, entries: entries, name: name, baseName: baseName,
            baseHash: FileFingerprint.hash(of: blueprint.source))
    }

    /// Sets the adapters to the values of another one.
    /// - Throws: `TrainingError.otherAdapter` if it changes other matrices, or has other ranks or scales.
    public func beginAdapters(with adapter: LoRAAdapter) throws {
        func refuse(_ reason: String) -> TrainingError { .otherAdapter(path: adapter.path, reason: reason) }
        let own = adapters
        let others = Set(adapter.entries.keys).subtracting(own.map(\.name))
        if let other = others.sorted().first { throw refuse("it changes '\(other)', and this run does not") }
        for (name, parameters) in own {
            guard let entry = adapter.entries[name] else {
                throw refuse("it does not change '\(name)', and this run does")
            }
            guard entry.rank == parameters.rank else {
                throw refuse("'\(name)' has the rank \(entry.rank) there and \(parameters.rank) in this run")
            }
            guard entry.scale == parameters.scale else {
                throw refuse("'\(name)' has the scale \(entry.scale) there and \(parameters.scale) in this run")
            }
            guard entry.inputCount == parameters.a.columnCount, entry.outputCount == parameters.b.rowCount else {
                throw refuse("'\(name)' has another shape there")
            }
        }
        for (name, parameters) in own {
            guard let entry = adapter.entries[name] else { continue }
            parameters.a.setRows(entry.a)
            parameters.b.setRows(entry.b)
        }
    }
}

extension Parameter {
    fileprivate func setRows(_ all: [Float]) {
        for row in 0..<rowCount { values.setRow(row, to: Array(all[row * columnCount..<(row + 1) * columnCount])) }
    }
}
