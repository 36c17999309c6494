import Generation

// Changes that the store has not confirmed, and the parts of drafts that they concern.

/// A change of the store that is not confirmed yet.
struct PendingWrite: Sendable, Hashable {
    var operation: Int
    var write: StoreWrite
    /// The generation of a revised draft; the session needs it to reopen the edit.
    var generationId: Int64?
    /// The message after the store confirmed it.
    var doneMessage: String
    /// True if the runner has it and will answer.
    var isSent = false
    /// Why the last attempt failed; `nil` before an answer.
    var failure: String?
}

/// A part of a draft that the store keeps.
enum StoredPart: Sendable, Hashable {
    case text, star, trash
}

extension [PendingWrite] {
    /// True if the store does not have this part of a variant yet.
    func isSaving(_ part: StoredPart, _ variant: Variant) -> Bool {
        guard let id = variant.draftId else { return part == .text ? variant.hasUnsentEdit : variant.hasUnsentMarks }
        return contains { $0.write.changes(part, ofDraft: id) }
    }

    /// True if the store refused the text of a variant.
    func isRefused(_ variant: Variant) -> Bool {
        guard let id = variant.draftId else { return false }
        return contains { $0.failure != nil && !$0.isSent && $0.write.changes(.text, ofDraft: id) }
    }
}

extension StoreWrite {
    /// True if `later` has to wait until this one is in the store.
    func mustPrecede(_ later: StoreWrite) -> Bool {
        switch (self, later) {
        case (.emptyTrash, _), (_, .emptyTrash): true
        case (.conversation(let id, _), .conversation(let other, _)),
            (.conversation(let id, _), .copyBranch(_, let other, _)),
            (.copyBranch(_, let id, _), .conversation(let other, _)):
            id == other
        case (.revision(let id, _, _, _), .revision(let other, _, _, _)): id == other
        case (.star(let id, _), .star(let other, _)): id == other
        case (.take(let id), .take(let other)), (.take(let id), .leaveOut(let other)),
            (.leaveOut(let id), .take(let other)),
            (.leaveOut(let id), .leaveOut(let other)), (.star(let id, _), .leaveOut(let other)),
            (.leaveOut(let id), .star(let other, _)):
            id == other
        case (.trash(let ids), .trash(let others)), (.trash(let ids), .restore(let others)),
            (.restore(let ids), .trash(let others)), (.restore(let ids), .restore(let others)):
            !Set(ids).isDisjoint(with: others)
        case (.trashGeneration, _), (.restoreGeneration, _): later.movesTrash
        case (_, .trashGeneration), (_, .restoreGeneration): movesTrash
        default: false
        }
    }

    private var movesTrash: Bool {
        switch self {
        case .trash, .restore, .trashGeneration, .restoreGeneration, .emptyTrash: true
        case .revision, .star, .take, .leaveOut, .conversation, .copyBranch: false
        }
    }

    /// True if it changes this part of the draft.
    func changes(_ part: StoredPart, ofDraft id: Int64) -> Bool {
        switch (self, part) {
        case (.revision(let draftId, _, _, _), .text), (.star(let draftId, _), .star): draftId == id
        case (.trash(let ids), .trash), (.restore(let ids), .trash): ids.contains(id)
        default: false
        }
    }
}

extension OpenGeneration {
    /// Applies changes that were not in the store yet when this generation was read from it.
    mutating func apply(_ pending: [PendingWrite]) {
        for write in pending.map(\.write) {
            if case .take(let id) = write, let index = leftOut.firstIndex(where: { $0.draftId == id }) {
                takeCandidate(index)
            }
            if case .leaveOut(let id) = write, let index = variants.firstIndex(where: { $0.draftId == id }) {
                leaveOut(index, at: leftOut.count)
            }
            for index in variants.indices {
                guard let id = variants[index].draftId else { continue }
                switch write {
                case .revision(id, let text, _, _): variants[index].replaceText(text)
                case .star(id, let starred): variants[index].starred = starred
                case .trash(let ids) where ids.contains(id): variants[index].inTrash = true
                case .restore(let ids) where ids.contains(id): variants[index].inTrash = false
                case .trashGeneration(generationId): variants[index].inTrash = true
                case .restoreGeneration(generationId): variants[index].inTrash = false
                default: break
                }
            }
        }
    }
}
