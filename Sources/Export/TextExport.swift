// Drafts as plain text: each below a heading, a rule between them; without metadata the texts alone, a blank line between
// them, ready to send.
// - The texts are unchanged. Text for a terminal passes `TerminalText.cleaned` first.

struct TextExport: ExportEncoder {
    private static let rule = String(repeating: "-", count: 72)

    private let options: ExportOptions
    private var isFirst = true

    init(_ outline: ExportOutline) { options = outline.options }

    mutating func text(of item: ExportItem) -> String {
        let reasoning = item.draft.details.reasoning.map { "Reasoning:\n\($0)\n\n" } ?? ""
        let text = MarkdownExport.ended(reasoning + item.plainText)
        let separator = isFirst ? "" : options.includesMetadata ? "\n\(TextExport.rule)\n\n" : "\n"
        isFirst = false
        return separator + (options.includesMetadata ? TextExport.heading(item) + "\n" + text : text)
    }

    func end() -> String { "" }

    private static func heading(_ item: ExportItem) -> String {
        var parts = ["Draft \(item.draft.id)", Timestamp.iso8601(item.generation.createdAt)]
        if let template = item.generation.templateName { parts.append(template) }
        parts.append(item.generation.model.name)
        if item.draft.starred { parts.append("starred") }
        if !item.tags.isEmpty { parts.append("tags: " + item.tags.joined(separator: ", ")) }
        var heading = Exporter.oneLine(item.generation.title) + "\n" + Exporter.oneLine(parts.joined(separator: " · "))
        if let rating = item.draft.rating { heading += "\nRating: \(rating) of 5" }
        if item.draft.isEdited { heading += "\nEdited since the model wrote it" }
        if let note = item.draft.note { heading += "\nNote: " + Exporter.oneLine(note) }
        return heading + "\n"
    }
}
