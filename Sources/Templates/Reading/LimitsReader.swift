// Reads `limits:` and `parts:` in the head of a template.
// - A part has a name and limits of its own. A draft is one text, its parts joined by line feeds; so every part is one
//   line, but the last one may have more.

import Generation
import YAMLReading
import Yams

extension TemplateReader {
    private static let limitKeys = ["characters", "words", "sentences", "lines", "hard", "wide_as_two"]
    static let partLimit = 32

    mutating func readLimits(_ node: Node) {
        guard let mapping = node.mapping else {
            return nodes.note("'limits' is written as {characters: 90, lines: 1}. Write it so.", at: node)
        }
        limits = readLimits(nodes.values(of: mapping, known: Self.limitKeys, in: "'limits'", skipsNull: true))
    }

    private mutating func readLimits(_ values: [String: Node]) -> LengthLimits {
        let range = 1...1_000_000
        var limits = LengthLimits()
        limits.characters = nodes.count(values["characters"], "characters", in: range)
        limits.words = nodes.count(values["words"], "words", in: range)
        limits.sentences = nodes.count(values["sentences"], "sentences", in: range)
        limits.lines = nodes.count(values["lines"], "lines", in: range)
        limits.hard = nodes.flag(values["hard"], "hard") ?? true
        limits.countsWideAsTwo = nodes.flag(values["wide_as_two"], "wide_as_two") ?? false
        return limits
    }

    mutating func readParts(_ node: Node) {
        guard let sequence = node.sequence else {
            return nodes.note("'parts' is a list, such as '- {name: headline, characters: 40}'. Write it so.", at: node)
        }
        for (index, element) in sequence.enumerated() {
            readPart(element, isLast: index == sequence.count - 1)
        }
        if parts.count > Self.partLimit {
            nodes.note("A draft may have \(Self.partLimit) parts at most. Remove some.", at: node)
        }
    }

    /// Reads a part, or as many of a kind as its `count` says: `headline 1`, `headline 2` and so on.
    private mutating func readPart(_ node: Node, isLast: Bool) {
        guard let mapping = node.mapping else {
            return nodes.note("A part is written as {name: headline, characters: 40}. Write it so.", at: node)
        }
        let values = nodes.values(of: mapping, known: ["name", "count"] + Self.limitKeys, in: "A part")
        var limits = readLimits(values)
        guard values["name"] != nil else {
            return nodes.note("This part has no name. Add 'name: …', which stands beside it.", at: node)
        }
        guard let name = readPartName(values["name"]) else { return }
        let count = nodes.count(values["count"], "count", in: 2...Self.partLimit)
        if isLast, count == nil {
            limits.lines = limits.lines ?? 1
        } else if limits.lines ?? 1 != 1 {
            nodes.note(
                "Only the last part may have several lines, and '\(name)' is not the last. Remove 'lines'.",
                at: values["lines"])
        } else {
            limits.lines = 1
        }
        let names = count.map { count in (1...count).map { "\(name) \($0)" } } ?? [name]
        for name in names {
            if parts.contains(where: { $0.name.lowercased() == name.lowercased() }) {
                nodes.note("There are two parts '\(name)'. Rename one.", at: values["name"])
            }
            parts.append(PartSpecification(name: name, limits: limits))
        }
    }

    private mutating func readPartName(_ node: Node?) -> String? {
        guard let text = nodes.text(node, "name") else { return nil }
        let name = FieldText.oneLine(text)
        let isSound =
            name.first?.isLetter == true && name.count <= 40
            && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
        guard isSound else {
            nodes.note(
                "A part cannot be called '\(name)': use letters, digits, blanks and '-', and start with a letter.",
                at: node)
            return nil
        }
        return name.prefix(1).uppercased() + name.dropFirst()
    }
}
