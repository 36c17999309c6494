import Generation

// The dialog that gets models: downloads that go on, those that did not end, a short list of good small models, what a search
// of the Hub found, and a line for any other name or address.
// - It shows the state of the downloads as it is; it may be closed and opened again at any time.

struct DownloadsDialog: StudioDialog {
    private enum Typing: Sendable, Hashable {
        case search, address
    }

    private var list: SectionList
    private var input = TextEditor()
    private var typing: Typing?
    /// The address that is looked up: if that fails, it can be corrected.
    private var asked: String?

    static let searchID = "search"
    static let addressID = "address"

    init() { list = SectionList(alignsSections: false, rightAligned: [0, 2]) }

    var context: Context { typing == nil ? .downloads : .modelWords }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        if typing != nil { return type(key, action) }
        switch action {
        case .accept: return accept()
        case .close: return .close(nil)
        case .searchHub: begin(.search)
        case .nameModel: begin(.address)
        case .cancelDownload: return list.selectedRow?.cancel.map { .ask($0) } ?? .stay
        case .discardDownload: return list.selectedRow?.discard.map { .ask($0) } ?? .stay
        default: break
        }
        return .stay
    }

    private mutating func accept() -> DialogOutcome {
        guard let row = list.selectedRow else { return .stay }
        switch row.id {
        case Self.searchID: begin(.search)
        case Self.addressID: begin(.address)
        default:
            guard let choice = row.choice else { return .stay }
            if case .useModel = choice { return .close(choice) }
            return .ask(choice)
        }
        return .stay
    }

    private mutating func begin(_ kind: Typing) {
        typing = kind
        input = TextEditor()
    }

    private mutating func type(_ key: KeyPress, _ action: Action?) -> DialogOutcome {
        switch action {
        case .accept:
            let text = onOneLine(input.text)
            guard !text.isEmpty else { return .stay }
            if isFile { return .ask(.openModelFile(path: text)) }
            let isSearch = typing == .search
            typing = nil
            if isSearch { list.select(Self.searchID) } else { asked = text }
            return .ask(isSearch ? .searchHub(words: text) : .planDownload(reference: text))
        case .cancelTyping: typing = nil
        case .close: return .close(nil)
        default: _ = input.handle(key, columns: 80)
        }
        return .stay
    }

    /// True if the path of a file of this machine is typed.
    private var isFile: Bool { typing == .address && StudioState.isFilePath(onOneLine(input.text)) }

    mutating func move(by rows: Int) {
        if typing == nil { list.move(by: rows) }
    }

    mutating func select(_ id: String) { list.select(id) }

    mutating func settle(in surroundings: DialogSurroundings) {
        list.take(surroundings.downloadSections)
        if let asked, typing == nil, surroundings.lookUpProblem != nil {
            typing = .address
            input = TextEditor(asked)
            self.asked = nil
        }
        list.settle(rows: parts(in: surroundings).list.rows)
    }

    func hint(of binding: Binding) -> String? {
        let row = list.selectedRow
        switch binding.action {
        case .accept where isFile: return "open the file"
        case .accept where typing != nil: return typing == .search ? "search" : "look it up"
        case .accept:
            switch row?.choice {
            case .useModel: return "use it"
            case .download: return "resume"
            case .tell: return "read"
            case .planDownload: return "get it"
            default: return row?.id == Self.searchID || row?.id == Self.addressID ? "type" : nil
            }
        case .cancelDownload: return row?.cancel == nil ? nil : binding.hint
        case .discardDownload: return row?.discard == nil ? nil : binding.hint
        default: return binding.hint
        }
    }

    // MARK: Drawing

    private func problemLines(in surroundings: DialogSurroundings, columns: Int) -> [String] {
        surroundings.downloadProblem.map { wrappedLines(onOneLine($0, limit: 1000), columns: max(1, columns)) } ?? []
    }

    private func parts(
        in surroundings: DialogSurroundings
    ) -> (inside: Rect, problem: [String], list: Rect, note: Rect) {
        let width = surroundings.listColumns
        let columns = surroundings.place(rows: 1, columns: width).columns
        var problem = problemLines(in: surroundings, columns: columns)
        let wanted = max(12, list.wantedRows) + list.mostNoteRows(columns: columns) + problem.count + 1
        let inside = surroundings.place(rows: wanted, columns: width)
        // The list keeps half of the rows, however long the sentence above it is.
        let taken = typing == nil ? 0 : 1
        let most = max(0, (inside.rows - taken) / 2)
        if problem.count > most {
            problem = Array(problem.prefix(most))
            if most > 0 { problem[most - 1] = clipped(problem[most - 1] + " …", columns: columns) }
        }
        var place = inside.inset(top: min(inside.rows, taken + problem.count))
        let given = list.noteRows(of: place.rows, columns: place.columns)
        place.rows -= given
        let note = Rect(row: place.endRow, column: place.column, rows: given, columns: place.columns)
        return (inside, problem, place, note)
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let parts = parts(in: surroundings)
        surroundings.drawPanel("Get a model", inside: parts.inside, on: &canvas)
        var row = parts.inside.row
        if let typing {
            var line = parts.inside
            line.column -= 1
            line.columns += 3
            drawSearchLine(
                on: &canvas, row: row, in: line, editor: input, isTyping: true,
                placeholder: typing == .search
                    ? "words, such as: qwen3 instruct" : "OWNER/REPO:Q4_K_M, an address, or ~/FILE.gguf")
            row += 1
        }
        for line in parts.problem {
            canvas.put(
                line, row: row, column: parts.inside.column, columns: parts.inside.columns, style: Style(.failure))
            row += 1
        }
        if list.isEmpty {
            canvas.put(
                "Looking…", row: parts.list.row, column: parts.list.column + 2, columns: parts.list.columns - 2,
                style: .quiet)
        }
        list.draw(on: &canvas, in: parts.list)
        list.drawNote(on: &canvas, in: parts.note)
        let edge = surroundings.isFramed ? parts.inside.endRow : parts.inside.row - 1
        list.drawScrollMark(in: surroundings, parts.list, on: &canvas, edgeRow: edge)
    }
}
