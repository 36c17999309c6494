// The store as the studio asks for it: pages of history, and edits that may be saved already.

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

    /// A page of history as the studio lists it.
    func page(_ request: HistoryPageRequest) throws -> (entries: [HistoryEntry], hasMore: Bool) {
        let page = try history(request)
        return (page.generations.map { HistoryEntry($0) }, page.hasMore)
    }
}

extension HistoryEntry {
    /// - Parameter generation: with the drafts that were found.
    init(_ generation: SavedGeneration) {
        let drafts = generation.drafts
        self.init(
            id: generation.id, createdAt: generation.createdAt, title: generation.title, draftCount: drafts.count,
            starred: drafts.contains(where: \.starred), status: generation.status,
            excerpt: drafts.first.map { String($0.text.prefix(200)) } ?? "",
            conversation: generation.conversationId.map { conversation in
                // A summary of older turns has no turn.
                generation.turnId.map { .turn($0, conversation: conversation) }
                    ?? .summary(generation: generation.id, conversation: conversation)
            })
    }
}
