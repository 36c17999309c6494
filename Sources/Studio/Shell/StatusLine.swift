import Generation

// The line above the keys: model and parameters, the progress of writing, and messages.
// - If something is not saved, the line says so before everything else, until it is saved.
// - If a message is longer than the line, it takes more rows and is not cut.

extension StudioState {
    func drawStatus(on canvas: inout Canvas, _ layout: ScreenLayout) {
        if let failure = saveFailure {
            let key = label(.retrySave)
            return drawMessage("Not saved: \(failure) \(key) tries again.", isFailure: true, on: &canvas, layout)
        }
        let progress = progressText(columns: size.columns - 2)
        let progressColumns = progress.map { Studio.columns(of: $0) } ?? 0
        if let notice {
            // While a text is written, its progress stays in sight, even if the message beside it is cut.
            let isAlone =
                draft.running == nil && Studio.columns(of: notice.text) + progressColumns + 4 > size.columns
            if notice.isFailure || progress == nil || isAlone {
                return drawMessage(notice.text, isFailure: notice.isFailure, on: &canvas, layout)
            }
        }
        guard let row = layout.statusRow else { return }
        let free = size.columns - 2 - (progressColumns > 0 ? progressColumns + 2 : 0)
        if let progress {
            canvas.putRight(
                progress, row: row, endColumn: size.columns - 1, columns: progressColumns, style: Style(.accent))
        }
        let left = notice?.text ?? (isSaving ? "saving…" : facts(columns: free))
        canvas.put(left, row: row, column: 1, columns: free, style: notice == nil ? quiet : .plain)
    }

    private func drawMessage(_ text: String, isFailure: Bool, on canvas: inout Canvas, _ layout: ScreenLayout) {
        let style = isFailure ? Style(.failure, bold: true) : Style(.success)
        let row = layout.statusRow ?? layout.keysRow
        // A message never covers a dialog, so that its answers and its frame stay visible.
        let most = max(1, min(4, layout.body.rows - 2, row + 1 - (canvas.panelEndRow ?? 0)))
        let columns = max(1, size.columns - 2)
        var lines = wrappedLines(onOneLine(text, limit: 1000), columns: columns)
        if lines.count > most {
            lines = Array(lines.prefix(most))
            lines[most - 1] = clipped(lines[most - 1] + " …", columns: columns)
        }
        for (offset, line) in lines.enumerated() {
            let place = Rect(row: row - lines.count + 1 + offset, column: 0, rows: 1, columns: size.columns)
            canvas.clear(place)
            canvas.put(line, row: place.row, column: 1, columns: size.columns - 2, style: style)
        }
        let ruleRow = row - lines.count
        if lines.count > 1 && layout.bottomRuleRow != nil && ruleRow >= canvas.panelEndRow ?? 0 {
            canvas.rule(row: ruleRow, column: 0, columns: size.columns)
        }
    }

    /// `built-in · temp 0.9 · 4 variants`, as much as fits.
    private func facts(columns limit: Int) -> String {
        if let open = dialog as? BlindDialog { return clipped(open.standing, columns: limit) }
        var parts: [String] = []
        let keptCount = keptRows.count
        if let elsewhereText { parts.append(elsewhereText) }
        if keptCount > 0 { parts.append("\(label(.showKept)): \(keptCount) kept \(keptCount == 1 ? "text" : "texts")") }
        if offersModels {
            return clipped("\(modelName) is a small model: \(label(.models)) gets a better one", columns: limit)
        }
        let chatModel = draft.chat.map(\.conversation.model) ?? ""
        let isOther = !chatModel.isEmpty && chatModel != modelName && chatModel != modelOpenedAs
        // Of a path, its end tells more than its beginning.
        let name = chatModel.split(separator: "/").last.map(String.init) ?? chatModel
        if isOther { parts.append("\(clipped(onOneLine(name), columns: 30)) opens at the next answer") }
        parts.append(modelName.isEmpty ? (modelFailure == nil ? "opening the model…" : "no model") : modelName)
        if let settings = draft.chat?.conversation.settings {
            parts.append("temp \(SamplingValue.text(of: settings.sampling.temperature))")
            if settings.variantCount > 1 { parts.append("\(settings.variantCount) answers") }
            if let seed = draft.chat?.seed { parts.append("seed \(seed)") }
        }
        if let form = draft.form {
            parts.append("temp \(SamplingValue.text(of: form.sampling.temperature))")
            parts.append("\(form.variantCount) \(form.variantCount == 1 ? "variant" : "variants")")
            if let seed = form.seed { parts.append("seed \(seed)") }
            if form.template == nil && form.isRaw { parts.append("raw") }
        }
        // The speed of another model would be read as that of the model named here.
        if draft.running == nil, let generation = shownGeneration, generation.modelName == modelName,
            generation.timings.tokensPerSecond > 0
        {
            parts.append("\(wholeNumber(generation.timings.tokensPerSecond)) tok/s")
        }
        while parts.count > 1 && Studio.columns(of: parts.joined(separator: " · ")) > limit { parts.removeLast() }
        return parts.joined(separator: " · ")
    }
}
