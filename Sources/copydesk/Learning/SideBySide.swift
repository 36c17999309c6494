// Two drafts for a terminal: beside each other if it is wide enough, else one below the other.

import Export
import Foundation
import Text

enum SideBySide {
    /// Fewer columns for each make texts hard to read.
    private static let leastColumns = 44
    private static let gap = " │ "

    /// - Parameter columns: of the terminal.
    static func lines(_ left: String, _ right: String, columns: Int) -> [String] {
        let width = (columns - gap.count) / 2
        guard width >= leastColumns else {
            return ["── 1 ──"] + wrapped(left, columns) + ["", "── 2 ──"] + wrapped(right, columns)
        }
        // A wrapped line has one column less than it is told.
        let (first, second) = (wrapped(left, width + 1), wrapped(right, width + 1))
        var lines = [padded("1", width) + gap + "2"]
        for index in 0..<max(first.count, second.count) {
            let (one, two) = (index < first.count ? first[index] : "", index < second.count ? second[index] : "")
            lines.append(padded(one, width) + gap + two)
        }
        return lines
    }

    private static func wrapped(_ text: String, _ columns: Int) -> [String] {
        let shown = TerminalText.cleaned(text).replacingOccurrences(of: "\t", with: "    ")
        let wrapped = WordWrap.text(shown, columns: columns)
        return wrapped.split(separator: "\n", omittingEmptySubsequences: false).flatMap { cut(String($0), columns) }
    }

    /// A word that is longer than a line is cut, because it would break the columns.
    private static func cut(_ line: String, _ columns: Int) -> [String] {
        var lines = [""]
        var used = 0
        for character in line {
            let width = Columns.of(character)
            if used + width > max(columns - 1, 2) {
                lines.append("")
                used = 0
            }
            lines[lines.count - 1].append(character)
            used += width
        }
        return lines
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.reduce(0) { $0 + Columns.of($1) }))
    }
}
