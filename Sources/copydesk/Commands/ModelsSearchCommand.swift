import ArgumentParser
import Downloads
import Generation

/// Finds models to download.
struct ModelsSearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search the Hub for models; without words, show small ones that are good for drafting.",
        discussion: """
            JSON: {"models": [{"name", "downloads", "likes", "licence", "gated", "quants"}, …]}, the most downloaded first; \
            without words {"models": [{"name", "reference", "parameters", "licence", "use"}, …]}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: "Words of the model's name.") var words: [String] = []
    @Option(parsing: .unconditional, help: "The number of models to list.", transform: NumberArgument.whole)
    var limit = 20
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        struct Model: Encodable {
            var name: String
            var downloads: Int?
            var likes: Int?
            var licence: String?
            var gated: Bool
            var quants: [String]

            private enum Key: CodingKey { case name, downloads, likes, licence, gated, quants }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(name, forKey: .name)
                try container.encode(downloads, forKey: .downloads)
                try container.encode(likes, forKey: .likes)
                try container.encode(licence, forKey: .licence)
                try container.encode(gated, forKey: .gated)
                try container.encode(quants, forKey: .quants)
            }
        }

        var models: [Model]
    }

    struct Suggestions: Encodable {
        struct Model: Encodable {
            var name: String
            var reference: String
            var parameters: String
            var licence: String
            var use: String
        }

        var models: [Model]
    }

    func validate() throws {
        guard (1...100).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to 100, and \(limit) is not one.")
        }
    }

    func run() throws {
        let text = words.joined(separator: " ")
        guard text.contains(where: { !$0.isWhitespace }) else { return try suggest() }
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal)
        defer { interrupts.cancel() }
        let found: [FoundModel]
        do {
            found = try shared.downloads.search(text, limit: limit) { stopSignal.isRaised }
        } catch DownloadError.stopped {
            throw Interrupted()
        }
        if json {
            return try Console.printJSON(
                Report(
                    models: found.map {
                        .init(
                            name: $0.name, downloads: $0.downloads, likes: $0.likes, licence: $0.licence,
                            gated: $0.isGated, quants: $0.quants)
                    }))
        }
        if found.isEmpty { return Console.printError("Nothing found. Try fewer words, such as the name alone.") }
        let width = found.map(\.name.count).max() ?? 0
        for model in found {
            let name = model.name + String(repeating: " ", count: width - model.name.count)
            try Console.print("\(name)  \(Self.facts(of: model))")
        }
        Console.printError("Get one with: copydesk models pull \(ShellWord.ofReference(found[0].name))")
    }

    private static func facts(of model: FoundModel) -> String {
        var parts: [String] = []
        if let downloads = model.downloads { parts.append(counted(downloads, "download")) }
        if let licence = model.licence { parts.append(licence) }
        if model.isGated { parts.append("after accepting its terms") }
        if !model.quants.isEmpty { parts.append(model.quants.prefix(8).joined(separator: " ")) }
        return parts.joined(separator: ", ")
    }

    private func suggest() throws {
        let suggested = SuggestedModel.all
        if json {
            return try Console.printJSON(
                Suggestions(
                    models: suggested.map {
                        .init(
                            name: $0.name, reference: $0.reference.text, parameters: $0.parameters, licence: $0.licence,
                            use: $0.use)
                    }))
        }
        let rows = suggested.map { ($0.reference.text, "\($0.name), \($0.parameters), \($0.licence): \($0.use)") }
        let width = rows.map(\.0.count).max() ?? 0
        for (reference, facts) in rows {
            try Console.print(reference + String(repeating: " ", count: width - reference.count) + "  " + facts)
        }
        Console.printError("Get one with: copydesk models pull \(rows.first?.0 ?? "OWNER/REPO")")
    }
}
