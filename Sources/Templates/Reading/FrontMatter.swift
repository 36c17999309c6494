// The front matter of a template to nodes, with the places of errors moved to the lines of the file.

import YAMLReading
import Yams

extension TemplateSource {
    /// Lines of the file before the first line of the front matter.
    static let linesBeforeFrontMatter = 1

    /// The mapping of the front matter; `nil` if there is nothing in it.
    /// - Throws: the one problem that YAML stopped at.
    func readFrontMatter(file: String) throws(TemplateProblem) -> Node.Mapping? {
        let source = YAMLSource(
            text: frontMatter, subject: "The front matter", owner: "A template", example: "name: Slogan")
        do {
            return try source.root()
        } catch {
            // An error at the end of the front matter is at its last line.
            let line = min(max(error.line, 1), bodyLine - 2) + Self.linesBeforeFrontMatter
            throw TemplateProblem(file: file, line: line, column: error.column, reason: error.reason)
        }
    }
}
