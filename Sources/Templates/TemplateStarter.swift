/// The text of a new template, to be changed by its author: sound as it stands, and with one of everything that is
/// common.
public enum TemplateStarter {
    public static func text(title: String) -> String {
        let quoted = title.split(whereSeparator: \.isNewline).joined(separator: " ").map { $0 == "\"" ? "'" : $0 }
            .filter { $0 != "\\" }
        return """
            ---
            name: "\(String(quoted))"
            family: own
            summary: What it writes, in one line
            fields:
              - {name: topic, label: Topic, example: "the last lighthouse", required: true}
              - {name: tone, label: Tone, choices: [warm, playful, formal], open: true, example: warm}
            variants: 3
            limits: {words: 80, hard: false}
            sampling: {temperature: 0.6, max_tokens: 160}
            ---
            Write a short text about {{ topic }}.{% if tone %} Tone: {{ tone }}.{% endif %}

            """
    }
}
