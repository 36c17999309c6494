// The store as the studio asks for it: pages of history, and edits that may be saved already.

import Drafting
import Generation
import Store
import Studio

extension DraftStore {
    /// True if the text of an edit is in the store: as the draft's text, or as an earlier text of it.
    func holds(_ edit: StudioSession.OpenEdit) -> Bool {
        guard let draft = try? draft(id: edit.draftId) else { return false }
        if let uuid = edit.base?.generationUUID {
            // A restored store may have another draft of this id.
            guard (try? generation(id: draft.generationId))?.uuid == uuid else { return false }
        }
        // Byte by byte: strings compare by canonical equivalence, and a change of composition is a change.
        let texts = [draft.text] + ((try? revisions(of: edit.draftId)) ?? []).map(\.text)
        return texts.contains { $0.utf8.elementsEqual(edit.text.utf8) }
    }

    /// A page of history, of the trash, or of found drafts.
    func page(_ query: HistoryQuery) throws -> (entries: [HistoryEntry], hasMore: Bool) {
        if query.inTrash {
            // The trash is small and read whole; a search in it filters by the index.
            let found =
                query.text.isEmpty
                ? try trashed(limit: Self.wholeTrash) : try search(query.text, limit: Self.wholeTrash, scope: .trash)
            return (Self.generations(of: found).map { HistoryEntry($0, inTrash: true) }, false)
        }
        guard query.text.isEmpty else {
            // Newest first by draft; the cursor is a generation, whose drafts have smaller ids than those of newer ones.
            let before = try query.after.flatMap { try generation(id: $0.id)?.drafts.map(\.id).min() }
            let found = try search(query.text, limit: query.limit, before: before)
            return (Self.generations(of: found).map { HistoryEntry($0, inTrash: false) }, found.count == query.limit)
        }
        let cursor = query.after.map { HistoryCursor(createdAt: $0.createdAt, id: $0.id) }
        let page = try history(before: cursor, limit: query.limit)
        return (page.generations.map { HistoryEntry($0, inTrash: false) }, page.next != nil)
    }

    private static var wholeTrash: Int { 10_000 }
}

extension HistoryEntry {
    init(_ generation: SavedGeneration, inTrash: Bool) {
        let drafts = generation.drafts.filter { ($0.deletedAt != nil) == inTrash }
        self.init(
            id: generation.id, createdAt: generation.createdAt, title: generation.title, draftCount: drafts.count,
            starred: drafts.contains(where: \.starred), status: generation.status,
            excerpt: drafts.first.map { String($0.text.prefix(200)) } ?? "")
    }
}
