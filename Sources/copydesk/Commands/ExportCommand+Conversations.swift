// The export of conversations: which ones, and their turns from the store.

import Export
import Generation
import Store

extension ExportCommand {
    func exportConversations(of store: DraftStore) throws {
        let ids =
            try allConversations ? store.allConversationIds() : conversation.map { try store.found(conversation: $0) }
        guard !ids.isEmpty else { throw Failure("Nothing to export: there are no conversations.") }
        let format = chosenFormat
        let options = try options()
        func write(_ output: (String) throws -> Void) throws {
            try ConversationExport.write(
                count: ids.count, as: format, options: options,
                reading: { try store.contents(ofConversation: ids[$0], all: ConversationExport.holdsAllTurns(format)) },
                to: output)
        }
        guard let output, output != "-" else { return try write(Console.write) }
        try namingForce { try ExportFile.write(to: TextFile.expand(output), force: force) { try write($0) } }
        Console.printError("\(counted(ids.count, "conversation")) written to \(output).")
    }
}

extension DraftStore {
    /// The id of a conversation by its id or the beginning of its uuid.
    /// - Throws: `Failure` if there is none; `StoreError.severalConversations`.
    func found(conversation name: String) throws -> Int64 {
        guard let id = try conversationId(named: name) else {
            throw Failure("There is no conversation '\(name)'. See: copydesk history list --conversations")
        }
        return id
    }

    /// The conversations outside the trash, newest first.
    func allConversationIds() throws -> [Int64] {
        var ids: [Int64] = []
        var last: (updatedAt: Double, id: Int64)?
        while true {
            let page = try conversations(limit: 500, before: last)
            ids += page.map(\.id)
            guard page.count == 500, let end = page.last else { return ids }
            last = (end.conversation.updatedAt, end.id)
        }
    }

    /// A conversation with its turns and their generations.
    /// - Parameter all: true for all turns; false for those of the open branch.
    func contents(ofConversation id: Int64, all: Bool) throws -> ConversationContents {
        let conversation = try conversation(id: id)
        let turns = try all ? allTurns(of: id) : openTurns(of: id)
        let drafts = turns.flatMap(\.drafts)
        let generations = try Set(drafts.map(\.generationId)).sorted().compactMap { try generation(id: $0) }
        return ConversationContents(
            conversation: conversation, turns: turns, generations: generations, tags: try tags(of: drafts.map(\.id)))
    }
}
