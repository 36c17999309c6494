extension TemplateFamily {
    /// The family of a user's template that names no family and is in no subfolder.
    public static let own = "own"

    /// The families of the built-in templates, in the order of lists; a user's own families follow by name.
    static let known: [(id: String, title: String)] = [
        ("headlines", "Headlines"), ("ad-copy", "Ad copy"), ("emails", "E-mails"), ("stories", "Stories"),
        ("summaries", "Summaries"),
        ("rewrite", "Rewrite"), ("translate", "Translate"), ("chat", "Chat"),
    ]

    /// The family of a file that names none, if it is read by its path alone: `chat` for one in a folder of that name.
    public static func ofFolder(holding path: String) -> String {
        path.split(separator: "/").dropLast().last == "chat" ? chat : own
    }

    static func title(of id: String) -> String {
        if let known = known.first(where: { $0.id == id }) { return known.title }
        if id == own { return "Your own" }
        let words = id.split(separator: "-").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Groups templates by family: first the known families, then the others by title. Templates are sorted by title.
    static func group(_ templates: [PromptTemplate]) -> [TemplateFamily] {
        let byFamily = Dictionary(grouping: templates, by: \.family)
        let others = byFamily.keys.filter { id in !known.contains { $0.id == id } }
            .sorted { (title(of: $0), $0) < (title(of: $1), $1) }
        return (known.map(\.id) + others).compactMap { id in
            guard let members = byFamily[id] else { return nil }
            let inOrder = members.sorted { ($0.title.lowercased(), $0.name) < ($1.title.lowercased(), $1.name) }
            return TemplateFamily(id: id, title: title(of: id), templates: inOrder)
        }
    }
}
