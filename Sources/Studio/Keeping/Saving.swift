import Generation

// Changes of the store, held until the store has confirmed them.
// - A message that something is saved comes with the store's answer, never before.
// - Of two changes of the same thing the later one waits for the earlier, so a retry cannot bring back an older text.
// - A revision that is not confirmed stands in the session, so a kill leaves its text in the store or in the session.

extension StudioState {
    /// Asks for a change of the store.
    /// - Parameter done: the message once the store has it.
    mutating func write(_ write: StoreWrite, generationId: Int64? = nil, done: String) {
        pendingWrites.append(
            PendingWrite(operation: nextOperation, write: write, generationId: generationId, doneMessage: done))
        nextOperation += 1
        if case .revision = write { saveSessionIfChanged() }
        if saveFailure == nil { say("Saving…") }
        sendWrites()
    }

    /// Sends each change that no earlier one stands in the way of.
    mutating func sendWrites() {
        for index in pendingWrites.indices where !pendingWrites[index].isSent && pendingWrites[index].failure == nil {
            let write = pendingWrites[index].write
            guard !pendingWrites[..<index].contains(where: { $0.write.mustPrecede(write) }) else { continue }
            pendingWrites[index].isSent = true
            ask(.write(operation: pendingWrites[index].operation, write))
        }
    }

    mutating func confirmWrite(_ operation: Int) {
        guard let index = pendingWrites.firstIndex(where: { $0.operation == operation && $0.isSent }) else { return }
        let done = pendingWrites.remove(at: index)
        sendWrites()
        // A failure that came meanwhile has to be read first.
        if notice?.isFailure != true {
            if done.failure == nil { say(done.doneMessage) } else { sayRecovered(done.doneMessage) }
        }
        if case .revision = done.write {} else { loadHistoryAnew() }
        if quitsWhenSaved && pendingWrites.isEmpty && exports.isEmpty && saveFailure == nil { finish() }
    }

    /// Tells what was saved after a failure, with what was told of before in the same message.
    mutating func sayRecovered(_ what: String) {
        let recovered = (notice?.recovered ?? []) + [what]
        let isLong = recovered.count > 4
        let parts =
            isLong ? Array(recovered.prefix(3)) + ["and \(recovered.count - 3) more changes are saved"] : recovered
        say(parts.joined(separator: "; "))
        notice?.recovered = recovered
    }

    /// `Slogan is saved with its 3 variants`.
    func savedMessage(ofJob job: Int) -> String {
        guard let generation = generations.first(where: { $0.key == job }) else { return "Saved" }
        let count = generation.variants.count
        return "\(clipped(generation.request.title, columns: 40)) is saved with its "
            + (count == 1 ? "draft" : "\(count) variants")
    }

    mutating func refuseWrite(_ operation: Int, sentence: String) {
        guard let index = pendingWrites.firstIndex(where: { $0.operation == operation && $0.isSent }) else { return }
        pendingWrites[index].isSent = false
        pendingWrites[index].failure = sentence
        if quitsWhenSaved {
            quitsWhenSaved = false
            perform(.quit)
        }
    }

    /// Why something is not saved; `nil` if all is, or is still being saved.
    var saveFailure: String? {
        generations.lazy.compactMap(\.notSaved).first ?? pendingWrites.lazy.compactMap(\.failure).first
    }

    /// Whether the session holds everything that is not saved.
    var unsavedIsKept: Bool {
        generations.allSatisfy { $0.notSaved == nil }
            && pendingWrites.allSatisfy { if case .revision = $0.write { true } else { false } }
    }

    /// Whether the store owes an answer.
    var isSaving: Bool { pendingWrites.contains(where: \.isSent) }

    /// A part of a draft that the store keeps.
    enum DraftPart: Sendable, Hashable {
        case text, star, trash
    }

    /// Whether the store does not have this part of a variant yet.
    func isSaving(_ part: DraftPart, _ variant: Variant) -> Bool {
        guard let id = variant.draftId else { return part == .text ? variant.hasUnsentEdit : variant.hasUnsentMarks }
        return pendingWrites.contains { $0.write.changes(part, ofDraft: id) }
    }

    /// Whether the store refused the text of a variant.
    func isRefused(_ variant: Variant) -> Bool {
        guard let id = variant.draftId else { return false }
        return pendingWrites.contains { $0.failure != nil && !$0.isSent && $0.write.changes(.text, ofDraft: id) }
    }

    mutating func retrySave() {
        guard saveFailure != nil else { return }
        for generation in generations where generation.notSaved != nil {
            ask(.saveGeneration(job: generation.key, texts: generation.variants.map(\.text)))
        }
        for index in pendingWrites.indices where pendingWrites[index].failure != nil && !pendingWrites[index].isSent {
            pendingWrites[index].isSent = true
            ask(.write(operation: pendingWrites[index].operation, pendingWrites[index].write))
        }
        say("Trying again…")
    }

    /// Drops generations that are neither shown, running nor unsaved.
    mutating func forgetGenerations() {
        guard generations.count > 1 else { return }
        let editKey: Int? = if case .edit(let edit) = draft.mode { edit.generation } else { nil }
        let undoKeys = Set(
            undoSteps.suffix(50).compactMap { step -> Int? in
                switch step {
                case .edit(let key, _, _), .star(let key, _, _), .trash(let key, _, _): key
                case .trashGeneration: nil
                }
            })
        generations.removeAll { generation in
            generation.key != draft.shown && generation.key != running?.job && generation.key != editKey
                && !generation.isUnsaved && !undoKeys.contains(generation.key)
        }
    }
}

extension StoreWrite {
    /// Whether this must be in the store before `later` may be written.
    func mustPrecede(_ later: StoreWrite) -> Bool {
        switch (self, later) {
        case (.emptyTrash, _), (_, .emptyTrash): true
        case (.revision(let id, _, _, _), .revision(let other, _, _, _)): id == other
        case (.star(let id, _), .star(let other, _)): id == other
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
        case .revision, .star: false
        }
    }

    /// Whether it changes a part of a draft.
    fileprivate func changes(_ part: StudioState.DraftPart, ofDraft id: Int64) -> Bool {
        switch (self, part) {
        case (.revision(let draftId, _, _, _), .text), (.star(let draftId, _), .star): draftId == id
        case (.trash(let ids), .trash), (.restore(let ids), .trash): ids.contains(id)
        default: false
        }
    }
}

extension OpenGeneration {
    /// Shows changes that the store did not have yet when this generation was read from it.
    mutating func apply(_ pending: [PendingWrite]) {
        for write in pending.map(\.write) {
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
