// The text of a new config.yaml: all settings in comments, ready to be changed.

import Generation

public enum SettingsSkeleton {
    public static var text: String {
        var text = """
            # Settings of Copydesk. Remove the # in front of a line, and change its value.
            # `copydesk config list` shows all settings and their values; docs/settings.md explains them.


            """
        for group in groups {
            guard group.count > 1, let first = group.first else {
                for setting in group { text += "# \(setting.help)\n" + lines(setting) + "\n" }
                continue
            }
            // Their key stands once, because a key that stands twice would not count.
            text += "# \(first.path[0].text):\n"
            for setting in group { text += "#   # \(setting.help)\n#   \(line(setting))\n" }
            text += "\n"
        }
        let sampling = Setting.all.filter { $0.name == "sampling.temperature" || $0.name == "sampling.top_p" }
        text += "# Sampling options for every draft; a template's come before them.\n# sampling:\n"
        for setting in sampling { text += "#   \(line(setting))\n" }
        text += "\n# Sampling options for the drafts of one model.\n# per_model:\n#   gemma-3-1b:\n#     sampling:\n"
        for setting in sampling.prefix(1) { text += "#       \(line(setting))\n" }
        return text
    }

    /// The settings that have their first key in common, in the order of the table.
    private static var groups: [[Setting]] {
        var groups: [[Setting]] = []
        for setting in Setting.all where setting.option == nil && setting.kind != .later {
            if let last = groups.last?.first, setting.path.count == 2, last.path[0] == setting.path[0] {
                groups[groups.count - 1].append(setting)
            } else {
                groups.append([setting])
            }
        }
        return groups
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
