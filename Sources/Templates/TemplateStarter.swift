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
            sampling: {max_tokens: 160}
            examples:
              - {topic: a village choir, output: "Nine people meet every Tuesday and sing until the windows shake."}
              - {topic: an old mill, tone: formal, output: "The mill was built in 1820 and is open to visitors on Sundays."}
            ---
            Write a short text about {{ topic }}.{% if tone %} Tone: {{ tone }}.{% endif %}

            """
    }
}
