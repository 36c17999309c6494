// Drafts as one complete HTML page: no scripts, nothing loaded from elsewhere, readable on a screen and on paper.
// - All text from outside is escaped; line breaks and spaces of a text stay as they are.

import Generation
import Text

struct HTMLExport: ExportEncoder {
    private let outline: ExportOutline
    private var generationId: Int64?

    init(_ outline: ExportOutline) { self.outline = outline }

    mutating func text(of item: ExportItem) -> String {
        var text = ""
        if generationId != item.generation.id {
            text = generationId == nil ? beginning : "</section>\n"
            text += sectionHead(of: item.generation)
            generationId = item.generation.id
        }
        return text + article(item)
    }

    func end() -> String {
        (generationId == nil ? beginning + "<p>No drafts.</p>\n" : "</section>\n") + HTMLExport.ending
    }

    /// The end of every page.
    static let ending = "</main>\n</body>\n</html>\n"

    private var beginning: String {
        let title = outline.title
        return HTMLExport.beginning(title: title, language: language(of: outline.first?.draft.text ?? title))
            + (outline.options.includesMetadata ? "<h1>\(HTMLExport.escaped(title))</h1>\n" : "")
    }

    /// A page up to its content.
    static func beginning(title: String, language: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="\(language)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="generator" content="Copydesk">
        <title>\(HTMLExport.escaped(Exporter.oneLine(title)))</title>
        <style>\(HTMLExport.style)</style>
        </head>
        <body>
        <main>

        """
    }

    private func sectionHead(of generation: SavedGeneration) -> String {
        var text = "<section>\n"
        guard outline.options.includesMetadata else { return text }
        text += "<h2>\(HTMLExport.escaped(generation.title))</h2>\n<dl>\n"
        for (name, value) in Exporter.metadata(of: generation, outline.options) {
            text += "<dt>\(HTMLExport.escaped(name))</dt><dd>\(HTMLExport.escaped(value))</dd>\n"
        }
        return text + "</dl>\n"
    }

    private func article(_ item: ExportItem) -> String {
        let draft = item.draft
        var text = "<article id=\"draft-\(draft.id)\">\n"
        if outline.options.includesMetadata {
            text += "<h3>Draft \(draft.id)\(draft.starred ? " <span title=\"starred\">★</span>" : "")</h3>\n"
            if !item.tags.isEmpty {
                text += "<p>Tags: \(HTMLExport.escaped(item.tags.joined(separator: ", ")))</p>\n"
            }
            if let rating = draft.rating { text += "<p>Rating: \(rating) of 5</p>\n" }
            if draft.isEdited { text += "<p>Edited since the model wrote it.</p>\n" }
            if let note = draft.note { text += "<p>Note: \(HTMLExport.escaped(note))</p>\n" }
        }
        let language = language(of: draft.text)
        func block(_ text: String) -> String {
            "<div class=\"text\" lang=\"\(language)\" dir=\"auto\">\(HTMLExport.escaped(text))</div>\n"
        }
        if let reasoning = draft.details.reasoning {
            text += "<details><summary>Reasoning</summary>\n\(block(reasoning))</details>\n"
        }
        for part in item.parts { text += "<h4>\(HTMLExport.escaped(part.name))</h4>\n\(block(part.text))" }
        return text + (item.parts.isEmpty ? block(draft.text) : "") + "</article>\n"
    }

    /// The language asked for, or the language that the text seems to be in.
    private func language(of text: String) -> String {
        outline.options.language.flatMap(HTMLExport.checked) ?? HTMLExport.language(of: text)
    }

    /// Text that a browser shows as text; control characters that HTML forbids become their symbols.
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
            default: escaped.append(TerminalText.symbol(ofControl: scalar) ?? scalar)
            }
        }
        return String(escaped)
    }

    /// The probable language of a text by its script, as far as the choice of fonts depends on it.
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

    static func checked(_ language: String) -> String? {
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
        h4 { font-size: .875rem; margin: .75rem 0 .25rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; font-size: .875rem; opacity: .75; }
        dd { margin: 0; overflow-wrap: anywhere; }
        article { break-inside: avoid-page; }
        .text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: .2rem solid; padding-left: 1rem; }

        """
}
