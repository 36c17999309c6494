import Generation

// The dialog of what was learned from starred drafts: all learnings on the left, what is known of the selected one on
// the right, and above both what can be learned now.
// - It shows what the studio has read last, and never reads a file itself.
// - If there is no room for both, it shows the list, and Enter shows the selected one alone.

struct LearningsDialog: StudioDialog {
    /// The name of the selected learning.
    private(set) var selected: String?
    /// As of the last message.
    private var items: [LearningItem] = []
    private var canLearn = false
    private var top = 0
    private var isAlone = false
    /// The first visible line of what is known, if it is alone.
    private var readerTop = 0
    /// True until the next list of learnings, whose first one is then selected.
    private var awaitsNewest = false

    init(selected: String?) { self.selected = selected }

    var context: Context { .learnings }

    private var item: LearningItem? { items.first { $0.name == selected } }

    /// Shows the selected one alone.
    mutating func showAlone() { isAlone = true }

    /// Selects a learning that has just begun, as soon as it is in the list.
    mutating func selectNewest() { awaitsNewest = true }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept where item != nil: isAlone = true
        case .close where isAlone && key != .control("c"):
            isAlone = false
            readerTop = 0
        case .close: return .close(nil)
        case .learnAnew: if canLearn { return .ask(.askToLearn) }
        default: if let item, let request = request(of: action, for: item) { return .ask(request) }
        }
        return .stay
    }

    /// What an action asks for; `nil` if it cannot be done with the learning now.
    private func request(of action: Action?, for item: LearningItem) -> DialogRequest? {
        switch action {
        case .compareBlind: item.state == .ready ? .compareLearning(name: item.name) : nil
        case .adoptLearned: item.state == .compared ? .askToAdopt(item) : nil
        case .toggleLearned:
            switch item.state {
            case .adopted: .turnLearned(name: item.name, isOn: false, isFirst: false)
            case .off: .turnLearned(name: item.name, isOn: true, isFirst: false)
            default: nil
            }
        case .goOnLearning: item.isStopped ? .learn(goingOnWith: item.name) : nil
        case .stopRun: item.goesOn ? item.run.map { .askToStopRun($0) } : nil
        default: nil
        }
    }

    mutating func move(by rows: Int) {
        if isAlone { return readerTop += rows }
        guard !items.isEmpty else { return }
        let place = items.firstIndex { $0.name == selected } ?? 0
        selected = items[(place + rows).clamped(to: 0...items.count - 1)].name
    }

    mutating func settle(in surroundings: DialogSurroundings) {
        let place = items.firstIndex { $0.name == selected } ?? 0
        let known = surroundings.learnings
        if awaitsNewest, let read = known.items, !known.isAsked {
            selected = read.first?.name
            awaitsNewest = false
        }
        items = known.items ?? []
        canLearn = !known.isBeginning
        if case .drafts = known.offer {} else { canLearn = false }
        if item == nil, known.items != nil {
            // A learning that is gone leaves the selection to its neighbour.
            selected = items.isEmpty ? nil : items[min(place, items.count - 1)].name
        }
        if item == nil, known.items != nil { isAlone = false }
        let parts = parts(in: surroundings)
        let index = items.firstIndex { $0.name == selected } ?? 0
        top = scrolled(top, toShow: index, count: items.count, visible: max(1, parts.list.rows / Self.rowsOfItem))
        guard isAlone, let item else { return readerTop = 0 }
        let count = LearningWords.lines(item, columns: parts.details.columns).count
        readerTop = readerTop.clamped(to: 0...max(0, count - parts.details.rows))
    }

    func hint(of binding: Binding) -> String? {
        switch binding.action {
        case .accept: return item == nil || isAlone ? nil : binding.hint
        case .learnAnew: return canLearn ? binding.hint : nil
        case .close: return isAlone ? "back" : binding.hint
        case .toggleLearned where item?.state == .adopted: return "turn off"
        case .toggleLearned where item?.state == .off: return "turn on"
        case .adoptLearned where item?.state == .compared && item?.verdict != .better: return "adopt anyway"
        case .compareBlind, .adoptLearned, .toggleLearned, .goOnLearning, .stopRun:
            return item.flatMap { request(of: binding.action, for: $0) } == nil ? nil : binding.hint
        default: return binding.hint
        }
    }

    // MARK: Drawing

    /// A line for its name and state, and one for where it stands.
    private static let rowsOfItem = 2

    private struct Parts {
        var inside: Rect
        var offer: Rect
        var list: Rect
        var details: Rect
    }

    private func parts(in surroundings: DialogSurroundings) -> Parts {
        let body = surroundings.body
        let inside = surroundings.place(rows: min(body.rows, 30), columns: min(body.columns, 130))
        let nothing = Rect(row: inside.row, column: inside.column, rows: 0, columns: 0)
        if isAlone { return Parts(inside: inside, offer: nothing, list: nothing, details: inside) }
        var (offer, rest) = (inside, inside)
        // Where there is a list, it matters more than what could be learned now.
        let most = items.isEmpty ? inside.rows : max(1, inside.rows / 4)
        offer.rows = min(LearningWords.offerLines(surroundings.learnings, columns: inside.columns).count, most)
        if items.isEmpty { return Parts(inside: inside, offer: offer, list: nothing, details: nothing) }
        let gap = inside.rows >= 8 ? 1 : 0
        rest = inside.inset(top: offer.rows + gap)
        guard rest.columns >= 66, rest.rows >= 7 else {
            return Parts(inside: inside, offer: offer, list: rest, details: nothing)
        }
        var (list, details) = (rest, rest)
        list.columns = rest.columns >= 100 ? 38 : 28
        details.column = list.endColumn + 3
        details.columns = rest.endColumn - details.column
        return Parts(inside: inside, offer: offer, list: list, details: details)
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let parts = parts(in: surroundings)
        let title = isAlone ? item.map { "Learned: \(clipped(onOneLine($0.name), columns: 50))" } : nil
        surroundings.drawPanel(title ?? "Learned from your stars", inside: parts.inside, on: &canvas)
        let offer = LearningWords.offerLines(surroundings.learnings, columns: parts.inside.columns)
        draw(offer.map { ($0, .quiet) }, from: 0, on: &canvas, in: parts.offer)
        drawList(on: &canvas, in: parts.list, surroundings)
        guard let item, parts.details.rows > 0 else { return }
        let lines = LearningWords.lines(item, columns: parts.details.columns)
        draw(lines, from: readerTop, on: &canvas, in: parts.details)
        if isAlone {
            surroundings.drawScrollMark(top: readerTop, count: lines.count, inside: parts.details, on: &canvas)
        } else {
            canvas.verticalRule(
                column: parts.list.endColumn + 1, rows: parts.list.row..<parts.list.endRow, style: .quiet)
        }
    }

    /// Draws lines; if some do not fit, the last one that does ends in a mark.
    private func draw(_ lines: [(text: String, style: Style)], from top: Int, on canvas: inout Canvas, in place: Rect) {
        let shown = lines.dropFirst(top).prefix(place.rows)
        for (offset, line) in shown.enumerated() {
            let isCut = !isAlone && offset == place.rows - 1 && lines.count > top + place.rows
            canvas.put(
                isCut ? clipped(line.text, columns: place.columns - 2) + " …" : line.text, row: place.row + offset,
                column: place.column, columns: place.columns, style: line.style)
        }
    }

    private func drawList(on canvas: inout Canvas, in place: Rect, _ surroundings: DialogSurroundings) {
        guard place.rows > 0 else { return }
        let visible = max(1, place.rows / Self.rowsOfItem)
        for (offset, item) in items.dropFirst(top).prefix(visible).enumerated() {
            let row = place.row + offset * Self.rowsOfItem
            drawListRow(
                clipped(onOneLine(item.name), columns: max(8, place.columns - 16)), detail: item.stateWords,
                isSelected: item.name == selected, on: &canvas, row: row, in: place, detailStyle: item.stateStyle)
            guard row + 1 < place.endRow else { break }
            canvas.put(
                LearningWords.standing(item), row: row + 1, column: place.column + 2, columns: place.columns - 2,
                style: .quiet)
        }
        var shown = place
        shown.rows = visible
        surroundings.drawScrollMark(
            top: top, count: items.count, inside: shown, on: &canvas,
            row: surroundings.isFramed ? place.endRow : place.row - 1)
    }
}
