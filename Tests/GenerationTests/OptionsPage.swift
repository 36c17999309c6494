// docs/options.md, made from the table.

@testable import Generation

enum OptionsPage {
    static var markdown: String {
        var page = head
        for group in SamplingOption.Group.allCases {
            let options = SamplingOption.all.filter { $0.group == group }
            page += "\n## \(group.title)\n\n"
            page +=
                "| name | takes | default | neutral | what it does | from |\n| --- | --- | --- | --- | --- | --- |\n"
            for option in options {
                let cells = [
                    code(option.name), escaped(option.kind.takes), value(option.defaultValue, of: option),
                    option.neutral.map { value($0, of: option) } ?? "—", escaped(option.help), option.source ?? "—",
                ]
                page += "| \(cells.joined(separator: " | ")) |\n"
            }
            page += "\n| in the studio | with `-o` | in a template | in the studio's row |\n| --- | --- | --- | --- |\n"
            for option in options {
                let cells = [
                    option.label, code(option.commandLineExample), code(option.templateExample),
                    code(option.dialogExample),
                ]
                page += "| \(cells.joined(separator: " | ")) |\n"
            }
        }
        return page
    }

    private static func value(_ value: SamplingValue, of option: SamplingOption) -> String {
        switch value {
        case .text(nil), .texts([]), .biases([:]): "none"
        case .texts: code(option.line(of: value))
        default: option.line(of: value)
        }
    }

    /// In a code span within a table; a bar would end the cell.
    private static func code(_ text: String) -> String { "`\(text.replacing("|", with: "\\|"))`" }

    private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static let variants =
        "\(GenerationRequest.variantRange.lowerBound) to \(GenerationRequest.variantRange.upperBound)"

    private static let head = """
        # Options of sampling

        Options decide how the next word is drawn, what a draft contains and where it ends. Each has one name and the same
        values on the command line, in templates and in the studio; everywhere the same sentence refuses an invalid value.

        - **Command line**: `-o name=value`, as often as you like. Give a list (`stop`, `must_include`, `banned_phrase`,
          `dry_sequence_breakers`, `logit_bias`) once for each of its parts. The text after `=` is not changed, so write
          a line break as your shell does: `$'\\n'`. `--grammar FILE`, `--json-schema FILE` and `--logprobs N` set
          `grammar`, `json_schema` and `logprobs`. `copydesk inspect tokens` shows the ids of a text's tokens for
          `logit_bias`; `copydesk generate --json` prints the tokens that `logprobs` asks for.
        - **Template**: `sampling: {name: value, …}` in its head, or one name a line below `sampling:`. A list is a YAML
          list, or a single value; `logit_bias` is a map; a grammar or a schema may be a literal block (`grammar: |`).
        - **Studio**: `p` (`F3` while you type) opens the parameters, `^O` lists all of them, `^F` finds one by its name or
          by its description. A list is one line, with bars between its parts: `one | two`. In it `\\n` is a line break,
          `\\t` a tab, `\\|` a bar and `\\\\` a backslash; put a part in double quotes if it begins or ends with spaces.

        The command line overrides the template, the template overrides your settings for the model, these override your
        settings for all models ([settings.md](settings.md)), these override what the author of the model recommends
        ([models.md](models.md)), and that overrides the default. This is true for lists too:
        if you give `-o stop=…`, the stop texts of the template do not count, and a list of `dry_sequence_breakers`
        replaces the default one. A grammar replaces a JSON schema, and a schema a grammar. In the studio a form begins
        with the values of the template and your settings.

        Options act in this order: bias, bans, penalties, temperature, top_n_sigma, top_k, top_p, min_p, typical_p,
        epsilon_cutoff, eta_cutoff, XTC, mirostat. A neutral value does not change the model's distribution. Besides the
        options, `-n` (`variants` in a template) is the number of drafts, \(variants), and `--seed` repeats them.

        This page is made from the table in `Sources/Generation/Sampling/SamplingTable.swift`:
        `COPYDESK_WRITE_DOCS=1 swift test --filter OptionsPageTests`.

        """
}
