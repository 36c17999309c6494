// The list of conversations that `history list --conversations` prints.

import Export
import Generation
import Store

struct ConversationList {
    var query: String
    var isTrash: Bool
    var limit: Int
    var isJSON: Bool

    func print(from store: DraftStore) throws {
        let entries = try store.conversations(limit: limit, query: query, inTrash: isTrash)
        if isJSON { return try Console.printJSON(Report(conversations: entries.map(Report.Item.init))) }
        if entries.isEmpty {
            Console.printError(
                !query.isEmpty
                    ? "Nothing found."
                    : isTrash ? "No conversation is in the trash." : "There are no conversations yet.")
        }
        for entry in entries { try Console.write(lines(of: entry)) }
    }

    /// When and what; below the id, the turns, who answers, and the end of what was said.
    private func lines(of entry: ConversationEntry) -> String {
        let conversation = entry.conversation
        let id = String(entry.id)
        let padding = String(repeating: " ", count: max(0, 7 - id.count))
        let facts = [counted(entry.turnCount, "turn"), conversation.persona.name, entry.writer ?? conversation.model]
        let short = HistoryText.beginning(of: entry.preview)
        return "\(HistoryText.time(conversation.updatedAt))  \(HistoryText.beginning(of: conversation.title))\n"
            + "\(padding)\(id)  \(facts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · "))\n"
            + (short.isEmpty ? "" : "         \(short)\n")
    }

    private struct Report: Encodable {
        struct Item: Encodable {
            var entry: ConversationEntry

            init(_ entry: ConversationEntry) { self.entry = entry }

            private enum Key: String, CodingKey { case turns, preview }

            func encode(to encoder: any Encoder) throws {
                try ConversationJSON.Summary(entry.conversation).encode(to: encoder)
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(entry.turnCount, forKey: .turns)
                try container.encode(entry.preview, forKey: .preview)
            }
        }

        var conversations: [Item]
    }
}
