import Generation

// The lists of Templates and History as rows, headings among them: for moving, scrolling and drawing alike.

enum TemplateRow: Sendable, Hashable {
    case blank
    case heading(String)
    case freePrompt
    case item(TemplateItem)

    /// What choosing the row selects: `.some(nil)` is the free prompt.
    var selection: String?? {
        switch self {
        case .blank, .heading: nil
        case .freePrompt: .some(nil)
        case .item(let item): .some(item.name)
        }
    }
}

enum HistoryRow: Sendable, Hashable {
    case blank
    case heading(String)
    /// An index of `HistoryPane.entries`.
    case entry(Int)
}

extension StudioState {
    var templateRows: [TemplateRow] {
        var rows: [TemplateRow] = templates.showsFreePrompt ? [.freePrompt] : []
        var family: String?
        for item in templates.found {
            if item.familyTitle != family {
                if !rows.isEmpty { rows.append(.blank) }
                rows.append(.heading(item.familyTitle))
                family = item.familyTitle
            }
            rows.append(.item(item))
        }
        return rows
    }

    var historyRows: [HistoryRow] {
        var rows: [HistoryRow] = []
        let today = CivilDate(secondsSince1970: now, utcOffsetSeconds: utcOffsetSeconds)
        var day: Int?
        for (index, entry) in history.entries.enumerated() {
            let date = CivilDate(secondsSince1970: entry.createdAt, utcOffsetSeconds: utcOffsetSeconds)
            if date.day != day {
                if !rows.isEmpty { rows.append(.blank) }
                rows.append(.heading(date.heading(seenFrom: today)))
                day = date.day
            }
            rows.append(.entry(index))
        }
        return rows
    }

    /// Rows of a side pane's list: without the line of filter or search above it.
    func listPlace(of pane: Pane) -> Rect {
        let place = place(of: pane)
        let inner = place.inset(left: 1, top: place.rows >= 20 ? 2 : place.rows >= 4 ? 1 : 0)
        guard pane == .templates, hasSummary(in: place) else { return inner }
        // Below the list, what the chosen template is for.
        return inner.inset(bottom: StudioState.summaryRows + 1)
    }

    static let summaryRows = 3

    /// A narrow list has the summary of the chosen template below it; a wide one has all beside the titles.
    func hasSummary(in place: Rect) -> Bool { place.rows >= 16 && place.columns < 60 }
}
