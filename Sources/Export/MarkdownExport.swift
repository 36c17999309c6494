// Drafts as one Markdown document that renders well and can be split into drafts again.
// - A draft's text is unchanged, behind a comment with the number of its lines: whatever those lines contain, headings,
//   rules, even our own comments, they are the text.
// - If the text leaves a code fence, a comment or HTML open, it is closed behind the text, so that it swallows nothing else.
// - Alone, without headings, the texts have a rule between them; a single text is the whole document, unchanged.

import Generation

struct MarkdownExport: ExportEncoder {
    private let outline: ExportOutline
    private var generationId: Int64?
    /// Goes behind the last text if another one follows.
    private var closing = ""

    init(_ outline: ExportOutline) { self.outline = outline }

    mutating func text(of item: ExportItem) -> String {
        let generation = item.generation
        let isFirst = generationId == nil
        guard outline.options.includesMetadata else {
            generationId = generation.id
            return alone(item.quotedReasoning + item.markdownText, isFirst: isFirst)
        }
        var text = isFirst ? heading : ""
        if generationId != generation.id {
            generationId = generation.id
            if !outline.isOneGeneration || outline.options.title != nil {
                text += "\n## \(MarkdownExport.escaped(generation.title))\n"
            }
            text += "\n"
            for (name, value) in Exporter.metadata(of: generation, outline.options) {
                text += "- \(MarkdownExport.escaped(name)): \(MarkdownExport.escaped(value))\n"
            }
        }
        return text + MarkdownExport.section(item)
    }

    func end() -> String {
        generationId == nil && outline.options.includesMetadata ? heading + "\nNo drafts.\n" : ""
    }

    /// A text without its heading.
    private mutating func alone(_ text: String, isFirst: Bool) -> String {
        let around = MarkdownClosing(of: text)
        let rule = isFirst ? "" : closing + "\n---\n\n"
        closing = around.before.isEmpty ? around.behind : ""
        return rule + around.before + MarkdownExport.ended(text) + (around.before.isEmpty ? "" : around.behind)
    }

    private var heading: String { "# \(MarkdownExport.escaped(outline.title))\n" }

    private static func section(_ item: ExportItem) -> String {
        let draft = item.draft
        var heading = "\n### Draft \(draft.id)"
        if draft.starred { heading += " ★" }
        if let rating = draft.rating { heading += " \(rating)/5" }
        var text = heading + "\n\n"
        if !item.tags.isEmpty { text += "Tags: \(item.tags.map(escaped).joined(separator: ", "))\n\n" }
        if draft.finishReason == .cutOff { text += "Cut off: the server's stream ended before the text did.\n\n" }
        if let note = draft.note { text += "Note: \(escaped(note))\n\n" }
        if draft.isEdited { text += "Edited since the model wrote it.\n\n" }
        text += item.quotedReasoning
        let body = item.markdownText
        let lineCount = body.utf8.count { $0 == 0x0A } + 1
        let around = MarkdownClosing(of: body)
        text += around.before + "<!-- copydesk:draft id=\(draft.id) lines=\(lineCount) -->\n"
        return text + body + "\n" + around.behind + "<!-- copydesk:end -->\n"
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
