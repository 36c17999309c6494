// The export dialog: which drafts, in which format, to which file.
// - Until the writer types a path, it follows title and format.
// - Path and format agree: if a known ending is typed, the format follows; if a format is chosen, the ending follows.

import Generation

struct ExportDialog: StudioDialog {
    private enum Row: Int, Sendable, Hashable, CaseIterable {
        case scope, format, path, content
    }

    struct Choice: Sendable, Hashable {
        var scope: ExportRequest.Scope
        var title: String
        /// Name of the file, without folder and ending.
        var fileName: String
    }

    private let choices: [Choice]
    private var choice: Int
    private var format: ExportFormat
    private var content = ExportContent.facts
    /// The folder in which a file is proposed; `nil` is the working folder.
    private let folder: String?
    private var path = TextEditor()
    private var isPathTouched = false
    private var selected = Row.path
    private var failure: String?
    /// The export that was asked for here and is not answered yet.
    private(set) var awaited: ExportRequest?

    /// - Parameter last: the export before; its folder and format are proposed again.
    init(choices: [Choice], selectedChoice: Int = 0, last: ExportChoice? = nil) {
        self.choices = choices
        format = last?.format ?? .markdown
        folder = last?.folder
        choice = selectedChoice
        followPath()
    }

    var context: Context { .export }

    // MARK: Keys

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept: return accept()
        case .close: return .close(nil)
        case .previousValue where selected != .path: changeValue(by: -1)
        case .nextValue where selected != .path: changeValue(by: 1)
        default: type(key)
        }
        return .stay
    }

    private mutating func accept() -> DialogOutcome {
        guard let request else {
            failure = "Name a file."
            selected = .path
            return .stay
        }
        guard awaited == nil else { return .stay }
        awaited = request
        failure = nil
        return .ask(.export(request))
    }

    private var request: ExportRequest? {
        guard choices.indices.contains(choice), !path.isBlank else { return nil }
        return ExportRequest(
            scope: choices[choice].scope, format: format,
            content: format.contents.contains(content) ? content : .facts, path: path.text)
    }

    mutating func move(by rows: Int) {
        let row = (selected.rawValue + rows).clamped(to: 0...Row.allCases.count - 1)
        selected = Row(rawValue: row) ?? .path
    }

    private mutating func changeValue(by step: Int) {
        failure = nil
        switch selected {
        case .scope: choice = (choice + step + choices.count) % max(1, choices.count)
        case .format:
            let all = ExportFormat.allCases
            let index = all.firstIndex(of: format) ?? 0
            format = all[(index + step + all.count) % all.count]
            if isPathTouched, !path.isBlank {
                path.setText(ExportFormat.withoutEnding(path.text) + "." + format.rawValue)
            }
        case .content:
            let all = format.contents
            content = all[((all.firstIndex(of: content) ?? 0) + step + all.count) % all.count]
        case .path: break
        }
        followPath()
    }

    private mutating func type(_ key: KeyPress) {
        guard selected == .path else { return }
        let before = path.text
        _ = path.handle(key, columns: 80)
        guard path.text != before else { return }
        isPathTouched = true
        if let named = ExportFormat(fileName: path.text) { format = named }
        failure = nil
    }

    private mutating func followPath() {
        guard !isPathTouched, choices.indices.contains(choice) else { return }
        path = TextEditor(
            ExportChoice.path(of: choices[choice].fileName + "." + format.rawValue, inFolder: folder))
    }

    /// Shows why the export that was asked for here failed.
    mutating func fail(_ sentence: String) {
        awaited = nil
        failure = sentence
    }

    func hint(of binding: Binding) -> String? {
        binding.action == .accept && awaited != nil ? nil : binding.hint
    }

    // MARK: Drawing

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let problem = failure.map { surroundings.lines(of: $0, columns: 62) } ?? []
        let rows = Row.allCases.count
        let inside = surroundings.place(rows: rows + (problem.isEmpty ? 0 : problem.count + 1), columns: 64)
        let activity = awaited.map { surroundings.isWaiting($0) ? " · waiting…" : " · writing…" }
        surroundings.drawPanel("Export" + (activity ?? ""), inside: inside, on: &canvas)
        let scope = choices.indices.contains(choice) ? choices[choice].title : ""
        let held = format.contents.contains(content) ? content : .facts
        let values: [(Row, String, String)] = [
            (Row.scope, "What", scope), (.format, "Format", format.title), (.path, "File", ""),
            (.content, "With", format.contents.count == 1 ? "everything" : held.title),
        ]
        for (row, label, value) in values where row.rawValue < inside.rows {
            draw(row, label: label, value: value, on: &canvas, in: inside)
        }
        for (index, line) in problem.enumerated() where rows + 1 + index < inside.rows {
            canvas.put(
                line, row: inside.row + rows + 1 + index, column: inside.column + 1, columns: inside.columns - 1,
                style: Style(.failure))
        }
        if !problem.isEmpty && inside.rows <= rows + 1 {
            canvas.put(
                problem.joined(separator: " "), row: inside.endRow - 1, column: inside.column,
                columns: inside.columns, style: Style(.failure))
        }
    }

    private func draw(_ row: Row, label: String, value: String, on canvas: inout Canvas, in inside: Rect) {
        let screenRow = inside.row + row.rawValue
        let isSelected = row == selected
        let style = isSelected ? Style(.accent, bold: true) : .quiet
        if isSelected { canvas.put("›", row: screenRow, column: inside.column, columns: 1, style: style) }
        canvas.put(label, row: screenRow, column: inside.column + 1, columns: 8, style: style)
        let column = inside.column + 9
        if row == .path {
            drawLine(
                path, on: &canvas, row: screenRow, column: column, columns: inside.endColumn - column,
                showsCursor: isSelected)
        } else {
            canvas.put("← \(value) →", row: screenRow, column: column, columns: inside.endColumn - column)
        }
    }
}

extension ExportFormat {
    /// A path without its ending, if that names a format.
    static func withoutEnding(_ path: String) -> String {
        guard ExportFormat(fileName: path) != nil, let dot = path.lastIndex(of: ".") else { return path }
        return String(path[..<dot])
    }
}
