// Changes of the store that the studio asks for.

import Generation
import Store
import Studio

extension DraftStore {
    /// Makes a change.
    /// - Returns: `written`, `branchCopied`, or `draftChanged` if an edit's draft is not as the edit found it.
    /// - Throws: `StoreError`; then nothing was changed.
    func answer(to change: StoreWrite, operation: Int) throws -> StudioMessage {
        switch change {
        case .revision(let draftId, let text, let origin, let base?):
            let outcome = try revise(
                draftId: draftId, of: base.generationUUID, from: base.text, to: text,
                origin: origin)
            switch outcome {
            case .saved: break
            case .changed(let draft): return .draftChanged(operation: operation, present: draft.text)
            case .gone: return .draftChanged(operation: operation, present: nil)
            }
        case .revision(let draftId, let text, let origin, nil):
            _ = try revise(draftId: draftId, text: text, origin: origin)
        case .star(let draftId, let starred): try setStarred(starred, draftIds: [draftId])
        case .take(let id): try take(candidateIds: [id])
        case .leaveOut(let id): try leaveOut(draftIds: [id])
        case .trash(let ids): try trash(draftIds: ids)
        case .restore(let ids): try restore(draftIds: ids)
        case .trashGeneration(let id): try trash(draftIds: try draftIds(ofGeneration: id))
        case .restoreGeneration(let id): try restore(draftIds: try draftIds(ofGeneration: id))
        case .emptyTrash: _ = try emptyTrash()
        case .conversation(let id, let change): try make(change, of: id)
        case .copyBranch(let turn, _, let title):
            return .branchCopied(operation: operation, try branch(at: turn, copyAs: title))
        }
        return .written(operation: operation)
    }

    /// The model's own text of each draft of a generation that was changed since, by the draft's id.
    func writtenTexts(of generation: SavedGeneration) throws -> [Int64: String] {
        var written: [Int64: String] = [:]
        // The oldest revision is the text before the first change.
        for draft in generation.drafts { written[draft.id] = try revisions(of: draft.id).first?.text }
        return written
    }

    /// The ids of all drafts of a generation, candidates too, which go where the chosen ones go; none if the generation is
    /// gone.
    private func draftIds(ofGeneration id: Int64) throws -> [Int64] {
        try generation(id: id, includesCandidates: true)?.drafts.map(\.id) ?? []
    }
}
