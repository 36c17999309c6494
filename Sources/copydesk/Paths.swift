import Foundation

/// The folders of settings, data and logs, by the XDG base directory rules unless the environment names others.
struct Paths: Sendable {
    let config: String
    let data: String
    let state: String

    init(environment: [String: String]) {
        func folder(_ own: String?, _ base: String, _ fallback: String) -> String {
            if let own, let path = environment[own], !path.isEmpty { return path }
            if let path = environment[base], path.hasPrefix("/") { return path + "/copydesk" }
            let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
            return home + "/" + fallback + "/copydesk"
        }
        config = folder("COPYDESK_CONFIG", "XDG_CONFIG_HOME", ".config")
        data = folder("COPYDESK_DATA", "XDG_DATA_HOME", ".local/share")
        state = folder(nil, "XDG_STATE_HOME", ".local/state")
    }

    /// The file of the settings.
    var settings: String { config + "/config.yaml" }
    var templates: String { config + "/templates" }
    var database: String { data + "/copydesk.db" }
    var models: String { data + "/models" }
    /// The keys of the endpoints.
    var keys: String { config + "/keys.json" }
    /// What is remembered of the heads of model files.
    var modelHeads: String { data + "/model-heads.json" }
    /// Held while a local model writes.
    var writing: String { data + "/writing.lock" }
    /// The list of training runs.
    var runs: String { data + "/runs" }
    /// The key-value cache of earlier prompts.
    var prefixes: String { data + "/prefixes" }
}
