import Generation
import Text

// Exports: the choices that the dialog offers, the jobs that write them, and the end of each.

extension StudioState {
    var exportChoices: [ExportDialog.Choice] {
        var choices: [ExportDialog.Choice] = []
        if let chat = draft.chat, chat.isInStore {
            let name = FileName.of(chat.title)
            choices.append(
                .init(scope: .conversation(id: chat.conversation.id), title: "the conversation", fileName: name))
            if let id = chat.activeDraft(ofTurn: chat.selected)?.id {
                choices.append(.init(scope: .draft(id: id), title: "the selected answer", fileName: name + "-answer"))
            }
        }
        if let generation = shownGeneration {
            let name = FileName.of(generation.request.title)
            let letter = Variant.letter(generation.selected)
            if let id = selectedVariant?.draftId, selectedVariant?.inTrash == false {
                choices.append(
                    .init(scope: .draft(id: id), title: "variant \(letter)", fileName: "\(name)-\(letter.lowercased())")
                )
            }
            if let id = generation.generationId {
                let count = generation.variants.count { !$0.inTrash }
                choices.append(
                    .init(scope: .generation(id: id), title: "all \(count) variants shown", fileName: name))
            }
        }
        if let entry = history.selectedEntry, !history.inTrash, entry.id != shownEntry {
            choices.append(
                .init(
                    scope: exportScope(of: entry), title: "\(clipped(entry.title, columns: 24)), from History",
                    fileName: FileName.of(entry.title)))
        }
        if !history.entries.isEmpty {
            choices.append(
                .init(scope: .found(HistoryQuery(starred: true)), title: "everything starred", fileName: "starred"))
            // The trash is not exported, even while the pane shows it.
            var query = history.query
            query.inTrash = false
            let words = query.text
            let title = words.isEmpty ? "everything" : "all that “\(clipped(words, columns: 20))” finds"
            choices.append(
                .init(
                    scope: .found(query), title: title,
                    fileName: words.isEmpty ? "copydesk" : FileName.of(words)))
        }
        return choices
    }

    private func exportScope(of entry: HistoryEntry) -> ExportRequest.Scope {
        entry.conversationId.map { .conversation(id: $0) } ?? .generation(id: entry.id)
    }

    mutating func openExport() {
        // Until the choice is made, the store holds unfinished candidates that nobody may ever see.
        if draft.isChoosing { return say("The best candidates are not chosen yet: export them when they are written.") }
        let choices = exportChoices
        guard !choices.isEmpty else { return say("There is nothing to export yet.") }
        var selected = 0
        if focus == .history, let id = history.selected {
            let wanted: ExportRequest.Scope = id < 0 ? .conversation(id: 0 - id) : .generation(id: id)
            selected = choices.firstIndex { $0.scope == wanted } ?? 0
        }
        dialog = ExportDialog(choices: choices, selectedChoice: selected, last: memory.choices.export)
    }

    /// The exports that are not done, in the order in which they are written.
    var exports: [Job] {
        jobs.all.filter { if case .export = $0.work { true } else { false } }
    }

    /// The first export that quitting waits for; `nil` if there is none.
    var exportToAwait: ExportRequest? {
        for job in jobs.all where !job.isCancelled {
            if case .export(let request) = job.work { return request }
        }
        return nil
    }

    /// Takes the last message of an export. The export may have outlived its dialog.
    mutating func endExport(_ request: ExportRequest, _ message: JobMessage) {
        let opener = (dialog as? ExportDialog).flatMap { $0.awaited == request ? $0 : nil }
        switch message {
        case .finished(.exported(let path, let count)):
            if opener != nil { dialog = nil }
            remember(request)
            let unit = if case .conversation = request.scope { "turn" } else { "draft" }
            say("\(count) \(unit)\(count == 1 ? "" : "s") exported to \(path)")
            // If the dialog is closed, the writer does something else by now and may look later.
            let until = now + 20
            if opener == nil { notice?.until = until }
            if quitsWhenSaved && exportToAwait == nil {
                quitsWhenSaved = false
                quit()
            }
            return
        case .finished(.fileExists):
            var overwriting = request
            overwriting.overwrite = true
            confirm(
                "Export", "\(request.path) is there already.",
                .init(key: "n", title: "Keep it"),
                .init(key: "y", title: "Overwrite", answer: .export(overwriting)))
        case .failed(let sentence): sayNotExported(sentence, isFailure: true, in: opener)
        case .cancelled:
            sayNotExported("The export to \(request.path) is cancelled: nothing was written.", in: opener)
        case .started, .progress, .finished: break
        }
        // Do not quit before the writer has seen the answer.
        quitsWhenSaved = false
    }

    private mutating func sayNotExported(_ sentence: String, isFailure: Bool = false, in opener: ExportDialog?) {
        guard var opener else { return say(sentence, isFailure: isFailure) }
        opener.fail(sentence)
        dialog = opener
    }
}
