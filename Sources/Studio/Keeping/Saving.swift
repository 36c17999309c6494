import Generation

// Changes of the store, which stay in the state until the store confirms them.
// - The studio says that something is saved only after the store confirmed it.
// - If two changes concern the same thing, the later one waits, so that a retry cannot bring back an older text.
// - A revision is in the session until it is confirmed. If the studio is killed, one of the two has the text.

extension StudioState {
    /// Asks for a change of the store.
    /// - Parameter done: the message after the store confirmed it.
    mutating func write(_ write: StoreWrite, generationId: Int64? = nil, done: String) {
        pendingWrites.append(
            PendingWrite(operation: nextOperation, write: write, generationId: generationId, doneMessage: done))
        nextOperation += 1
        if case .revision = write { saveSessionIfChanged() }
        if saveFailure == nil { say("Saving…") }
        sendWrites()
    }

    /// Sends each change that need not wait for an earlier one.
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
        // If a failure came meanwhile, the writer has to read it first.
        if notice?.isFailure != true {
            if done.failure == nil { say(done.doneMessage) } else { sayRecovered(done.doneMessage) }
        }
        if case .conversation(let id, let changed) = done.write { confirm(changed, of: id) }
        if case .emptyTrash = done.write { confirmEmptyTrash() }
        if case .revision(let id, _, _, _) = done.write {
            if draft.chat?.summaries.values.contains(where: { $0.summary.activeId == id }) == true { refreshChat() }
        } else {
            loadHistoryAnew()
        }
        if quitsWhenSaved && pendingWrites.isEmpty && exportToAwait == nil && saveFailure == nil { finish() }
    }

    /// Says what was saved after a failure, together with what this message has said so far.
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
        guard let generation = draft.generation(job) else { return "Saved" }
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

    /// Why something is not saved; `nil` if everything is saved or still being saved.
    var saveFailure: String? {
        draft.generations.lazy.compactMap(\.notSaved).first ?? pendingWrites.lazy.compactMap(\.failure).first
    }

    /// True if everything that is not saved is in the session.
    var unsavedIsKept: Bool {
        draft.generations.allSatisfy { $0.notSaved == nil }
            && pendingWrites.allSatisfy { if case .revision = $0.write { true } else { false } }
    }

    /// True if the store has still to answer.
    var isSaving: Bool { pendingWrites.contains(where: \.isSent) }

    mutating func retrySave() {
        guard saveFailure != nil else { return }
        for generation in draft.generations where generation.notSaved != nil {
            ask(.saveGeneration(job: generation.key, texts: generation.variants.map(\.text)))
        }
        for index in pendingWrites.indices where pendingWrites[index].failure != nil && !pendingWrites[index].isSent {
            pendingWrites[index].isSent = true
            ask(.write(operation: pendingWrites[index].operation, pendingWrites[index].write))
        }
        say("Trying again…")
    }
}
