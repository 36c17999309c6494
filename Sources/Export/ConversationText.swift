// A conversation for readers: Markdown, HTML, plain text.
// - A turn's text is unchanged. In Markdown it stands behind a comment with the number of its lines, as a draft does, and
//   what it leaves open is closed behind it (MarkdownClosing.swift).
// - Without metadata there are the speakers' names and the texts alone.

import Generation

enum ConversationMarkdown {
    static func text(_ form: ConversationForm) -> String {
        let isPlain = !form.options.includesMetadata
        var text = isPlain ? "" : "# \(MarkdownExport.escaped(form.title))\n\n"
        if !isPlain {
            for (name, value) in form.metadata {
                text += "- \(MarkdownExport.escaped(name)): \(MarkdownExport.escaped(value))\n"
            }
            if form.turns.isEmpty { text += "\nNo turns.\n" }
        }
        for turn in form.turns {
            text += (text.isEmpty ? "" : "\n") + "**\(MarkdownExport.escaped(turn.name))**\n\n"
            if turn.isCutOff && !isPlain { text += "Cut off: the server's stream ended before the text did.\n\n" }
            if let reasoning = turn.reasoning { text += MarkdownExport.quoted(reasoning: reasoning) }
            text += isPlain ? plain(turn.text) : marked(turn)
        }
        return text
    }

    private static func plain(_ text: String) -> String {
        let around = MarkdownClosing(of: text)
        return around.before + MarkdownExport.ended(text) + around.behind
    }

    private static func marked(_ turn: ConversationForm.Said) -> String {
        let lineCount = turn.text.utf8.count { $0 == 0x0A } + 1
        let around = MarkdownClosing(of: turn.text)
        return around.before + "<!-- copydesk:turn id=\(turn.id) lines=\(lineCount) -->\n" + turn.text + "\n"
            + around.behind + "<!-- copydesk:end -->\n"
    }
}

enum ConversationHTML {
    static func beginning(title: String, _ first: ConversationForm) -> String {
        let language = first.options.language ?? HTMLExport.language(of: first.turns.last?.text ?? title)
        return HTMLExport.beginning(title: title, language: HTMLExport.checked(language) ?? "en")
    }

    static func section(_ form: ConversationForm) -> String {
        var text = "<section id=\"conversation-\(form.conversation.id)\">\n"
        if form.options.includesMetadata {
            text += "<h1>\(HTMLExport.escaped(form.title))</h1>\n<dl>\n"
            for (name, value) in form.metadata {
                text += "<dt>\(HTMLExport.escaped(name))</dt><dd>\(HTMLExport.escaped(value))</dd>\n"
            }
            text += "</dl>\n"
            if form.turns.isEmpty { text += "<p>No turns.</p>\n" }
        }
        for turn in form.turns { text += article(turn, form.options) }
        return text + "</section>\n"
    }

    private static func article(_ turn: ConversationForm.Said, _ options: ExportOptions) -> String {
        let language = options.language.flatMap(HTMLExport.checked) ?? HTMLExport.language(of: turn.text)
        func block(_ text: String) -> String {
            "<div class=\"text\" lang=\"\(language)\" dir=\"auto\">\(HTMLExport.escaped(text))</div>\n"
        }
        var text = "<article id=\"turn-\(turn.id)\">\n<h3>\(HTMLExport.escaped(turn.name))</h3>\n"
        if turn.isCutOff && options.includesMetadata {
            text += "<p>Cut off: the server&#39;s stream ended before the text did.</p>\n"
        }
        if let reasoning = turn.reasoning {
            text += "<details><summary>Reasoning</summary>\n\(block(reasoning))</details>\n"
        }
        return text + block(turn.text) + "</article>\n"
    }
}

enum ConversationText {
    static func text(_ form: ConversationForm) -> String {
        var text = form.options.includesMetadata ? heading(form) + "\n" : ""
        for (index, turn) in form.turns.enumerated() {
            if index > 0 { text += "\n" }
            let reasoning = turn.reasoning.map { "Reasoning:\n\($0)\n\n" } ?? ""
            text += "\(Exporter.oneLine(turn.name)):\n" + MarkdownExport.ended(reasoning + turn.text)
        }
        return text
    }

    private static func heading(_ form: ConversationForm) -> String {
        var parts = [
            "Conversation \(form.conversation.id)", Timestamp.iso8601(form.conversation.createdAt),
        ]
        if let persona = form.conversation.persona.name { parts.append(persona) }
        if !form.models.isEmpty { parts.append(form.models.joined(separator: ", ")) }
        return Exporter.oneLine(form.title) + "\n" + Exporter.oneLine(parts.joined(separator: " · ")) + "\n"
    }
}
