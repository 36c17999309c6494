// docs/settings.md, made from the table.

import Generation

@testable import Settings

enum SettingsPage {
    static var markdown: String {
        var page = head
        page +=
            "\n## Settings\n\n| name | takes | default | what it does | as it is written |\n| --- | --- | --- | --- | --- |\n"
        for setting in Setting.all where setting.option == nil && setting.kind != .later { page += row(setting) }
        page += "\n### Servers and names for models\n\n\(servers)\n"
        page += "\n### Your words\n\n\(lexicon)\n\n### Your brand\n\n\(brand)\n"
        page += "\n## Sampling\n\n\(sampling)\n"
        page += "\n| name | takes | default | what it does | as it is written |\n| --- | --- | --- | --- | --- |\n"
        for setting in Setting.all where setting.option != nil && !setting.isPerModel { page += row(setting) }
        page += "\n## Not used by this version\n\n\(later)\n\n| name | what it is for |\n| --- | --- |\n"
        for setting in Setting.all where setting.kind == .later { page += "| `\(setting.name)` | \(setting.help) |\n" }
        return page
    }

    private static func row(_ setting: Setting) -> String {
        let last = setting.name.split(separator: ".").last.map(String.init) ?? setting.name
        let cells = [
            code(setting.name), escaped(setting.kind.takes), setting.defaultValue.map(value) ?? "—",
            escaped(setting.help),
            setting.example.map { code("\(last): \($0.yamlText)") } ?? "—",
        ]
        return "| \(cells.joined(separator: " | ")) |\n"
    }

    private static func value(_ value: SettingValue) -> String {
        switch value {
        case .value(.text(nil)), .value(.texts([])), .value(.biases([:])), .requiredWords([]), .endpoints([]): "none"
        default: code(value.yamlText)
        }
    }

    /// In a code span within a table; a bar would end the cell.
    private static func code(_ text: String) -> String { "`\(escaped(text))`" }

    private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static let servers = """
        `endpoints` is a list of servers; [servers.md](servers.md) explains each key of one. `copydesk endpoints add NAME URL` and
        `copydesk endpoints remove NAME` change the list and leave the rest of the file as it is; `config set` does not take it.
        An endpoint without a valid `name` or `url` does not count; of another wrong value the default counts. Values of
        `headers` and `body` may be secrets, so no command shows them. A key never stands in this file: `key_env` names the
        environment variable that has it, and `copydesk keys set NAME` keeps it in a file of its own.

        `aliases` are names of your own, `aliases: {fast: local/qwen2.5-7b-instruct}`: `-m fast` is then that model.
        `copydesk models alias NAME MODEL` sets one.
        """

    private static let lexicon = """
        `lexicon` holds for every draft, of a template or of a free prompt, while it is written.

        - `banned`: a word is banned with its inflections (`synergy`, `synergies`), in any casing. `game-chang*` is every word
          that begins so; there must be at least two letters before the `*`. A phrase is banned as a whole.
        - `must`: `loose-leaf` stands in every draft; `{word: Kettle & Vine, in: 2}` in at least 2 of the variants that are
          written together. At the command line, give such a word as it is written in the file:
          `copydesk config set lexicon.must loose-leaf "{word: Kettle & Vine, in: 2}"`.
        - `casing`: wherever a draft has the name, it is written exactly so.

        A word that is both required and banned is a problem of the file, and until it is corrected the ban counts. If a banned
        word stands in a field, or among the texts of `must_include`, `generate` says so before it writes.
        """

    private static let brand = """
        `brand` fills the fields of the same names, `product`, `audience`, `tone` and `benefit`, in every template that has
        them. In the studio a form begins with these values, marked `brand`; type over them as you like. `generate` takes them
        for the fields that `-p` does not give, and says on standard error which; `-p tone=` leaves a field empty. If you give another
        product, audience and benefit are not filled in, because they are those of the brand's product. A value that a field does not take,
        such as a tone that is not among its choices, is not used there. `--examples` does not use the brand.
        """

    private static let sampling = """
        `sampling:` sets options for every draft, `per_model:` for the drafts of one model: its keys are the names that
        `copydesk models list` shows, and below each stands a `sampling:` of its own, for example
        `per_model.gemma-3-1b.sampling.top_k`. [options.md](options.md) explains the options.
        """

    private static let later =
        "These keys are accepted, and a later version will use them. `config set` refuses them until then."

    private static let head = """
        # Settings

        Your own settings stand in one file, `config.yaml` in the config folder; `copydesk config path` prints its place. It is
        YAML, and need not exist. This is one with everything in it:

        ```yaml
        model: qwen2.5-1.5b-q4_k_m
        sampling: {temperature: 0.7}
        per_model:
          gemma-3-1b:
            sampling: {top_k: 64}
        models: {folders: [~/models, /data/models], use_caches: true}
        aliases: {fast: local/qwen2.5-7b-instruct}
        endpoints:
          - {name: local, url: "http://127.0.0.1:8080/v1"}
          - {name: openai, url: "https://api.openai.com/v1", key_env: OPENAI_API_KEY}
        lexicon:
          banned: [synergy, "game-chang*"]
          must: [loose-leaf, {word: Kettle & Vine, in: 2}]
          casing: [Kettle & Vine]
        brand:
          product: Kettle & Vine, a subscription for loose-leaf tea
          tone: warm
        studio: {ascii: false}
        ```

        | command | does |
        | --- | --- |
        | `copydesk config list` | every setting, its value, and the line that it comes from |
        | `copydesk config get NAME` | one value |
        | `copydesk config set NAME VALUE` | sets a value; a list takes several: `config set models.folders ~/models /data/models` |
        | `copydesk config unset NAME` | removes a value, so that the program's default counts again |
        | `copydesk config edit` | opens the file in `$VISUAL` or `$EDITOR`, and checks it afterwards |
        | `copydesk endpoints add NAME URL` | adds a server to `endpoints` |
        | `copydesk models alias NAME MODEL` | sets a short name for a model |
        | `copydesk models default NAME` | sets `model`, if there is such a model |

        `set` and `unset` change one value in the text. Comments, order and keys that the program does not know stay as you wrote
        them; if the value cannot be changed without touching the rest, the file is left alone and a sentence says so. A comment
        on the line of a value that you unset goes with it.

        A value is settled in this order: the command line (`-m`, `-o`) or the studio's dialog, the template, `per_model`,
        `sampling`, what the author of the model recommends in its files ([models.md](models.md)), the program's default.
        `copydesk inspect prompt` says of each option where it comes from.
        The studio opens the model that was last chosen in it; `model` counts there until one was.

        Each command that uses the settings, and the studio, say what is wrong in the file, with line and column; the rest counts.
        A value of the wrong type or out of its range is left out. Of a key that stands twice the first counts. If the YAML
        itself is broken, the complete blocks before it count, such as `model` or all of `sampling`.

        This page is made from the table in `Sources/Settings/Setting.swift`:
        `COPYDESK_WRITE_DOCS=1 swift test --filter SettingsPageTests`.

        """
}
