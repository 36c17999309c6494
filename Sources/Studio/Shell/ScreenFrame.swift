// The whole screen of a state: titles, panes, the dialog in front, status and keys.

/// The screen of a state, of exactly `state.size`.
public func frame(of state: StudioState) -> Frame { state.draw() }

/// The screen of a state at another size.
public func frame(of state: StudioState, size: ScreenSize) -> Frame {
    guard size != state.size else { return state.draw() }
    var resized = state
    _ = update(&resized, .resized(size))
    return resized.draw()
}

extension StudioState {
    func draw() -> Frame {
        var canvas = Canvas(size: size, appearance: appearance)
        let layout = layout
        guard !layout.isTooSmall else {
            let text = "Copydesk needs \(ScreenLayout.smallest.columns)×\(ScreenLayout.smallest.rows)"
            canvas.put(text, row: max(0, (size.rows - 1) / 2), column: 0, columns: size.columns)
            return canvas.frame
        }
        drawTitles(on: &canvas, layout)
        for pane in Pane.allCases where layout.panes[pane] != nil { draw(pane, on: &canvas) }
        drawRules(on: &canvas, layout)
        drawDialog(on: &canvas)
        drawStatus(on: &canvas, layout)
        drawKeys(on: &canvas, row: layout.keysRow)
        return canvas.frame
    }

    var quiet: Style { .quiet }

    private func draw(_ pane: Pane, on canvas: inout Canvas) {
        let surroundings = surroundings(of: pane)
        switch pane {
        case .templates: templates.draw(on: &canvas, in: surroundings)
        case .draft: drawDraft(on: &canvas)
        case .history:
            history.draw(on: &canvas, in: surroundings, shown: shownEntry)
        }
    }

    /// A pane's title. Draft has the title of its form.
    func title(of pane: Pane) -> String {
        switch pane {
        case .templates: return templates.title
        case .draft: return draft.chat?.title ?? draft.form?.title ?? shownGeneration?.request.title ?? pane.title
        case .history: return history.title
        }
    }

    private func drawTitles(on canvas: inout Canvas, _ layout: ScreenLayout) {
        guard layout.hasTabs else {
            for (pane, place) in layout.panes {
                let isFocused = focus == pane
                let style = isFocused ? Style(.accent, bold: true) : Style(.secondary, dim: true)
                let title = onOneLine(title(of: pane))
                // The mark is for terminals that show neither colour nor weight.
                canvas.put(isFocused ? "›" : " ", row: 0, column: place.column, columns: 1, style: style)
                canvas.put(title, row: 0, column: place.column + 1, columns: place.columns - 2, style: style)
            }
            return
        }
        var column = 0
        let isNarrow = size.columns < 36
        for pane in Pane.allCases {
            let isFocused = focus == pane
            let style = isFocused ? Style(.accent, bold: true) : Style(.secondary)
            let name = pane == .draft ? pane.title : title(of: pane)
            let text = (isFocused ? "›" : " ") + "\(pane.rawValue + 1)" + (isNarrow && !isFocused ? "" : " \(name)")
            column += canvas.put(text, row: 0, column: column, columns: size.columns - column, style: style)
            column += isNarrow ? 1 : 2
        }
        let title = onOneLine(title(of: .draft))
        let free = size.columns - column - 1
        if focus == .draft && (draft.form != nil || draft.chat != nil) && free >= 8 {
            canvas.putRight(title, row: 0, endColumn: size.columns - 1, columns: free - 1, style: Style(bold: true))
        }
    }

    private func drawRules(on canvas: inout Canvas, _ layout: ScreenLayout) {
        if let row = layout.topRuleRow { canvas.rule(row: row, column: 0, columns: size.columns) }
        let bottom = layout.bottomRuleRow ?? layout.statusRow ?? layout.keysRow
        for column in layout.separators { canvas.verticalRule(column: column, rows: 0..<bottom) }
        guard let row = layout.bottomRuleRow else { return }
        canvas.rule(row: row, column: 0, columns: size.columns)
        for column in layout.separators {
            canvas.put("┴", row: row, column: column, columns: 1, style: Style(.secondary))
        }
    }
}
