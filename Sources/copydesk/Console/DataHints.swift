// The options that help with data to train on.

import Training

extension CorpusError: HintedError {
    var hint: String? {
        switch self {
        case .damaged: "--skip-damaged skips them."
        case .noColumn: "--columns TEXT or --columns PROMPT,ANSWER names them."
        case .emptySide: "--validation sets the share, and --seed the division."
        case .cannotKeep: "TMPDIR names another folder."
        case .missing, .unreadable, .notAFile, .noText, .noFiles, .tooLarge, .noRows, .nothingLeft, .badOrder: nil
        }
    }
}
