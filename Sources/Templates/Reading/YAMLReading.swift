// Parses YAML front matter; the places of errors are lines of the file.

import Yams

extension TemplateSource {
    /// Lines of the file before the first line of the front matter.
    static let linesBeforeFrontMatter = 1

    /// The mapping of the front matter; `nil` if it is empty.
    /// - Throws: the first problem that the YAML parser reports.
    func readFrontMatter(file: String) throws(TemplateProblem) -> Node.Mapping? {
        try refuseAliases(file: file)
        func problem(_ line: Int, _ column: Int, _ reason: String) -> TemplateProblem {
            let line = min(max(line, 1), bodyLine - 2) + Self.linesBeforeFrontMatter
            return TemplateProblem(file: file, line: line, column: max(column, 1), reason: reason)
        }
        let root: Node?
        do {
            root = try Yams.Parser(yaml: frontMatter).singleRoot()
        } catch YamlError.scanner(let context, let text, let mark, _), YamlError.parser(
            let context, let text, let mark, _),
            YamlError.composer(let context, let text, let mark, _)
        {
            // The parser notices an unclosed quote only at the end; the useful place is its beginning.
            let mark = text == "found unexpected end of stream" ? context?.mark ?? mark : mark
            throw problem(mark.line, mark.column, Self.sentence(context?.text, text))
        } catch YamlError.duplicatedKeysInMapping(let names, let context) {
            let list = names.sorted().map { "'\($0)'" }.joined(separator: ", ")
            throw problem(context.mark.line, context.mark.column, "\(list) is written twice. Keep one of the two.")
        } catch YamlError.reader(_, let offset, let value, _) {
            let place = Self.place(ofCharacter: offset ?? 0, in: frontMatter)
            let code = value > 0 ? "U+" + Self.hexadecimal(value) : "this character"
            throw problem(place.line, place.column, "YAML does not allow \(code). Remove it.")
        } catch {
            throw problem(1, 1, "The front matter is not YAML: \(error).")
        }
        guard let root, root.scalar?.string.isEmpty != true else { return nil }
        guard let mapping = root.mapping else {
            throw problem(
                root.mark?.line ?? 1, root.mark?.column ?? 1,
                "The front matter is a list of keys and values, such as 'name: Slogan'. Write it so.")
        }
        return mapping
    }

    /// Refuses many aliases together with anchors, because a few lines of them can unfold to more nodes than fit in
    /// memory.
    private func refuseAliases(file: String) throws(TemplateProblem) {
        let limit = 16
        var hasAnchor = false
        var aliasCount = 0
        var aliasLine = 0
        for (index, line) in frontMatter.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var previous: Unicode.Scalar = " "
            var starts = false
            for scalar in line.unicodeScalars {
                if starts, scalar != " " {
                    if previous == "&" { hasAnchor = true }
                    if previous == "*" { (aliasCount, aliasLine) = (aliasCount + 1, index) }
                }
                starts = (scalar == "&" || scalar == "*") && " [{,:-?".unicodeScalars.contains(previous)
                previous = scalar
            }
        }
        guard hasAnchor, aliasCount > limit else { return }
        throw TemplateProblem(
            file: file, line: aliasLine + 1 + Self.linesBeforeFrontMatter, column: 1,
            reason: "A template may have \(limit) YAML aliases (*name) at most. Write the values out.")
    }

    /// The problem that libyaml reports, as a sentence, with a hint if its words are hard.
    static func sentence(_ context: String?, _ problem: String) -> String {
        let words = [context, problem].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
        let hint =
            switch problem {
            case "mapping values are not allowed in this context":
                "Put quotes around a value that has a colon in it."
            case "found character '\\t' that violates indentation", "found character that cannot start any token":
                "Indent with spaces, and put quotes around a value that starts with a special character."
            case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
                "Close the bracket, and put quotes around a value that has a comma, a colon or a bracket in it."
            case "found unexpected end of stream":
                "Close the quotes."
            case "could not find expected ':'", "did not find expected key":
                "Check the indentation and the quotes of this line and the one before it."
            case "found undefined alias":
                "Put quotes around a value that starts with '*'."
            default: "Correct the YAML here."
            }
        return "This is not YAML: \(words). \(hint)"
    }

    private static func hexadecimal(_ value: Int32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func place(ofCharacter offset: Int, in text: String) -> (line: Int, column: Int) {
        let before = text.prefix(offset)
        let column = before.reversed().prefix { !$0.isNewline }.count
        return (before.count(where: \.isNewline) + 1, column + 1)
    }
}
