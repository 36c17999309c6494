// Why a run cannot start, cannot go on, or stopped.

/// An error of training; its description is a sentence that says what, why and what to do.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    case nothingToTrainOn(longest: Int, limit: Int)
    case notFinite(step: Int, rows: [Int], tensor: String?)
    case damagedCheckpoint(path: String, reason: String)
    case noCheckpoint(folder: String)
    case folderInUse(folder: String)
    case changedSettings(names: [String])
    case changedOrigin(name: String)
    case tooLongRow(row: Int, tokenCount: Int, contextLength: Int)
    case intervalsDoNotFit(evaluation: Int, checkpoint: Int)
    case fewerRowsThanBatch(rows: Int, batchSize: Int)
    case notEmpty(folder: String)
    case noRun(folder: String)
    case isRunning(folder: String)
    case notRunning(folder: String)
    case cannotStop(folder: String)
    case quantizedBase(path: String, tensor: String, type: String)
    case vocabulary(path: String, reason: String)
    /// An adapter to begin with that is not like those of the run.
    case otherAdapter(path: String, reason: String)

    public var description: String {
        switch self {
        case .nothingToTrainOn(let longest, let limit):
            "No token is left to learn: the longest row has \(longest) tokens, and at most \(limit) fit. "
                + "Allow longer rows, or give shorter ones."
        case .notFinite(let step, let rows, let tensor):
            "Step \(step) computed NaN or infinity\(tensor.map { " (first in the gradient of '\($0)')" } ?? ""), reading "
                + "the rows \(rows.prefix(8).map(String.init).joined(separator: ", "))\(rows.count > 8 ? ", …" : ""). "
                + "The weights were not changed, and the last checkpoint stays. Use a lower learning rate or a longer "
                + "warmup, or look at those rows."
        case .damagedCheckpoint(let path, let reason):
            "\(path): \(reason). Remove this checkpoint to go on from the one before it."
        case .noCheckpoint(let folder):
            "\(folder) has no checkpoint to go on from. Start the run anew."
        case .folderInUse(let folder):
            "\(folder) holds a run already. Go on with it, or name another folder."
        case .changedSettings(let names):
            "The run was started with other settings (\(names.joined(separator: ", "))), so going on would not be the "
                + "same run. Use the settings that it was started with, or say that they may change."
        case .changedOrigin(let name):
            "The run was started with another \(name), so it cannot go on with this one. Use the same, or start anew."
        case .tooLongRow(let row, let tokenCount, let contextLength):
            "Row \(row) has \(tokenCount) tokens, and this model reads at most \(contextLength). Shorten it, or set a "
                + "smaller greatest length, so that long rows are split or left out."
        case .otherAdapter(let path, let reason):
            "\(path): this run cannot begin with it: \(reason). Give the run the same targets, rank and alpha, or another adapter."
        case .intervalsDoNotFit(let evaluation, let checkpoint):
            "A checkpoint comes every \(checkpoint) steps and an evaluation every \(evaluation), so the best checkpoint "
                + "would not be known. Make the first a multiple of the second."
        case .fewerRowsThanBatch(let rows, let batchSize):
            "There \(rows == 1 ? "is 1 row" : "are \(rows) rows") to train on, fewer than the \(batchSize) of a batch. Use "
                + "smaller batches, or give more rows."
        case .notEmpty(let folder):
            "\(folder) has files that are not of a training run. Name another folder, so that nothing is lost."
        case .noRun(let folder):
            "\(folder) holds no training run. Name the folder that a run writes to."
        case .isRunning(let folder):
            "Another process trains in \(folder) now. Wait until it ends, or stop it."
        case .notRunning(let folder):
            "The run in \(folder) is not going on, so there is nothing to stop. Look at its state to see how it ended."
        case .cannotStop(let folder):
            "The process that trains in \(folder) cannot be stopped from here, because it runs on another machine or as "
                + "another user. Stop it there."
        case .quantizedBase(let path, let tensor, let type):
            "\(path): the tensor '\(tensor)' is quantized (\(type)), so its weights cannot be trained. Train an adapter on "
                + "top of it, or take the model in F32, F16 or BF16."
        case .vocabulary(let path, let reason):
            "\(path): \(reason)."
        }
    }
}
