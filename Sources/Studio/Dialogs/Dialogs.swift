import Generation

// Opening dialogs, moving in them, and what their answers do.

extension StudioState {
    // MARK: Opening

    mutating func openModels() {
        ask(.listModels)
        var list = ListDialog(purpose: .model, title: "Models", rows: modelRows)
        list.selected = models.firstIndex { $0.name == modelName } ?? 0
        dialog = .list(list)
    }

    mutating func openParameters() {
        guard let form = draft.form else { return say("Open a template first: parameters belong to a form.") }
        dialog = .parameters(ParametersDialog(of: form))
    }

    mutating func resetParameters() {
        guard let form = draft.form, case .parameters(let open) = dialog else { return }
        var parameters = ParametersDialog(of: Form(template: form.template))
        parameters.showsAll = open.showsAll
        parameters.search = open.search
        parameters.selected = open.selected
        dialog = .parameters(parameters)
    }

    mutating func searchOptions() {
        guard case .parameters(var parameters) = dialog else { return }
        parameters.isSearching = true
        dialog = .parameters(parameters)
    }

    mutating func toggleOptions() {
        guard case .parameters(var parameters) = dialog else { return }
        parameters.clearSearch()
        parameters.showsAll.toggle()
        dialog = .parameters(parameters)
    }

    /// From the search to the rows it found, or back to all rows.
    mutating func leaveOptionSearch(keepsWords: Bool) {
        guard case .parameters(var parameters) = dialog else { return }
        if keepsWords {
            guard !parameters.items.isEmpty else { return }
            parameters.isSearching = false
        } else {
            parameters.clearSearch()
        }
        dialog = .parameters(parameters)
    }

    /// Closes a dialog; one that shows only what was searched for shows all again first.
    mutating func closeDialog() {
        if case .parameters(var parameters) = dialog, !parameters.search.isEmpty {
            parameters.clearSearch()
            return dialog = .parameters(parameters)
        }
        dialog = nil
    }

    /// Templates that take a text: those a variant can be refined with.
    var refineRows: [ListDialog.Row] {
        templates.items.compactMap { item in
            guard item.brokenReason == nil, let field = refineField(of: item) else { return nil }
            return field.isEmpty ? nil : ListDialog.Row(value: item.name, title: item.title, detail: item.familyTitle)
        } + [ListDialog.Row(value: "", title: "In your own words", detail: "Free prompt")]
    }

    private func refineField(of item: TemplateItem) -> String? {
        item.fields.first { $0.kind == .multiline && $0.name == "text" }?.name
    }

    mutating func openRefine() {
        guard let variant = selectedVariant, !variant.text.isEmpty else { return }
        if case .edit = draft.mode { return }
        dialog = .list(ListDialog(purpose: .refine, title: "Refine with", rows: refineRows))
    }

    /// The template that goes on with a text.
    var continuingTemplate: TemplateItem? {
        templates.items.first { item in
            item.name.hasPrefix("continue") && item.brokenReason == nil && refineField(of: item) != nil
        }
    }

    mutating func continueDraft() {
        guard let item = continuingTemplate, can(.continueDraft) else { return }
        if case .edit = draft.mode { return }
        refine(with: item.name)
        draft.form?.relation = .continue
    }

    private mutating func refine(with name: String) {
        guard let variant = selectedVariant else { return }
        let item = templates.items.first { $0.name == name }
        stashForm()
        var form = Form(template: item, key: "\(name)\u{1F}refine\(variant.draftId ?? 0)")
        if let item, let field = refineField(of: item) {
            form.setValues([field: variant.text])
        } else {
            form.setValues([Form.promptField: "Rewrite this text:\n\n" + variant.text])
            form.editors[0].moveCursor(to: "Rewrite this text".count)
        }
        if let values = unsent[form.key] { fill(&form, with: values) }
        form.focused = form.fields.indices.first { form.editors[$0].isEmpty } ?? 0
        form.parentDraftId = variant.draftId
        form.relation = item?.familyTitle.lowercased().hasPrefix("translat") == true ? .translate : .refine
        form.isUnsent = true
        draft.form = form
        draft.mode = .overview
        draft.part = .form
        focus = .draft
        templates.selected = item?.name
    }

    // MARK: Export

    var exportChoices: [ExportDialog.Choice] {
        var choices: [ExportDialog.Choice] = []
        if let generation = shownGeneration {
            let name = ExportDialog.fileName(of: generation.request.title)
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
        if let index = history.selectedIndex, !history.inTrash,
            history.entries[index].id != shownGeneration?.generationId
        {
            let entry = history.entries[index]
            choices.append(
                .init(
                    scope: .generation(id: entry.id), title: "\(clipped(entry.title, columns: 24)), from History",
                    fileName: ExportDialog.fileName(of: entry.title)))
        }
        if !history.entries.isEmpty {
            choices.append(.init(scope: .starred, title: "everything starred", fileName: "starred"))
            let words = history.search.text
            let title = words.isEmpty ? "everything" : "all that “\(clipped(words, columns: 20))” finds"
            choices.append(
                .init(
                    scope: .found(query: words), title: title,
                    fileName: words.isEmpty ? "copydesk" : ExportDialog.fileName(of: words)))
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
        dialog = .export(ExportDialog(choices: choices, selectedChoice: selected))
    }

    /// Starts an export; it goes on if its dialog is closed.
    mutating func export(_ request: ExportRequest) {
        exports.append(request)
        ask(.export(request))
    }

    /// Takes the answer to the first export; they are written one after another.
    mutating func takeFromExport(_ message: StudioMessage) {
        let request = exports.isEmpty ? nil : exports.removeFirst()
        var export: ExportDialog?
        if let request, case .export(let open) = dialog, open.awaited == request { export = open }
        export?.awaited = nil
        switch message {
        case .exported(let path, let count):
            if export != nil { dialog = nil }
            say("\(count) \(count == 1 ? "draft" : "drafts") exported to \(path)")
            // Who closed the dialog does something else by now.
            if export == nil { notice?.until = now + 20 }
            if quitsWhenSaved && exports.isEmpty {
                quitsWhenSaved = false
                quit()
            }
            return
        case .exportExists(let request):
            confirm(
                "Export", "\(request.path) is there already.",
                .init(key: "n", title: "Keep it", answer: .cancel),
                .init(key: "y", title: "Overwrite", answer: .overwrite(request)))
        case .exportFailed(let sentence):
            export?.failure = sentence
            if let export { dialog = .export(export) } else { say(sentence, isFailure: true) }
        default: break
        }
        // It has to be seen first.
        quitsWhenSaved = false
    }

    // MARK: Moving

    mutating func changeDialogValue(by step: Int) {
        switch dialog {
        case .export(var export):
            export.changeValue(by: step)
            export.failure = nil
            dialog = .export(export)
        case .confirm(var confirm):
            let count = confirm.options.count
            confirm.selected = (confirm.selected + step + count) % max(1, count)
            dialog = .confirm(confirm)
        default: break
        }
    }

    // MARK: Accepting

    mutating func acceptDialog() {
        switch dialog {
        case .palette(let palette):
            let found = paletteActions(palette)
            guard found.indices.contains(palette.selected) else { return }
            let action = found[palette.selected]
            dialog = nil
            perform(action)
        case .list(let list): accept(list)
        case .parameters(var parameters):
            guard var form = draft.form else { return dialog = nil }
            if let problem = parameters.firstProblem {
                parameters.reveal(problem)
                return dialog = .parameters(parameters)
            }
            parameters.apply(to: &form)
            draft.form = form
            dialog = nil
        case .export(var export):
            guard let request = export.request else {
                export.failure = "Name a file."
                export.selected = .path
                return dialog = .export(export)
            }
            guard !export.isExporting else { return }
            export.awaited = request
            export.failure = nil
            dialog = .export(export)
            self.export(request)
        case .path(var path):
            guard !path.isLoading, !path.input.isBlank else { return }
            path.isLoading = true
            path.failure = nil
            dialog = .path(path)
            ask(.loadFile(path: path.input.text))
        case .confirm(let confirm):
            guard confirm.options.indices.contains(confirm.selected) else { return }
            answer(confirm.options[confirm.selected].answer)
        case .help, .message, nil: dialog = nil
        }
    }

    private mutating func accept(_ list: ListDialog) {
        dialog = nil
        guard list.rows.indices.contains(list.selected) else { return }
        let value = list.rows[list.selected].value
        switch list.purpose {
        case .model:
            guard value != modelName else { return }
            guard running == nil else { return say("The model is writing. Stop it first.", isFailure: true) }
            say("Opening \(value)…")
            ask(.useModel(name: value))
        case .choice(let field):
            guard var form = draft.form, form.editors.indices.contains(field) else { return }
            form.editors[field].setText(value)
            form.isUnsent = true
            draft.form = form
        case .refine: refine(with: value)
        case .kept: takeKeptRow(value)
        }
    }

    mutating func answer(_ answer: ConfirmDialog.Answer) {
        dialog = nil
        switch answer {
        case .cancel: break
        case .saveEdit(let continuation):
            saveEdit()
            go(on: continuation)
        case .discardEdit(let continuation):
            draft.mode = .overview
            go(on: continuation)
        case .quit: finish()
        case .abandon: ask(.abandon)
        case .abandonExports:
            exports = []
            quit()
        case .discardKept(let row): discardKept(row)
        case .overwrite(var request):
            request.overwrite = true
            export(request)
        case .emptyTrash:
            write(.emptyTrash, done: "The trash is empty")
        }
    }

    // MARK: Palette

    /// What the palette finds, best first: every word must occur, in order of its letters.
    func paletteActions(_ palette: PaletteDialog) -> [Action] {
        let wanted = palette.input.text.lowercased().filter { !$0.isWhitespace }
        let all = Action.allCases.filter { $0.isCommand && can($0) }
        // First what belongs to where it was opened, in the order of the footer.
        let near = KeyTable.own(palette.context).map(\.action).filter(all.contains)
        let commands = near + all.filter { !near.contains($0) }
        guard !wanted.isEmpty else { return commands }
        return commands.compactMap { action in fuzzyScore(wanted, in: action.title.lowercased()).map { (action, $0) } }
            // Of equals the shorter title is nearer to what was typed.
            .sorted { ($0.1, -$0.0.title.count) > ($1.1, -$1.0.title.count) }.map(\.0)
    }
}

/// How well letters occur in a title in their order: higher for runs and for beginnings of words; `nil` if they do not.
func fuzzyScore(_ wanted: String, in title: String) -> Int? {
    let letters = Array(title)
    var place = 0
    var score = 0
    var previous = -2
    for letter in wanted {
        // The beginning of a word is better than the next place that fits.
        var found: Int?
        for index in place..<letters.count where letters[index] == letter {
            if found == nil { found = index }
            if index == previous + 1 || index == 0 || letters[index - 1] == " " {
                found = index
                break
            }
        }
        guard let index = found else { return nil }
        score += index == previous + 1 ? 8 : 0
        score += index == 0 || letters[index - 1] == " " ? 6 : 0
        score -= index / 8
        previous = index
        place = index + 1
        if place > letters.count { return nil }
    }
    return score
}
