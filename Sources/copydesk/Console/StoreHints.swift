// What the command line adds to the store's sentences: the commands and options that help.

import Store

extension StoreError: HintedError {
    var hint: String? {
        switch self {
        case .noName, .newerSchema, .notADatabase, .foreignDatabase, .folderInPlace, .cannotOpen, .readOnly:
            return "--database FILE names another store."
        case .corrupt(let path):
            return "`copydesk salvage NEW.db\(option(path))` writes what can be read into a new store; "
                + "`copydesk restore BACKUP\(option(path))` puts a backup in its place and keeps this one beside it."
        case .missingDraft:
            return "Find its number with: copydesk history search WORDS"
        case .missingGeneration:
            return "See: copydesk history list"
        case .damagedBackup(let path, _):
            return "`copydesk salvage NEW.db --database \(path)` writes what can be read of it into a new store."
        case .nothingToSalvage:
            return "Is there a backup? `copydesk restore BACKUP` puts it in place."
        default:
            return nil
        }
    }

    /// The option that names a store other than the usual one.
    private func option(_ path: String) -> String { path == Paths.current.database ? "" : " --database \(path)" }

    /// The sentence without what helps with a store: for a file that is none, and only named beside the store.
    func sentence(named path: String) -> String {
        switch self {
        case .damagedBackup: sentenceWithHint
        case .newerSchema(path), .cannotOpen(path, _), .readOnly(path), .folderInPlace(path), .nothingToSalvage(path):
            description
        default: sentenceWithHint
        }
    }

    /// Whether the store could be read, but not written.
    var isForWantOfWriting: Bool {
        switch self {
        case .diskFull, .readOnly: true
        default: false
        }
    }
}

extension DraftStore {
    /// What a person must know of a store that is open for reading only; `nil` if it can be written.
    var readOnlyNotice: String? {
        guard let readOnlyReason else { return nil }
        let reason =
            switch readOnlyReason {
            case .diskFull: "the disk is full"
            case .readOnly: "the file or its folder is read-only"
            case .busy: "another program is writing to it and does not finish"
            default: "it cannot be written"
            }
        return "\(path) is open for reading only, because \(reason). Nothing can be saved in it."
    }
}
