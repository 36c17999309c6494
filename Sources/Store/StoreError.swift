// The failures of the store, each as a sentence with the reason and the remedy.
// - The sentences name no commands and options: the command line adds them (copydesk/Console/StoreHints.swift).
// - Every public call of `DraftStore` throws this type and no other.
// - A call that throws has changed nothing: saved text stays saved, and the call may be repeated.

import GRDB

/// A failure of the store.
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    case noName
    case newerSchema(path: String)
    case notADatabase(path: String)
    /// A valid SQLite file of another program.
    case foreignDatabase(path: String)
    case folderInPlace(path: String)
    /// There is no file, and one is needed.
    case missing(path: String)
    case cannotOpen(path: String, reason: String)
    case readOnly(path: String)
    case diskFull(path: String)
    case busy(path: String)
    /// Another process has it open, and the call needs it alone.
    case inUse(path: String)
    case corrupt(path: String)
    case closed(path: String)
    /// Moved or deleted while it was open.
    case gone(path: String)
    /// Written by another process while it was read without locks.
    case changed(path: String)
    case missingDraft(id: Int64)
    /// A draft has fewer versions.
    case missingVersion(Int, draftId: Int64, count: Int)
    case missingGeneration(id: Int64)
    case missingConversation(id: Int64)
    /// Conversations whose ids begin with the same characters.
    case severalConversations(name: String, count: Int)
    case missingTurn(id: Int64)
    /// A new turn follows one that does not come before it; from 0.
    case misplacedTurn(index: Int)
    case stillWriting(draftId: Int64)
    case ratingOutOfRange(Int)
    case emptyTag
    case noVariants
    /// A reading that was given up.
    case cancelled
    /// The file that a backup or a salvaged store should become.
    case targetExists(path: String)
    case targetIsStore(path: String)
    case damagedBackup(path: String, finding: String)
    /// A file that was named as a backup.
    case notABackup(path: String, reason: String)
    /// No folder for the file that a backup or a salvaged store should become.
    case missingFolder(path: String, folder: String)
    /// A file of no bytes, and a store is needed.
    case emptyFile(path: String)
    case nothingToSalvage(path: String)
    case failed(path: String, reason: String)

    public var description: String {
        switch self {
        case .noName:
            "The store needs a file name, for example drafts.db."
        case .newerSchema(let path):
            "\(path) was made by a newer Copydesk, and this version cannot read it. Update Copydesk."
        case .notADatabase(let path):
            "\(path) is not a Copydesk store: the file is not an SQLite database. Name another file, or move this one away."
        case .foreignDatabase(let path):
            "\(path) is the database of another program and was left as it is. Name another file."
        case .folderInPlace(let path):
            "\(path) is a folder, and the store needs a file. Name a file, for example \(path)/copydesk.db."
        case .missing(let path):
            "There is no store \(path). Check the name."
        case .cannotOpen(let path, let reason):
            "\(path) cannot be opened: \(reason). Check the path."
        case .readOnly(let path):
            "\(path) cannot be written: the file or its folder is read-only. Give yourself the right to write there."
        case .diskFull(let path):
            "\(path) cannot be written: the disk is full. Free some space and try again; what was saved is kept."
        case .busy(let path):
            "\(path) is in use: another program is writing to it and does not finish. Try again in a moment."
        case .inUse(let path):
            "\(path) is in use by another process and was left as it is. "
                + "Close the studio and other commands that use it, then try again."
        case .corrupt(let path):
            "\(path) is damaged and was left as it is. Salvage what can be read, or restore a backup."
        case .closed(let path):
            "\(path) is closed already. Open the store again."
        case .gone(let path):
            "\(path) was moved or deleted while it was in use, so nothing can be saved in it. "
                + "Put it back and try again, or copy what you need and start anew."
        case .changed(let path):
            "\(path) was changed by another process while it was open for reading only. Open it again."
        case .missingDraft(let id):
            "There is no draft \(id)."
        case .missingGeneration(let id):
            "There is no generation \(id)."
        case .missingConversation(let id):
            "There is no conversation \(id)."
        case .missingVersion(let number, let draftId, 1):
            "Draft \(draftId) has no version \(number): it was never changed, so version 1 is all it has."
        case .missingVersion(let number, let draftId, let count):
            "Draft \(draftId) has no version \(number). Its versions go from 1 to \(count)."
        case .severalConversations(let name, let count):
            "The ids of \(count) conversations begin with \(name). Give more of the id."
        case .missingTurn(let id):
            "There is no turn \(id)."
        case .misplacedTurn(let index):
            "Turn \(index + 1) of the conversation does not follow an earlier turn of it, so nothing was added."
        case .stillWriting(let draftId):
            "Draft \(draftId) is still being written. Stop it first, then edit it."
        case .ratingOutOfRange(let rating):
            "A rating goes from 1 to 5, and this one is \(rating)."
        case .emptyTag:
            "A tag needs at least one character that is not a space."
        case .noVariants:
            "A generation needs at least one variant."
        case .cancelled:
            "The search was given up before it had ended."
        case .targetExists(let path):
            "\(path) exists already and was left as it is. Name another file, or remove this one."
        case .targetIsStore(let path):
            "\(path) is the store itself. Name another file."
        case .damagedBackup(let path, let finding):
            "\(path) is damaged and was not used: \(finding). Take another backup."
        case .notABackup(let path, let reason):
            "\(path) is not a backup: \(reason). Name another file."
        case .missingFolder(let path, let folder):
            "\(path) cannot be written: there is no folder \(folder). Make it first, or choose another place."
        case .emptyFile(let path):
            "\(path) is an empty file and holds no drafts. The first draft makes a store of it."
        case .nothingToSalvage(let path):
            "Nothing can be read of \(path): it holds no drafts, or is damaged from end to end."
        case .failed(let path, let reason):
            "\(path): \(reason). Nothing was changed; try again."
        }
    }

    /// True if others keep the store in use, so that a later try may succeed.
    public var isBusy: Bool { if case .busy = self { true } else { false } }

    /// True if the store may still be readable although it could not be opened for writing.
    var leavesReading: Bool {
        switch self {
        case .readOnly, .diskFull, .busy, .cannotOpen, .failed: true
        default: false
        }
    }
}

extension StoreError {
    /// The sentence for an error that came up while the store at `path` was used.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError: self = StoreError.from(error, path: path)
        default: self = .failed(path: path, reason: "\(error)")
        }
    }

    private static func from(_ error: DatabaseError, path: String) -> StoreError {
        switch error.resultCode {
        case .SQLITE_NOTADB: return .notADatabase(path: path)
        case .SQLITE_CORRUPT: return .corrupt(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path)
        case .SQLITE_FULL: return .diskFull(path: path)
        case .SQLITE_READONLY, .SQLITE_PERM: return .readOnly(path: path)
        case .SQLITE_MISUSE: return .closed(path: path)
        case .SQLITE_IOERR where Disk.isFull(at: path): return .diskFull(path: path)
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_WRITE:
            return .failed(path: path, reason: "the disk did not take what was written; a quota may be used up")
        case .SQLITE_CANTOPEN where Disk.isFull(at: path): return .diskFull(path: path)
        case .SQLITE_CANTOPEN where Disk.isReadOnly(at: path): return .readOnly(path: path)
        case .SQLITE_CANTOPEN:
            return .cannotOpen(path: path, reason: "the file or its folder is missing or closed to us")
        case .SQLITE_IOERR:
            return .failed(path: path, reason: "the disk reported an error (\(error.extendedResultCode))")
        default: return .failed(path: path, reason: error.message ?? "\(error.extendedResultCode)")
        }
    }
}
