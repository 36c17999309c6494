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
        if let notice, notice.isFailure || draft.running == nil {
            return drawMessage(notice.text, isFailure: notice.isFailure, on: &canvas, layout)
        }
        guard let row = layout.statusRow else { return }
        let progress = progressText(columns: size.columns - 2)
        let progressColumns = progress.map { Studio.columns(of: $0) } ?? 0
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
        var parts: [String] = []
        if let export = exports.first { parts.append("exporting to \(clipped(onOneLine(export.path), columns: 30))…") }
        let keptCount = keptRows.count
        if keptCount > 0 { parts.append("\(label(.showKept)): \(keptCount) kept \(keptCount == 1 ? "text" : "texts")") }
        parts.append(modelName.isEmpty ? (modelFailure == nil ? "opening the model…" : "no model") : modelName)
        if let form = draft.form {
            parts.append("temp \(SamplingValue.text(of: form.sampling.temperature))")
            parts.append("\(form.variantCount) \(form.variantCount == 1 ? "variant" : "variants")")
            if let seed = form.seed { parts.append("seed \(seed)") }
            if form.template == nil && form.isRaw { parts.append("raw") }
        }
        if draft.running == nil, let timings = shownGeneration?.timings, timings.tokensPerSecond > 0 {
            parts.append("\(wholeNumber(timings.tokensPerSecond)) tok/s")
        }
        while parts.count > 1 && Studio.columns(of: parts.joined(separator: " · ")) > limit { parts.removeLast() }
        return parts.joined(separator: " · ")
    }

    /// `writing 2 of 4 ▰▰▰▱▱▱ 61% · 212 tok/s · 2 s left`, shortened if there is little room.
    private func progressText(columns limit: Int) -> String? {
        guard let running = draft.running, let generation = draft.runningGeneration else { return nil }
        if running.isStopping { return "stopping…" }
        if running.writingSince == nil {
            guard running.promptTotal > 0 else { return "reading the prompt…" }
            let fraction = Double(running.promptProcessed) / Double(running.promptTotal)
            return "reading the prompt \(meter(fraction, cells: 8)) \(percent(fraction))"
        }
        let fraction = generation.writtenFraction
        var parts: [String] = []
        let writing =
            "writing \(min(generation.finishedCount + 1, generation.variants.count)) of \(generation.variants.count)"
        let rate = running.timings.tokensPerSecond
        if rate > 0 { parts.append("\(wholeNumber(rate)) tok/s") }
        if let left = secondsLeft(fraction: fraction) { parts.append(left) }
        let bar = meter(fraction, cells: limit >= 100 ? 16 : 8)
        let full = ([writing + " \(bar) \(percent(fraction))"] + parts).joined(separator: " · ")
        if Studio.columns(of: full) + 12 <= limit { return full }
        let short = ([writing] + parts).joined(separator: " · ")
        return Studio.columns(of: short) <= limit ? short : clipped(writing, columns: limit)
    }

    private func secondsLeft(fraction: Double) -> String? {
        guard let since = draft.running?.writingSince, fraction > 0.05 else { return nil }
        let elapsed = now - since
        guard elapsed > 0.5 else { return nil }
        let left = elapsed * (1 - fraction) / fraction
        guard left < 86_400 else { return nil }
        if left < 1 { return "1 s left" }
        return left < 100 ? "\(Int(left.rounded(.up))) s left" : "\(Int((left / 60).rounded(.up))) min left"
    }

    private func percent(_ fraction: Double) -> String {
        let bounded = fraction.isFinite ? min(max(fraction, 0), 1) : 0
        return paddedLeft("\(Int(bounded * 100))%", columns: 4)
    }

    private func wholeNumber(_ value: Double) -> String {
        guard value.isFinite, value < 1e9 else { return "—" }
        return value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
    }
}
