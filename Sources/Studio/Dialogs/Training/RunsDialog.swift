import Generation

// The dialog of training runs: all runs on the left, the selected one's curve and newest sample on the right.
// - It shows what the studio has read last, and never reads a file itself.
// - If there is no room for both, it shows the list, and Enter shows the curve alone. Enter does so on a large screen too.

struct RunsDialog: StudioDialog {
    /// The folder of the selected run.
    private(set) var selected: String?
    /// As of the last message.
    private var items: [RunItem] = []
    private var top = 0
    private var showsCurveAlone = false
    private var isRaw = false

    init(selected: String?) { self.selected = selected }

    var context: Context { .runs }

    private var item: RunItem? { items.first { $0.folder == selected } }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept where item != nil: showsCurveAlone = true
        case .close where showsCurveAlone && key != .control("c"): showsCurveAlone = false
        case .close: return .close(nil)
        case .smoothCurve: isRaw.toggle()
        case .showLearned: return .ask(.openLearnings(selecting: nil))
        case .stopRun:
            guard let item, item.goesOn else { break }
            return .ask(.askToStopRun(item))
        default: break
        }
        return .stay
    }

    mutating func move(by rows: Int) {
        guard !items.isEmpty else { return }
        let place = items.firstIndex { $0.folder == selected } ?? 0
        selected = items[(place + rows).clamped(to: 0...items.count - 1)].folder
    }

    mutating func settle(in surroundings: DialogSurroundings) {
        let place = items.firstIndex { $0.folder == selected } ?? 0
        items = surroundings.runs.items ?? []
        if item == nil, surroundings.runs.items != nil {
            // A run that is gone leaves the selection to its neighbour.
            selected = items.isEmpty ? nil : items[min(place, items.count - 1)].folder
        }
        if item == nil { showsCurveAlone = false }
        let index = items.firstIndex { $0.folder == selected } ?? 0
        top = scrolled(
            top, toShow: index, count: items.count, visible: max(1, parts(in: surroundings).list.rows / Self.rowsOfRun))
    }

    func hint(of binding: Binding) -> String? {
        switch binding.action {
        case .accept: item == nil || showsCurveAlone ? nil : binding.hint
        case .smoothCurve: item == nil ? nil : isRaw ? "smooth" : "raw"
        case .stopRun: item?.goesOn == true ? binding.hint : nil
        case .close: showsCurveAlone ? "back" : binding.hint
        default: binding.hint
        }
    }

    // MARK: Drawing

    /// A line for its name and state, and one for where it stands.
    private static let rowsOfRun = 2

    private func parts(in surroundings: DialogSurroundings) -> (inside: Rect, list: Rect, details: Rect) {
        let body = surroundings.body
        let inside = surroundings.place(rows: min(body.rows, 40), columns: min(body.columns, 150))
        let nothing = Rect(row: inside.row, column: inside.column, rows: 0, columns: 0)
        if showsCurveAlone { return (inside, nothing, inside) }
        guard inside.columns >= 66, inside.rows >= 10 else { return (inside, inside, nothing) }
        var (list, details) = (inside, inside)
        list.columns = inside.columns >= 110 ? 42 : 30
        details.column = list.endColumn + 3
        details.columns = inside.endColumn - details.column
        return (inside, list, details)
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let parts = parts(in: surroundings)
        surroundings.drawPanel(title(above: parts.details), inside: parts.inside, on: &canvas)
        guard !items.isEmpty else {
            let text = surroundings.runs.items == nil ? "Reading the runs…" : "There are no training runs yet."
            canvas.put(
                text, row: parts.inside.row, column: parts.inside.column, columns: parts.inside.columns, style: .quiet)
            return
        }
        drawList(on: &canvas, in: parts.list)
        if parts.list.rows > 0, parts.list.rows < items.count * Self.rowsOfRun {
            var shown = parts.list
            shown.rows = parts.list.rows / Self.rowsOfRun
            surroundings.drawScrollMark(
                top: top, count: items.count, inside: shown, on: &canvas,
                row: surroundings.isFramed ? parts.list.endRow : parts.list.row - 1)
        }
        guard let item, parts.details.rows > 0 else { return }
        if parts.list.rows > 0 {
            canvas.verticalRule(
                column: parts.list.endColumn + 1, rows: parts.list.row..<parts.list.endRow, style: .quiet)
        }
        let details = surroundings.runs.details.flatMap { $0.folder == item.folder ? $0 : nil }
        RunDrawing(item: item, details: details, isRaw: isRaw, isASCII: surroundings.isASCII)
            .draw(on: &canvas, in: parts.details)
    }

    private func title(above place: Rect) -> String {
        guard showsCurveAlone, let item else { return "Training" }
        guard RunDrawing.hasOnlyCurve(item, in: place) else {
            return clipped("Training: \(onOneLine(item.name))", columns: 60)
        }
        let standing = "\(item.step) of \(item.steps)"
        let columns = max(6, place.columns - Studio.columns(of: standing) - 4)
        return "\(clipped(onOneLine(item.name), columns: columns))  \(standing)"
    }

    private func drawList(on canvas: inout Canvas, in place: Rect) {
        for (offset, item) in items.dropFirst(top).prefix(place.rows / Self.rowsOfRun).enumerated() {
            let row = place.row + offset * Self.rowsOfRun
            let isSelected = item.folder == selected
            drawListRow(
                clipped(onOneLine(item.name), columns: max(8, place.columns - 15)), detail: item.state.words,
                isSelected: isSelected, on: &canvas, row: row, in: place, detailStyle: item.state.style)
            canvas.put(
                item.standing(isBrief: true), row: row + 1, column: place.column + 2, columns: place.columns - 2,
                style: .quiet)
        }
    }
}

extension RunItem.State {
    var words: String {
        switch self {
        case .running: "running"
        case .paused: "paused"
        case .stopped: "stopped"
        case .interrupted: "interrupted"
        case .failed: "failed"
        case .finished: "finished"
        }
    }

    fileprivate var style: Style {
        switch self {
        case .running: Style(.accent)
        case .paused, .stopped, .interrupted: .quiet
        case .failed: Style(.failure)
        case .finished: Style(.success)
        }
    }
}
