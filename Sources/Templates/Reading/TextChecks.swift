// Checks the texts of a template: they must be valid Jinja, and every variable must be a field. In a persona it may also be
// a speaker's name.
// - Places are those in the file. A text in a literal block (`|`) keeps its lines, so its places can be converted. In
//   quotes or in a folded block they cannot, so the place is the start of the text.

import Generation
import Jinja
import YAMLReading
import Yams

/// A text of the template, and how to convert its places into places in the file.
private struct LocatedText {
    let text: String
    let name: String
    let line: Int
    let column: Int
    /// True if a line of the text is a line of the file.
    let keepsLines: Bool
    /// The variables that it knows besides the fields.
    var variables: [String] = []

    func place(line: Int, column: Int) -> (line: Int, column: Int) {
        guard keepsLines, line > 0 else { return (self.line, self.column) }
        return (self.line + line - 1, self.column + max(column, 1) - 1)
    }
}

/// A text of the front matter that is Jinja.
struct JinjaText {
    let node: Node
    /// Its name in sentences: `'system'`.
    let name: String
    /// True if `user` and `char` are names of speakers in it.
    var knowsSpeakers = false
}

extension TemplateReader {
    /// Checks the body and the texts of `jinjaTexts`.
    mutating func checkTexts() {
        if !source.body.allSatisfy(\.isWhitespace) {
            var body = LocatedText(
                text: source.body, name: "the prompt", line: source.bodyLine, column: 1, keepsLines: true)
            if persona != nil { body.variables = PersonaTexts.speakerVariables }
            check(body)
        } else if persona == nil {
            nodes.note(
                "There is no prompt below the front matter. Write it there, with fields as {{ name }}.",
                line: source.bodyLine - 1, column: 1)
        }
        for text in jinjaTexts {
            guard var located = locate(text.node, text.name) else { continue }
            if text.knowsSpeakers { located.variables = PersonaTexts.speakerVariables }
            check(located)
        }
    }

    private func locate(_ node: Node, _ name: String) -> LocatedText? {
        guard let scalar = node.scalar, let mark = scalar.mark else { return nil }
        let line = mark.line + nodes.lineOffset
        guard scalar.style == .literal else {
            return LocatedText(
                text: scalar.string, name: name, line: line, column: mark.column, keepsLines: false)
        }
        // The text starts on the line after the indicator; its first line that is not blank gives the indentation.
        let first = source.frontMatter.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(mark.line)
            .first { line in line.contains { $0 != " " } }
        let indentation = first?.prefix { $0 == " " }.count ?? 0
        return LocatedText(
            text: scalar.string, name: name, line: line + 1, column: indentation + 1, keepsLines: true)
    }

    private mutating func check(_ text: LocatedText) {
        do {
            let template = try JinjaTemplate(source: text.text, name: nodes.file, options: .forPrompts)
            let names = fields.map(\.name) + text.variables
            for variable in template.referencedVariables().subtracting(names).sorted() {
                let found = VariablePlace.first(of: variable, in: text.text)
                let place = text.place(line: found?.line ?? 0, column: found?.column ?? 0)
                let hint =
                    NearestName.to(variable, among: names).map { "Did you mean '\($0)'?" }
                    ?? "Add it to 'fields', or remove it from the text."
                nodes.note(
                    "'\(variable)' in \(text.name) is not a field. \(hint)", line: place.line, column: place.column)
            }
        } catch {
            let place = text.place(line: error.line, column: error.column)
            nodes.note("\(error.reason)", line: place.line, column: place.column)
        }
    }
}

/// Finds a variable in a template's text.
enum VariablePlace {
    /// The first place of the word between `{{` and `}}` or `{%` and `%}`, but not in quotes or after a dot.
    static func first(of name: String, in text: String) -> (line: Int, column: Int)? {
        let scalars = Array(text.unicodeScalars)
        let word = Array(name.unicodeScalars)
        var line = 1
        var lineStart = 0
        var isInside = false
        var quote: Unicode.Scalar?
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            if scalar == "\n" { (line, lineStart) = (line + 1, index + 1) }
            if let open = quote {
                if scalar == open { quote = nil }
            } else if isInside, scalar == "'" || scalar == "\"" {
                quote = scalar
            } else if scalar == "{", next == "{" || next == "%" {
                isInside = true
            } else if scalar == "}" || scalar == "%", next == "}" {
                isInside = false
            } else if isInside, scalars[index...].starts(with: word) {
                let before = index > 0 ? scalars[index - 1] : " "
                let after = index + word.count < scalars.count ? scalars[index + word.count] : " "
                if !isNamePart(before), before != ".", !isNamePart(after) { return (line, index - lineStart + 1) }
            }
        }
        return nil
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }
}
