// Which drafts go to which file in which format, as they are being chosen.
// - Until the path is touched it follows title and format.
// - The path's ending says the format: typing a known one chooses its format, and choosing a format changes the ending.

struct ExportDialog: Sendable {
    enum Row: Int, Sendable, Hashable, CaseIterable {
        case scope, format, path
    }

    struct Choice: Sendable, Hashable {
        var scope: ExportRequest.Scope
        var title: String
        /// Name of the file, without folder and ending.
        var fileName: String
    }

    var choices: [Choice]
    var choice = 0
    var format = ExportFormat.markdown
    var path: TextEditor
    var isPathTouched = false
    var selected = Row.path
    var failure: String?
    /// What is being exported from here.
    var awaited: ExportRequest?
    var isExporting: Bool { awaited != nil }

    init(choices: [Choice], selectedChoice: Int = 0) {
        self.choices = choices
        choice = selectedChoice
        path = TextEditor()
        followPath()
    }

    mutating func followPath() {
        guard !isPathTouched, choices.indices.contains(choice) else { return }
        path = TextEditor(choices[choice].fileName + "." + format.rawValue)
    }

    mutating func changeValue(by step: Int) {
        switch selected {
        case .scope: choice = (choice + step + choices.count) % max(1, choices.count)
        case .format:
            let all = ExportFormat.allCases
            let index = all.firstIndex(of: format) ?? 0
            format = all[(index + step + all.count) % all.count]
            if isPathTouched, !path.isBlank {
                path.setText(ExportFormat.withoutEnding(path.text) + "." + format.rawValue)
            }
        case .path: break
        }
        followPath()
    }

    /// Takes the format that a typed path names.
    mutating func followEnding() {
        if let named = ExportFormat(ofPath: path.text) { format = named }
    }

    var request: ExportRequest? {
        guard choices.indices.contains(choice), !path.isBlank else { return nil }
        return ExportRequest(scope: choices[choice].scope, format: format, path: path.text)
    }

    /// A title as the name of a file: letters and digits of any script, joined by hyphens.
    static func fileName(of title: String) -> String {
        let words = title.lowercased().split { !$0.isLetter && !$0.isNumber }
        let name = String(words.joined(separator: "-").prefix(48))
        return name.isEmpty ? "drafts" : name
    }
}

extension ExportFormat {
    /// The format that a path's ending names; `nil` if it names none.
    init?(ofPath path: String) {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        switch path[path.index(after: dot)...].lowercased() {
        case "md", "markdown": self = .markdown
        case "txt", "text": self = .text
        case "html", "htm": self = .html
        case "json": self = .json
        case "jsonl", "ndjson": self = .jsonl
        case "csv": self = .csv
        default: return nil
        }
    }

    /// A path without its ending, if that names a format.
    static func withoutEnding(_ path: String) -> String {
        guard ExportFormat(ofPath: path) != nil, let dot = path.lastIndex(of: ".") else { return path }
        return String(path[..<dot])
    }

    var title: String {
        switch self {
        case .markdown: "Markdown"
        case .text: "plain text"
        case .html: "HTML"
        case .json: "JSON"
        case .jsonl: "JSON Lines"
        case .csv: "CSV"
        }
    }
}
