// Gives each model of the library its name.
// - The user's own models get theirs first, in the order of the folders; a later one whose name is taken gets its
//   owner's before it: OWNER--NAME.
// - Several links to one file of another program are one model. The other names open it too.

import Generation

extension ModelLibrary {
    /// The name or path behind an alias; the text itself if it is none.
    /// - Throws: `ModelLibraryError.aliasLoop`.
    public func withoutAlias(_ name: String?) throws -> String? { try withoutAlias(name, behind: []) }

    private func withoutAlias(_ name: String?, behind earlier: [String]) throws -> String? {
        guard var target = name else { return nil }
        guard !earlier.contains(target) else { throw ModelLibraryError.aliasLoop(names: earlier + [target]) }
        var names = earlier + [target]
        while target != Self.builtInName, let next = aliases[target] {
            guard !names.contains(next) else { throw ModelLibraryError.aliasLoop(names: names + [next]) }
            names.append(next)
            target = next
        }
        // The model below adapters may have another name too, and an alias may stand for a model with adapters.
        guard let choice = adapted(target), let base = try withoutAlias(choice.base, behind: names) else {
            return target
        }
        return ModelChoice(base: base, adapters: choice.adapters).text
    }

    /// The models of the user's own folders. Their heads are not read.
    var ownEntries: [ModelEntry] {
        var naming = Naming()
        for model in ownCandidates { naming.add(model, isArriving: false) }
        return naming.finished
    }

    /// All models but the built-in one. Of other programs only those that are complete, or on their way.
    public var entries: [ModelEntry] {
        let own = ownCandidates
        let found = outside.roots.flatMap { outside.scan($0).models }
        let arriving = ArrivingFiles.among((own + found).map(\.path))
        var naming = Naming()
        for model in own { naming.add(model, isArriving: arriving.contains(model.path)) }
        for model in found where !naming.addLink(model) {
            let isArriving = arriving.contains(model.path)
            guard isArriving || headers.header(of: model.path).state == .writer else { continue }
            naming.add(model, isArriving: isArriving)
        }
        headers.save()
        return naming.finished
    }

    /// The model of a name, or of one of its other names. Trees of other programs are looked at only if no model of the
    /// user's own has the name.
    func entry(named name: String) -> ModelEntry? {
        guard !name.contains("/") else { return nil }
        return Self.entry(named: name, in: ownEntries) ?? Self.entry(named: name, in: entries)
    }

    private static func entry(named name: String, in entries: [ModelEntry]) -> ModelEntry? {
        entries.first { $0.name == name } ?? entries.first { $0.otherNames.contains(name) }
    }

    private var ownCandidates: [FoundModel] {
        PlainTrees.scanUserFolder(folder, origin: .own).models
            + moreFolders.flatMap { PlainTrees.scanUserFolder($0, origin: .folder).models }
    }
}

/// Names that are given so far.
private struct Naming {
    private var entries: [ModelEntry] = []
    private var names: Set<String> = [ModelLibrary.builtInName]
    private var places: [FileFacts.Identity: Int] = [:]
    private var otherNames: [(name: String, index: Int)] = []

    /// Takes a link to a model that is there already.
    /// - Returns: false if it is another model.
    mutating func addLink(_ model: FoundModel) -> Bool {
        guard let identity = Self.identity(model.path), let index = places[identity] else { return false }
        otherNames += ([model.name] + model.otherNames).map { ($0, index) }
        return true
    }

    mutating func add(_ model: FoundModel, isArriving: Bool) {
        guard let name = model.possibleNames.first(where: { !names.contains($0) }) else { return }
        names.insert(name)
        if let identity = Self.identity(model.path), places[identity] == nil { places[identity] = entries.count }
        otherNames += (model.otherNames + [ModelFileName.stemWithoutPart(model.path)].compactMap { $0 })
            .map { ($0, entries.count) }
        let files =
            FileFacts(model.path)?.isFolder == true
            ? ModelFolder.files(of: model.path).filter { $0.hasSuffix(".safetensors") }
            : ModelFileName.parts(of: model.path)
        entries.append(
            ModelEntry(
                name: name, otherNames: [], path: model.path, origin: model.origin,
                bytes: files.reduce(0) { $0 + (FileFacts($1)?.bytes ?? 0) }, isArriving: isArriving))
    }

    /// The models, each with those of its other names that no model has.
    var finished: [ModelEntry] {
        var entries = entries
        var names = names
        for (name, index) in otherNames where names.insert(name).inserted { entries[index].otherNames.append(name) }
        return entries
    }

    /// Of the file, or of the first file of weights in a folder.
    private static func identity(_ path: String) -> FileFacts.Identity? {
        guard let facts = FileFacts(path) else { return nil }
        guard facts.isFolder else { return facts.identity }
        let weights = ModelFolder.files(of: path).first { $0.hasSuffix(".safetensors") }
        return weights.flatMap { FileFacts($0) }?.identity
    }
}
