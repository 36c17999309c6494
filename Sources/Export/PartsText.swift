// A draft's parts and thoughts in the formats for people: each part behind its name, the thoughts before the text.

import Generation

extension ExportItem {
    /// Empty if the draft has no parts.
    var parts: [DraftPart] { generation.parts(of: draft) }

    /// The text as Markdown: a paragraph for each part, its name in bold; unchanged if there are no parts.
    var markdownText: String {
        parts.isEmpty
            ? draft.text
            : parts.map { "**\(MarkdownExport.escaped($0.name))**: \($0.text)" }.joined(separator: "\n\n")
    }

    /// The text with a line for each part, which begins with its name; unchanged if there are no parts.
    var plainText: String { DraftPart.named(parts) ?? draft.text }

    /// The thoughts as a quotation in Markdown, with a blank line behind it; "" if none are written.
    var quotedReasoning: String {
        draft.details.reasoning.map(MarkdownExport.quoted(reasoning:)) ?? ""
    }
}

extension MarkdownExport {
    /// Thoughts as a quotation, with a blank line behind it.
    static func quoted(reasoning: String) -> String {
        // A quotation ends with its last line, so nothing that it opens reaches the text.
        let lines = reasoning.split(separator: "\n", omittingEmptySubsequences: false)
        return "Reasoning:\n\n" + lines.map { "> \($0)\n" }.joined() + "\n"
    }
}

extension DraftPart {
    /// `Headline: Light, all night.`, a line for each part; `nil` without parts.
    public static func named(_ parts: [DraftPart]) -> String? {
        parts.isEmpty ? nil : parts.map { "\(Exporter.oneLine($0.name)): \($0.text)" }.joined(separator: "\n")
    }
}
