/// The text of a new template for its author to change. It is valid as it is, and shows each common part once.
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
