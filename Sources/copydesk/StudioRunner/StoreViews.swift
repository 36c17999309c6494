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

    /// A page of history as the studio lists it: drafts outside conversations, and each conversation as one entry.
    func page(_ request: HistoryPageRequest) throws -> (entries: [HistoryEntry], hasMore: Bool) {
        guard !request.query.inTrash else {
            let page = try history(request)
            return (page.generations.map { HistoryEntry($0) }, page.hasMore)
        }
        var drafts = request
        drafts.query.leavesOutAnswers = true
        let page = try history(drafts)
        let conversations = try conversations(
            limit: request.limit + 1, before: request.after.map(conversationCursor), query: request.query.text)
        let entries = (page.generations.map { HistoryEntry($0) } + conversations.map { HistoryEntry($0) })
            .sorted(by: HistoryEntry.isNewer)
        return (Array(entries.prefix(request.limit)), page.hasMore || entries.count > request.limit)
    }

    /// The place in the list of conversations that stands behind a place in the history.
    private func conversationCursor(_ cursor: HistoryCursor) -> (updatedAt: Double, id: Int64) {
        (cursor.createdAt, cursor.id < 0 ? -cursor.id : Int64.max)
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

extension HistoryEntry {
    init(_ entry: ConversationEntry) {
        let conversation = entry.conversation
        self.init(
            id: HistoryEntry.id(ofConversation: entry.id), createdAt: conversation.updatedAt,
            title: conversation.title.isEmpty ? conversation.persona.title : conversation.title,
            draftCount: entry.turnCount, excerpt: String(entry.preview.prefix(200)),
            conversation: entry.foundTurnId.map { .turn($0, conversation: entry.id) } ?? .id(entry.id))
    }

    /// The order of the list. Of one time, generations come first.
    fileprivate static func isNewer(_ one: HistoryEntry, _ other: HistoryEntry) -> Bool {
        guard one.createdAt == other.createdAt else { return one.createdAt > other.createdAt }
        guard one.id < 0, other.id < 0 else { return one.id > other.id }
        return one.id < other.id
    }
}
