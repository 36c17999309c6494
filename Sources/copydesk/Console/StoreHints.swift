// The commands and options that help with an error of the store; the command line adds them to the store's sentences.

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
        case .missingVersion(_, let draftId, _):
            return "See: copydesk history versions \(draftId)"
        case .missingGeneration:
            return "See: copydesk history list"
        case .missingConversation, .severalConversations:
            return "See: copydesk history list --conversations"
        case .damagedBackup(let path, _):
            return "`copydesk salvage NEW.db --database \(path)` writes what can be read of it into a new store."
        case .nothingToSalvage:
            return "Is there a backup? `copydesk restore BACKUP` puts it in place."
        default:
            return nil
        }
    }

    /// The option that names the store. It is always given, so that the command is right in any shell.
    private func option(_ path: String) -> String { " --database \(path)" }

    /// The sentence about a file that is not the store, such as a backup: hints for the store do not help with it.
    func sentence(named path: String) -> String {
        switch self {
        case .damagedBackup: sentenceWithHint
        case .newerSchema(path), .cannotOpen(path, _), .readOnly(path), .folderInPlace(path), .nothingToSalvage(path):
            description
        default: sentenceWithHint
        }
    }

    /// True if the store can be read, but not written.
    var forbidsWriting: Bool {
        switch self {
        case .diskFull, .readOnly: true
        default: false
        }
    }
}

extension DraftStore {
    /// A notice that the store is open for reading only; `nil` if it can be written.
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
