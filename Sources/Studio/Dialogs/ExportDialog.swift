// Which drafts go to which file in which format, as they are being chosen.
// - Until the path is touched it follows title and format.

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
    var isExporting = false

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
            let earlier = "." + format.rawValue
            format = all[(index + step + all.count) % all.count]
            if isPathTouched, path.text.hasSuffix(earlier) {
                path.setText(path.text.dropLast(earlier.count) + "." + format.rawValue)
            }
        case .path: break
        }
        followPath()
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
