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

        How the next word is drawn, what a draft must hold and where it ends. Every option has one name, and takes the same
        values on the command line, in a template and in the studio; a value out of its range is refused in the same words
        everywhere.

        - **Command line**: `-o name=value`, as often as you like. A list (`stop`, `must_include`, `banned_phrase`,
          `dry_sequence_breakers`, `logit_bias`) is given once for each of its parts. The text after `=` is taken as it
          is, so a line break is your shell's: `$'\\n'`. `--grammar FILE`, `--json-schema FILE` and `--logprobs N` set
          `grammar`, `json_schema` and `logprobs`. `copydesk inspect tokens` shows the ids
          of a text's tokens for `logit_bias`; `copydesk generate --json` prints the tokens that `logprobs` asks for.
        - **Template**: `sampling: {name: value, …}` in its head, or one name a line below `sampling:`. A list is a YAML
          list, or one value alone; `logit_bias` is a map; a grammar or a schema may be a literal block (`grammar: |`).
        - **Studio**: `p` (`F3` while you type) opens the parameters, `^O` lists all of them, `^F` finds one by its name or
          by what it does. A list is one line, its parts between bars: `one | two`. In it `\\n` is a line break, `\\t` a
          tab, `\\|` a bar and `\\\\` a backslash; a part with spaces at an end stands in double quotes.

        The command line is nearest, then the template, then the default. A nearer value takes the place of the one behind
        it, lists too: with `-o stop=…` the stop texts of the template do not count, and a list of
        `dry_sequence_breakers` replaces the default one. A grammar takes the place of a JSON schema behind it, and the
        other way round. In the studio a form begins with the template's values.

        Options act in this order: bias, bans, penalties, temperature, top_n_sigma, top_k, top_p, min_p, typical_p,
        epsilon_cutoff, eta_cutoff, XTC, mirostat. A neutral value leaves the model's distribution as it is. Beside the
        options, `-n` (`variants` in a template) says how many drafts are written, \(variants), and `--seed` repeats them.

        This page is made from the table in `Sources/Generation/Sampling/SamplingTable.swift`:
        `COPYDESK_WRITE_DOCS=1 swift test --filter OptionsPageTests`.

        """
}
