import Generation

// The trash of conversations, in the place of the templates: seen, restored, emptied.
// - It is shown as History shows its trash; both are one trash, and emptying removes all of it.

extension StudioState {
    mutating func toggleTrashedConversations() {
        guard templates.hasPersonas else { return }
        focus = .templates
        templates.toggleTrash()
        loadConversations()
    }

    mutating func restoreConversation() {
        guard templates.inTrash, let entry = templates.selectedEntry else { return }
        let title = clipped(entry.shownTitle, columns: 40)
        write(.conversation(entry.id, .restore), done: "\(title) is back from the trash")
        templates.remove(entry.id)
    }

    mutating func askToEmptyTrash() {
        guard can(.emptyTrash) else { return }
        confirm(
            "Empty the trash",
            "Every draft and every conversation in the trash is removed for good. This cannot be undone.",
            .init(key: "n", title: "Keep them"),
            .init(key: "y", title: "Remove for good", answer: .emptyTrash))
    }

    /// The trash is empty: what was in it cannot come back.
    mutating func confirmEmptyTrash() {
        draft.undoSteps.removeAll { step in
            switch step {
            case .trashGeneration, .trashTurns, .trashConversation: true
            default: false
            }
        }
        loadConversations()
    }
}
