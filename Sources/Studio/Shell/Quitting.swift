import Generation

// Quitting. If something would be lost or left out, the writer is asked first.

extension StudioState {
    mutating func quit() {
        if case .edit(let edit) = draft.mode, edit.editor.isChanged { return leaveEdit(then: .quit) }
        if let path = exportToAwait?.path {
            guard quitsWhenSaved else {
                quitsWhenSaved = true
                return say("Exporting to \(path), then quitting. Any other key stays.")
            }
            return confirm(
                "Quit", "The export to \(path) is still being written. Quitting now leaves it out.",
                .init(key: "n", title: "Stay"),
                .init(key: "y", title: "Quit without it", answer: .abandonExports))
        }
        if draft.running != nil {
            let isLost = draft.generations.contains { $0.notSaved != nil }
            return confirm(
                "Quit",
                "A generation is being written. "
                    + (isLost ? "It could not be saved: quitting now may lose it." : "Its text so far is kept."),
                .init(key: "y", title: "Stop and quit", answer: .quit),
                .init(key: "n", title: "Keep writing"))
        }
        if let failure = saveFailure {
            let isKept = unsavedIsKept
            let what = isKept ? "Your edits are kept for the next start." : "Quitting now would lose it."
            return confirm(
                "Quit", "Not everything is saved: \(failure) \(what)",
                .init(key: "n", title: "Stay"),
                .init(key: "y", title: isKept ? "Quit" : "Quit and lose it", answer: .quit))
        }
        if !pendingWrites.isEmpty {
            guard quitsWhenSaved else {
                quitsWhenSaved = true
                return say("Saving, then quitting. Any other key stays.")
            }
            return confirm(
                "Quit", "The last changes are still being saved. Quitting waits for the store for a few seconds.",
                .init(key: "n", title: "Stay"),
                .init(key: "y", title: "Quit", answer: .quit))
        }
        finish()
    }

    /// Nothing of a download is lost, so quitting asks nothing, and tells afterwards how it goes on.
    private mutating func sayWhatIsLeft() {
        let names = jobs.all.compactMap { job in
            if case .download(let request) = job.work { onOneLine(request.name) } else { nil }
        }
        guard !names.isEmpty else { return }
        ask(
            .sayAfterwards(
                "\(names.joined(separator: ", ")): the download is not finished. Its part is kept; in the studio, "
                    + "\(label(.models)) and “Get a model…” go on with it."))
    }

    mutating func finish() {
        if !isQuitting { sayWhatIsLeft() }
        for job in jobs.all { cancel(job.number) }
        isQuitting = true
        // Written even if nothing changed: the file may have been removed or replaced meanwhile.
        saveSession()
        rememberIfChanged()
        ask(.quit)
    }
}
