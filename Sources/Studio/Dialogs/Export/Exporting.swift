import Generation
import Text

// Exports: the choices that the dialog offers, the exports that are being written, and their answers.

extension StudioState {
    var exportChoices: [ExportDialog.Choice] {
        var choices: [ExportDialog.Choice] = []
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
        if let entry = history.selectedEntry, !history.inTrash, entry.id != shownGeneration?.generationId {
            choices.append(
                .init(
                    scope: .generation(id: entry.id), title: "\(clipped(entry.title, columns: 24)), from History",
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

    mutating func openExport() {
        let choices = exportChoices
        guard !choices.isEmpty else { return say("There is nothing to export yet.") }
        var selected = 0
        if focus == .history, let id = history.selected {
            selected = choices.firstIndex { $0.scope == .generation(id: id) } ?? 0
        }
        dialog = ExportDialog(choices: choices, selectedChoice: selected)
    }

    /// Starts an export. It continues if its dialog is closed.
    mutating func export(_ request: ExportRequest) {
        exports.append(request)
        ask(.export(request))
    }

    /// Takes the answer to the first export; exports are written one after another.
    mutating func takeFromExport(_ message: StudioMessage) {
        let request = exports.isEmpty ? nil : exports.removeFirst()
        var opener = dialog as? ExportDialog
        if request == nil || opener?.awaited != request { opener = nil }
        switch message {
        case .exported(let path, let count):
            if opener != nil { dialog = nil }
            say("\(count) \(count == 1 ? "draft" : "drafts") exported to \(path)")
            // If the dialog is closed, the writer does something else by now and may look later.
            let until = now + 20
            if opener == nil { notice?.until = until }
            if quitsWhenSaved && exports.isEmpty {
                quitsWhenSaved = false
                quit()
            }
            return
        case .exportExists(let request):
            var overwriting = request
            overwriting.overwrite = true
            confirm(
                "Export", "\(request.path) is there already.",
                .init(key: "n", title: "Keep it"),
                .init(key: "y", title: "Overwrite", answer: .export(overwriting)))
        case .exportFailed(let sentence):
            if var opener {
                opener.fail(sentence)
                dialog = opener
            } else {
                say(sentence, isFailure: true)
            }
        default: break
        }
        // Do not quit before the writer has seen the answer.
        quitsWhenSaved = false
    }
}
