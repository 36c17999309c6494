// Drafts and conversations go to the trash, and come back.

import ArgumentParser
import Generation
import Store

/// What goes to the trash or comes back.
struct TrashArguments: ParsableArguments {
    @Argument(help: "Ids of drafts.") var ids: [Int64] = []
    @Option(
        name: .customLong("conversation"),
        help: ArgumentHelp("A conversation: its id, or the beginning of its uuid; can be given again.", valueName: "id")
    )
    var conversations: [String] = []

    func validate() throws {
        if ids.isEmpty, conversations.isEmpty {
            throw ValidationError("Name drafts by their ids, or a conversation with --conversation ID.")
        }
    }

    /// The ids of the conversations.
    func conversationIds(in store: DraftStore) throws -> [Int64] {
        try conversations.map { name in
            guard let id = try store.conversationId(named: name) else {
                throw Failure(
                    "There is no conversation '\(name)'. Find its number with: copydesk history list --conversations")
            }
            return id
        }
    }
}

extension HistoryCommand {
    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Move drafts or conversations to the trash; `history restore` brings them back.")

        @OptionGroup var shared: SharedOptions
        @OptionGroup var items: TrashArguments

        func run() throws {
            let store = try shared.openStore()
            defer { try? store.close() }
            for id in items.ids { _ = try store.found(draft: id) }
            let conversations = try items.conversationIds(in: store)
            if !items.ids.isEmpty {
                let followed = try store.followedDrafts(among: items.ids)
                let moved = try store.trash(draftIds: items.ids)
                try Console.print(
                    moved.isEmpty
                        ? "Already in the trash: \(listed(items.ids, "draft"))."
                        : "Moved to the trash: \(listed(moved, "draft")). Undo: copydesk history restore \(spaced(moved))"
                )
                for draft in followed where moved.contains(draft.draftId) { try Console.print(Self.warning(of: draft)) }
            }
            guard !conversations.isEmpty else { return }
            let moved = try store.trashConversations(conversations)
            let undo = moved.map { "--conversation \($0)" }.joined(separator: " ")
            try Console.print(
                moved.isEmpty
                    ? "Already in the trash: \(listed(conversations, "conversation"))."
                    : "Moved to the trash: \(listed(moved, "conversation")). Undo: copydesk history restore \(undo)")
        }

        /// Turns are out of sight while the answer that they follow is in the trash.
        private static func warning(of draft: DraftStore.FollowedDraft) -> String {
            let id = draft.conversationId
            let turns = draft.turnCount == 1 ? "1 turn follows" : "\(draft.turnCount) turns follow"
            return "Draft \(draft.draftId) is an answer in conversation \(id). \(turns) it, closed until it is back. "
                + "The whole conversation: copydesk history delete --conversation \(id)"
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore", abstract: "Take drafts or conversations out of the trash.")

        @OptionGroup var shared: SharedOptions
        @OptionGroup var items: TrashArguments

        func run() throws {
            let store = try shared.openStore()
            defer { try? store.close() }
            for id in items.ids { _ = try store.found(draft: id) }
            let conversations = try items.conversationIds(in: store)
            if !items.ids.isEmpty {
                let restored = try store.restore(draftIds: items.ids)
                try Console.print(
                    restored.isEmpty
                        ? "Not in the trash: \(listed(items.ids, "draft"))." : "Restored: \(listed(restored, "draft"))."
                )
            }
            guard !conversations.isEmpty else { return }
            let trashed = try conversations.filter { try store.conversation(id: $0).deletedAt != nil }
            try store.restoreConversations(trashed)
            try Console.print(
                trashed.isEmpty
                    ? "Not in the trash: \(listed(conversations, "conversation"))."
                    : "Restored: \(listed(trashed, "conversation")).")
        }
    }
}

private func listed(_ ids: [Int64], _ noun: String) -> String { "\(noun)\(ids.count == 1 ? "" : "s") \(spaced(ids))" }

private func spaced(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: " ") }
