// Drafts as one Markdown document that shows well and can be taken apart again.
// - A draft's text stands as it is, after a comment that says how many lines it has: whatever it contains, headings,
//   rules, even our own comments, those lines are the text.
// - What the text leaves open, a code fence or a comment, is closed after it, so that it swallows nothing else.

import Generation

enum MarkdownExport {
    static func render(_ items: [ExportItem], _ options: ExportOptions) -> String {
        guard options.includesMetadata else {
            return items.map { ended($0.draft.text) }.joined(separator: "\n---\n\n")
        }
        var text = "# \(escaped(Exporter.title(of: items, options)))\n"
        if items.isEmpty { text += "\nNo drafts.\n" }
        let groups = Exporter.groups(items)
        for group in groups {
            guard let generation = group.first?.generation else { continue }
            if groups.count > 1 || options.title != nil { text += "\n## \(escaped(generation.title))\n" }
            text += "\n"
            for (name, value) in Exporter.metadata(of: generation) {
                text += "- \(escaped(name)): \(escaped(value))\n"
            }
            for item in group { text += section(item) }
        }
        return text
    }

    private static func section(_ item: ExportItem) -> String {
        let draft = item.draft
        var heading = "\n### Draft \(draft.id)"
        if draft.starred { heading += " ★" }
        if let rating = draft.rating { heading += " \(rating)/5" }
        var text = heading + "\n\n"
        if !item.tags.isEmpty { text += "Tags: \(item.tags.map(escaped).joined(separator: ", "))\n\n" }
        if let note = draft.note { text += "Note: \(escaped(note))\n\n" }
        let lineCount = draft.text.utf8.count { $0 == 0x0A } + 1
        text += "<!-- copydesk:draft id=\(draft.id) lines=\(lineCount) -->\n"
        text += draft.text + "\n"
        if let fence = openFence(draft.text) { text += fence + "\n" }
        return text + "<!-- copydesk:end -->\n"
    }

    /// The fence that would close a code block the text leaves open (CommonMark 4.5); `nil` where none is open.
    static func openFence(_ text: String) -> String? {
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

    /// Text on one line in which no character means anything to Markdown.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in Exporter.oneLine(text) {
            if "\\`*_{}[]<>#|~&".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }

    static func ended(_ text: String) -> String { text.utf8.last == 0x0A ? text : text + "\n" }
}
