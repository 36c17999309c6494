// Drafts as plain text: each under a line of its own, a rule between them; without metadata the texts and the rule.
// - The texts stand as they are. What goes to a terminal passes `TerminalText.cleaned` first.

enum TextExport {
    private static let rule = String(repeating: "-", count: 72)

    static func render(_ items: [ExportItem], _ options: ExportOptions) -> String {
        items.map { item in
            let text = MarkdownExport.ended(item.draft.text)
            return options.includesMetadata ? heading(item) + "\n" + text : text
        }.joined(separator: "\n\(rule)\n\n")
    }

    private static func heading(_ item: ExportItem) -> String {
        var parts = ["Draft \(item.draft.id)", Timestamp.iso8601(item.generation.createdAt)]
        if let template = item.generation.templateName { parts.append(template) }
        parts.append(item.generation.model.name)
        if item.draft.starred { parts.append("starred") }
        if !item.tags.isEmpty { parts.append("tags: " + item.tags.joined(separator: ", ")) }
        var heading = Exporter.oneLine(item.generation.title) + "\n" + Exporter.oneLine(parts.joined(separator: " · "))
        if let note = item.draft.note { heading += "\nNote: " + Exporter.oneLine(note) }
        return heading + "\n"
    }
}
