// The models that other programs left on this machine.
// - They are found and used in place: nothing is ever written into these trees.
// - A tree that is not there is no finding, unless a variable of the environment names it.

/// A tree of another program.
struct OutsideRoot: Hashable {
    enum Layout: Hashable { case hub, hubAndFlat, flat, publishers, ollama }

    var origin: LibraryOrigin
    var folder: String
    var layout: Layout
    /// The variable of the environment that names the folder.
    var variable: String?
}

/// Finds the models of other programs.
public struct OutsideModels: Sendable {
    /// Without a tree: nothing is looked for.
    public static let none = OutsideModels(roots: [])

    /// In the order in which they get their names.
    let roots: [OutsideRoot]

    init(roots: [OutsideRoot]) {
        var seen: Set<String> = []
        self.roots = roots.filter { seen.insert(FolderReading.resolved($0.folder)).inserted }
    }

    /// - Parameters:
    ///   - environment: the variables of the process.
    ///   - home: the user's home folder.
    public init(environment: [String: String], home: String) {
        self.init(environment: environment, home: home, ollamaService: "/usr/share/ollama/.ollama/models")
    }

    /// - Parameter ollamaService: where Ollama keeps its models if it runs as a service.
    init(environment: [String: String], home: String, ollamaService: String) {
        let places = Places(environment: environment, home: home)
        var roots = [places.hub]
        if let folder = places.variable("LLAMA_CACHE") {
            roots.insert(
                OutsideRoot(origin: .llamaCpp, folder: folder, layout: .hubAndFlat, variable: "LLAMA_CACHE"), at: 0)
        }
        for folder in places.cacheFolders {
            roots.append(OutsideRoot(origin: .llamaCpp, folder: folder + "/llama.cpp", layout: .hubAndFlat))
        }
        if let folder = places.variable("OLLAMA_MODELS") {
            roots.append(OutsideRoot(origin: .ollama, folder: folder, layout: .ollama, variable: "OLLAMA_MODELS"))
        }
        for folder in [home + "/.ollama/models", ollamaService] {
            roots.append(OutsideRoot(origin: .ollama, folder: folder, layout: .ollama))
        }
        for folder in [home + "/.lmstudio/models", home + "/.cache/lm-studio/models"] {
            roots.append(OutsideRoot(origin: .lmStudio, folder: folder, layout: .publishers))
        }
        self.init(roots: roots)
    }

    /// Everything that looks like a model in a tree; nothing of it is opened.
    func scan(_ root: OutsideRoot) -> FoundTree {
        switch root.layout {
        case .hub: HubTree.scan(root.folder, origin: root.origin)
        case .flat: PlainTrees.scanFlat(root.folder, origin: root.origin)
        case .hubAndFlat:
            HubTree.scan(root.folder, origin: root.origin) + PlainTrees.scanFlat(root.folder, origin: root.origin)
        case .publishers: PlainTrees.scanPublishers(root.folder, origin: root.origin)
        case .ollama: OllamaTree.scan(root.folder)
        }
    }

    /// True if a path lies in the tree of another program.
    func owner(of path: String) -> OutsideRoot? {
        let path = FolderReading.resolved(path)
        return roots.first { path.hasPrefix(FolderReading.resolved($0.folder) + "/") }
    }

    /// The file with a SHA-256 sum that another program has already; it is found by its name, not computed.
    /// - Parameter sha256: 64 hexadecimal digits.
    public func path(sha256: String) -> String? {
        let sum = sha256.lowercased()
        guard sum.count == 64, sum.allSatisfy(\.isHexDigit) else { return nil }
        for root in roots {
            switch root.layout {
            case .ollama:
                let blob = "\(root.folder)/blobs/sha256-\(sum)"
                if FileFacts(blob)?.isFile == true { return blob }
            case .hub, .hubAndFlat:
                let repositories = ((try? FolderReading.names(in: root.folder)) ?? nil) ?? []
                for name in repositories where name.hasPrefix("models--") {
                    let blob = "\(root.folder)/\(name)/blobs/\(sum)"
                    if FileFacts(blob)?.isFile == true { return blob }
                }
            case .flat, .publishers: continue
            }
        }
        return nil
    }
}

/// The folders that the environment names.
private struct Places {
    let environment: [String: String]
    let home: String

    /// A folder that a variable names; `nil` if it is unset or empty.
    func variable(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        var path = value
        if path == "~" { return home }
        if path.hasPrefix("~/") { path = home + path.dropFirst() }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// The first that is set, as huggingface_hub and llama.cpp look for it.
    var hub: OutsideRoot {
        let variables = [
            ("HF_HUB_CACHE", ""), ("HUGGINGFACE_HUB_CACHE", ""), ("HF_HOME", "/hub"),
            ("XDG_CACHE_HOME", "/huggingface/hub"),
        ]
        for (name, ending) in variables {
            guard let folder = variable(name) else { continue }
            // The base directory is set on many machines that have no such cache.
            let shown = name == "XDG_CACHE_HOME" ? nil : name
            return OutsideRoot(origin: .huggingFace, folder: folder + ending, layout: .hub, variable: shown)
        }
        return OutsideRoot(origin: .huggingFace, folder: home + "/.cache/huggingface/hub", layout: .hub)
    }

    var cacheFolders: [String] { [variable("XDG_CACHE_HOME"), home + "/.cache"].compactMap { $0 } }
}
