// The options that help with a run.

import Generation
import Training

extension TrainingError: HintedError {
    var hint: String? {
        switch self {
        case .folderInUse: "--resume goes on with it."
        case .changedSettings: "--change takes them."
        case .nothingToTrainOn, .tooLongRow: "--max-length N sets the limit."
        case .fewerRowsThanBatch: "--batch N sets it."
        case .quantizedBase: "--lora does that."
        case .notFinite: "--lr and --warmup set them; --resume goes on from the checkpoint."
        case .notRunning(let folder): "`copydesk train status \(ShellWord.of(folder))` shows it."
        case .noCheckpoint: "Leave --resume out."
        case .otherAdapter: "--rank, --alpha and --targets set them."
        case .damagedCheckpoint, .changedOrigin, .intervalsDoNotFit, .notEmpty, .noRun, .isRunning, .cannotStop,
            .vocabulary:
            nil
        }
    }
}
