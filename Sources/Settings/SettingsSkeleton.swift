// The text of a new config.yaml: all settings in comments, ready to be changed.

import Generation

public enum SettingsSkeleton {
    public static var text: String {
        var text = """
            # Settings of Copydesk. Remove the # in front of a line, and change its value.
            # `copydesk config list` shows all settings and their values; docs/settings.md explains them.


            """
        for setting in Setting.all where setting.option == nil && setting.kind != .later {
            text += "# \(setting.help)\n" + lines(setting) + "\n"
        }
        let sampling = Setting.all.filter { $0.name == "sampling.temperature" || $0.name == "sampling.top_p" }
        text += "# Sampling options for every draft; a template's come before them.\n# sampling:\n"
        for setting in sampling { text += "#   \(line(setting))\n" }
        text += "\n# Sampling options for the drafts of one model.\n# per_model:\n#   gemma-3-1b:\n#     sampling:\n"
        for setting in sampling.prefix(1) { text += "#       \(line(setting))\n" }
        return text
    }

    private static func lines(_ setting: Setting) -> String {
        let parents = setting.path.dropLast().enumerated().map { index, step in
            "# " + String(repeating: "  ", count: index) + step.text + ":\n"
        }
        return parents.joined() + "# " + String(repeating: "  ", count: parents.count) + line(setting) + "\n"
    }

    private static func line(_ setting: Setting) -> String {
        "\(setting.path.last?.text ?? ""): \((setting.example ?? setting.defaultValue)?.yamlText ?? "")"
    }
}
