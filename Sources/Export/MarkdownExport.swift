// Drafts as one Markdown document that renders well and can be split into drafts again.
// - A draft's text is unchanged, behind a comment with the number of its lines: whatever those lines contain, headings,
//   rules, even our own comments, they are the text.
// - If the text leaves a code fence or a comment open, it is closed behind the text, so that it swallows nothing else.

import Generation

struct MarkdownExport: ExportEncoder {
    private let outline: ExportOutline
    private var generationId: Int64?

    init(_ outline: ExportOutline) { self.outline = outline }

    mutating func text(of item: ExportItem) -> String {
        let generation = item.generation
        let isFirst = generationId == nil
        guard outline.options.includesMetadata else {
            generationId = generation.id
            return (isFirst ? "" : "\n---\n\n") + MarkdownExport.ended(item.quotedReasoning + item.markdownText)
        }
        var text = isFirst ? heading : ""
        if generationId != generation.id {
            generationId = generation.id
            if !outline.isOneGeneration || outline.options.title != nil {
                text += "\n## \(MarkdownExport.escaped(generation.title))\n"
            }
            text += "\n"
            for (name, value) in Exporter.metadata(of: generation) {
                text += "- \(MarkdownExport.escaped(name)): \(MarkdownExport.escaped(value))\n"
            }
        }
        return text + MarkdownExport.section(item)
    }

    func end() -> String {
        generationId == nil && outline.options.includesMetadata ? heading + "\nNo drafts.\n" : ""
    }

    private var heading: String { "# \(MarkdownExport.escaped(outline.title))\n" }

    private static func section(_ item: ExportItem) -> String {
        let draft = item.draft
        var heading = "\n### Draft \(draft.id)"
        if draft.starred { heading += " ★" }
        if let rating = draft.rating { heading += " \(rating)/5" }
        var text = heading + "\n\n"
        if !item.tags.isEmpty { text += "Tags: \(item.tags.map(escaped).joined(separator: ", "))\n\n" }
        if let note = draft.note { text += "Note: \(escaped(note))\n\n" }
        text += item.quotedReasoning
        let body = item.markdownText
        let lineCount = body.utf8.count { $0 == 0x0A } + 1
        text += "<!-- copydesk:draft id=\(draft.id) lines=\(lineCount) -->\n"
        text += body + "\n"
        if let fence = openFence(body) { text += fence + "\n" }
        return text + "<!-- copydesk:end -->\n"
    }

    /// The fence that would close a code block that the text leaves open (CommonMark 4.5); `nil` if none is open.
    static func openFence(_ text: String) -> String? {
        guard text.utf8.contains(where: { $0 == 0x60 || $0 == 0x7E }) else { return nil }
        var open: (sign: Character, count: Int)?
        for line in text.split(whereSeparator: \.isNewline) {
            let unindented = line.drop { $0 == " " }
            guard line.count - unindented.count < 4, let sign = unindented.first, sign == "`" || sign == "~" else {
                continue
            }
            let count = unindented.prefix { $0 == sign }.count
            let rest = unindented.dropFirst(count)
            if let current = open {
                let closes = sign == current.sign && count >= current.count && rest.allSatisfy(\.isWhitespace)
                if closes { open = nil }
            } else if count >= 3 && !(sign == "`" && rest.contains("`")) {
                open = (sign, count)
            }
        }
        return open.map { String(repeating: String($0.sign), count: $0.count) }
    }

    private static let signs = "\\`*_{}[]<>#|~&"

    /// Text on one line in which no character has a meaning in Markdown.
    static func escaped(_ text: String) -> String {
        let line = Exporter.oneLine(text)
        guard line.utf8.contains(where: signs.utf8.contains) else { return line }
        var escaped = ""
        for character in line {
            if signs.contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }

    static func ended(_ text: String) -> String { text.utf8.last == 0x0A ? text : text + "\n" }
}
