// The keys that help with an error; the studio adds them to its sentence.
// - The sentences about keys are the studio's own (`KeyHints`).

import Chat
import Models
import Store
import Studio

enum StudioHints {
    /// The sentence of an error for somebody in the studio.
    static func sentence(of error: any Error) -> String {
        switch error {
        case let error as StoreError: sentence(of: error)
        case let error as ContextError:
            switch error {
            case .refused: "\(error.description) \(KeyHints.contextRule)"
            case .tooLong: "\(error.description) \(KeyHints.unpin)"
            }
        case let error as ChatError:
            if case .noSummary = error { "\(error.description) \(KeyHints.contextRule)" } else { error.description }
        case let error as any HintedError:
            [error.description, hint(for: error)].compactMap(\.self).joined(separator: " ")
        default: Console.sentence(of: error)
        }
    }

    /// A store that is damaged is repaired by commands, because the studio has no keys for that. The options of other
    /// commands do not help in the studio.
    private static func sentence(of error: StoreError) -> String {
        switch error {
        case .corrupt, .damagedBackup, .nothingToSalvage: error.sentenceWithHint
        default: error.description
        }
    }

    /// The key that helps, as a sentence; nil if there is none.
    private static func hint(for error: any HintedError) -> String? {
        switch error {
        case ChatTemplateError.failed: KeyHints.rawText
        default: nil
        }
    }
}
