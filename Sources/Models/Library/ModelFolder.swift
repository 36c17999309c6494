// The files of a model folder as `from_pretrained` takes it.

enum ModelFolder {
    /// True if a folder with these names holds a model, complete or not: its configuration and some of its weights.
    static func looksLikeModel(_ names: [String]) -> Bool {
        names.contains("config.json")
            && names.contains { $0 == "model.safetensors.index.json" || $0.hasSuffix(".safetensors") }
    }

    /// True for the files that belong to the model; a repository also holds other forms of it, and pictures.
    static func isNeeded(_ name: String) -> Bool {
        guard !name.hasPrefix(".") else { return false }
        return [".json", ".safetensors", ".jinja", ".model", ".txt"].contains { name.hasSuffix($0) }
    }

    /// Files that a copy of the model takes along.
    static func isWorthKeeping(_ name: String) -> Bool {
        isNeeded(name) || ["license", "notice", "readme", "use_policy"].contains { name.lowercased().hasPrefix($0) }
    }

    /// The paths of its own files; empty if it cannot be read.
    static func files(of folder: String) -> [String] {
        let names = ((try? FolderReading.names(in: folder)) ?? nil) ?? []
        return names.filter(isNeeded).map { "\(folder)/\($0)" }
    }
}
