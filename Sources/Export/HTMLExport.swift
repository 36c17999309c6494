// Drafts as one complete HTML page: no scripts, nothing loaded from elsewhere, readable on a screen and on paper.
// - Everything from outside is escaped; line breaks and spaces of a text stay as they are.

import Generation

enum HTMLExport {
    static func render(_ items: [ExportItem], _ options: ExportOptions) -> String {
        let title = Exporter.title(of: items, options)
        let language = options.language.flatMap(checked) ?? language(of: items.first?.draft.text ?? title)
        var page = """
            <!DOCTYPE html>
            <html lang="\(language)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Copydesk">
            <title>\(escaped(Exporter.oneLine(title)))</title>
            <style>\(style)</style>
            </head>
            <body>
            <main>

            """
        if options.includesMetadata { page += "<h1>\(escaped(title))</h1>\n" }
        if items.isEmpty { page += "<p>No drafts.</p>\n" }
        for group in Exporter.groups(items) {
            page += section(group, options)
        }
        return page + "</main>\n</body>\n</html>\n"
    }

    private static func section(_ group: [ExportItem], _ options: ExportOptions) -> String {
        guard let generation = group.first?.generation else { return "" }
        var text = "<section>\n"
        if options.includesMetadata {
            text += "<h2>\(escaped(generation.title))</h2>\n<dl>\n"
            for (name, value) in Exporter.metadata(of: generation) {
                text += "<dt>\(escaped(name))</dt><dd>\(escaped(value))</dd>\n"
            }
            text += "</dl>\n"
        }
        for item in group {
            let language = options.language.flatMap(checked) ?? language(of: item.draft.text)
            text += "<article id=\"draft-\(item.draft.id)\">\n"
            if options.includesMetadata {
                text +=
                    "<h3>Draft \(item.draft.id)\(item.draft.starred ? " <span title=\"starred\">★</span>" : "")</h3>\n"
                if !item.tags.isEmpty { text += "<p>Tags: \(escaped(item.tags.joined(separator: ", ")))</p>\n" }
                if let note = item.draft.note { text += "<p>Note: \(escaped(note))</p>\n" }
            }
            text +=
                "<div class=\"text\" lang=\"\(language)\" dir=\"auto\">\(escaped(item.draft.text))</div>\n</article>\n"
        }
        return text + "</section>\n"
    }

    /// Text that is only text to a browser; control characters that HTML forbids become their symbols.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "\n", "\r", "\t": escaped.append(scalar)
            default: escaped.append(TerminalText.symbol(of: scalar) ?? scalar)
            }
        }
        return String(escaped)
    }

    /// The language a text is probably in, by its script, as far as the choice of fonts and fonts' shapes needs it.
    static func language(of text: String) -> String {
        var hasHan = false
        for scalar in text.unicodeScalars.prefix(4000) {
            switch scalar.value {
            case 0x3040...0x30FF: return "ja"
            case 0xAC00...0xD7AF, 0x1100...0x11FF: return "ko"
            case 0x3400...0x9FFF, 0x20000...0x3FFFF: hasHan = true
            case 0x0400...0x04FF: return "ru"
            case 0x0600...0x06FF: return "ar"
            case 0x0590...0x05FF: return "he"
            case 0x0370...0x03FF: return "el"
            case 0x0E00...0x0E7F: return "th"
            default: break
            }
        }
        return hasHan ? "zh" : "en"
    }

    private static func checked(_ language: String) -> String? {
        let isTag = language.utf8.allSatisfy { byte in
            byte == 0x2D || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        return isTag && (1...35).contains(language.utf8.count) ? language : nil
    }

    private static let style = """

        :root { color-scheme: light dark; }
        body { margin: 0; font: 1.0625rem/1.6 system-ui, sans-serif; }
        main { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
        h1 { font-size: 1.75rem; line-height: 1.25; }
        h2 { font-size: 1.25rem; margin-top: 2.5rem; }
        h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; font-size: .875rem; opacity: .75; }
        dd { margin: 0; overflow-wrap: anywhere; }
        article { break-inside: avoid-page; }
        .text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: .2rem solid; padding-left: 1rem; }

        """
}
