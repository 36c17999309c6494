// Checkpoints: everything that a run needs to go on with the same bits.
// - A checkpoint is a folder `checkpoint-<step>` of the run's folder: state.json, weights.safetensors (the trained
//   tensors, f32) and optimizer.safetensors (first and second moments).
// - It is written into a folder of another name, which takes its name when all of it is on the disk, and loses its name
//   before it is removed. So a checkpoint is there whole or not at all, whatever happens meanwhile.
// - What a killed run left under such other names is removed when the run goes on.
// - Only complete ones are ever removed, oldest first; the newest and the best stay.

import Files
import Foundation
import Inference
import Tensors

/// The checkpoints in a run's folder.
public struct CheckpointFolder: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    private static let prefix = "checkpoint-"
    private static let stateName = "state.json"
    private static let weightsName = "weights.safetensors"
    private static let momentsName = "optimizer.safetensors"
    private static let unfinishedSuffix = ".part"
    private static let removedSuffix = ".removed"

    public func path(ofStep step: Int) -> String { "\(path)/\(Self.prefix)\(step)" }

    private func hiddenPath(ofStep step: Int, _ suffix: String) -> String { "\(path)/.\(Self.prefix)\(step)\(suffix)" }

    /// The steps of all complete checkpoints, ascending.
    public func steps() -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix(Self.prefix), let step = Int(name.dropFirst(Self.prefix.count)), step >= 0,
                path(ofStep: step).hasSuffix("/\(name)"),  // no other way to write the number
                FileManager.default.fileExists(atPath: "\(path)/\(name)/\(Self.stateName)")
            else { return nil }
            return step
        }.sorted()
    }

    /// Writes a checkpoint, then removes those that `limit` leaves no room for.
    /// - Parameter limit: how many stay, the best included; 0: all.
    /// - Throws: `FileError` if it cannot be written; the checkpoints before stay.
    func save(_ state: RunState, model: TrainedModel, optimizer: Optimizer, limit: Int) throws {
        let unfinished = hiddenPath(ofStep: state.step, Self.unfinishedSuffix)
        let final = path(ofStep: state.step)
        let files = FileManager.default
        try? files.removeItem(atPath: unfinished)
        do {
            try files.createDirectory(atPath: unfinished, withIntermediateDirectories: true)
            try Self.weights(of: model).write(to: "\(unfinished)/\(Self.weightsName)")
            try optimizer.moments.write(to: "\(unfinished)/\(Self.momentsName)")
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let file = try ReplacementFile(path: "\(unfinished)/\(Self.stateName)")
            try file.write(encoder.encode(state))
            try file.commit()
            // The same step may be there already, if the run went on from it.
            remove(step: state.step)
            guard rename(unfinished, final) == 0 else { throw FileError(path: final, code: errno) }
            Self.synchronize(folder: path)
        } catch {
            try? files.removeItem(atPath: unfinished)
            guard let error = error as? FileError, error.path.hasPrefix(unfinished) else { throw error }
            // People know the checkpoint by its name.
            throw FileError(path: final + error.path.dropFirst(unfinished.count), code: error.code)
        }
        removeOldest(keeping: limit, best: state.best?.step)
    }

    /// The state of a checkpoint.
    /// - Throws: `TrainingError.damagedCheckpoint`.
    public func state(ofStep step: Int) throws -> RunState {
        let folder = path(ofStep: step)
        let state: RunState
        do {
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(Self.stateName)"))
            state = try JSONDecoder().decode(RunState.self, from: bytes)
        } catch {
            throw TrainingError.damagedCheckpoint(path: folder, reason: "its state cannot be read")
        }
        guard state.step == step, (0...step).contains(state.updates), state.tally?.canBe(ofStep: step) ?? true else {
            throw TrainingError.damagedCheckpoint(path: folder, reason: "its state is that of another step")
        }
        return state
    }

    /// Puts the tensors of a checkpoint into the model and the optimizer.
    /// - Throws: `TrainingError.damagedCheckpoint`; `ModelFileError` if a file cannot be read.
    func load(step: Int, into model: TrainedModel, _ optimizer: Optimizer) throws {
        let folder = path(ofStep: step)
        let weights = try SafetensorsTensors(path: "\(folder)/\(Self.weightsName)")
        let moments = try SafetensorsTensors(path: "\(folder)/\(Self.momentsName)")
        for (index, parameter) in model.parameters.enumerated() {
            try Self.read(parameter.name, of: weights, into: parameter.values, parameter, folder)
            try Self.read(Optimizer.firstName(parameter), of: moments, into: optimizer.first[index], parameter, folder)
            try Self.read(
                Optimizer.secondName(parameter), of: moments, into: optimizer.second[index], parameter, folder)
        }
    }

    private static func read(
        _ name: String, of file: SafetensorsTensors, into matrix: FloatMatrix, _ parameter: Parameter, _ folder: String
    ) throws {
        guard let rows = file.rows(of: name), rows.rowCount == parameter.rowCount,
            rows.columnCount == parameter.columnCount
        else {
            throw TrainingError.damagedCheckpoint(
                path: folder, reason: "the tensor '\(name)' is missing or has another shape")
        }
        for row in 0..<parameter.rowCount { matrix.setRow(row, to: rows.decodedRow(row)) }
    }

    private static func weights(of model: TrainedModel) -> SafetensorsWriter {
        SafetensorsWriter(tensors: model.parameters.map { $0.tensor(named: $0.name, values: $0.values) })
    }

    private func removeOldest(keeping limit: Int, best: Int?) {
        guard limit > 0 else { return }
        var steps = steps()
        guard let newest = steps.last else { return }
        while steps.count > limit, let oldest = steps.first(where: { $0 != newest && $0 != best }) {
            remove(step: oldest)
            steps.removeAll { $0 == oldest }
        }
    }

    /// Removes a checkpoint, if there is one of that step.
    private func remove(step: Int) {
        let hidden = hiddenPath(ofStep: step, Self.removedSuffix)
        try? FileManager.default.removeItem(atPath: hidden)
        guard rename(path(ofStep: step), hidden) == 0 else { return }
        try? FileManager.default.removeItem(atPath: hidden)
    }

    /// Removes the checkpoints that a killed run did not finish to write or to remove. Nobody else may write to the folder.
    func removeUnfinished() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: path)) ?? [] {
            let isUnfinished = [Self.unfinishedSuffix, Self.removedSuffix].contains { suffix in
                name.hasPrefix(".\(Self.prefix)") && name.hasSuffix(suffix)
                    && Int(name.dropFirst(Self.prefix.count + 1).dropLast(suffix.count)) != nil
            }
            if isUnfinished { try? files.removeItem(atPath: "\(path)/\(name)") }
        }
    }

    private static func synchronize(folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

extension Parameter {
    /// The values or moments as a tensor of a safetensors file, row by row.
    func tensor(named name: String, values: FloatMatrix) -> SafetensorsWriter.Tensor {
        let shape = isVector ? [columnCount] : [rowCount, columnCount]
        return SafetensorsWriter.Tensor(name: name, shape: shape, type: .f32) { [rowCount] write in
            for row in 0..<rowCount { try values.row(row).withUnsafeBytes { try write($0) } }
        }
    }
}
