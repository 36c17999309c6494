// Models with adapters on top, by one name: MODEL + ADAPTER:SCALE.
// - An adapter is one of the library's own folders or files, or a path.
// - A text that is the name or the path of a model as a whole is never cut into parts.

import Foundation
import Generation
import Inference

extension ModelLibrary {
    /// Factors of adapters outside it are mistakes.
    private static let scales: ClosedRange<Float> = -100...100

    /// The model and the adapters that a text means; `nil` if it means a model alone.
    func adapted(_ text: String) -> ModelChoice? {
        let choice = ModelChoice(text)
        guard !choice.adapters.isEmpty else { return nil }
        let own = Set(ownEntries.map(\.name))
        // A model's own name may look like several, so the longest part that is one counts.
        for count in (0...choice.adapters.count).reversed() {
            let base = ModelChoice(base: choice.base, adapters: Array(choice.adapters.prefix(count))).text
            guard count == 0 || own.contains(base) || aliases[base] != nil || FileFacts(base) != nil else { continue }
            let adapters = Array(choice.adapters.dropFirst(count))
            return adapters.isEmpty ? nil : ModelChoice(base: base, adapters: adapters)
        }
        return nil
    }

    /// What the user calls the model below the adapters; see `name(of:)`.
    public func baseName(of nameOrPath: String?) -> String {
        let target = (try? withoutAlias(nameOrPath)) ?? nameOrPath
        guard let target, let choice = adapted(target) else { return name(of: nameOrPath) }
        return name(of: choice.base)
    }

    /// The name of an adapter without its folder.
    func name(of adapter: ModelChoice.Adapter) -> ModelChoice.Adapter {
        guard let found = try? place(of: adapter) else { return adapter }
        return ModelChoice.Adapter(name: found.name, scale: found.scale)
    }

    /// Opens a model, and puts adapters on top of it.
    /// - Throws: as `open` does; `ModelLibraryError` for an adapter that is not there, `AdapterError` for one that does not
    ///   fit the model.
    func open(_ choice: ModelChoice) throws -> OpenedModel {
        let base = try open(choice.base)
        var applied: [AppliedAdapter] = []
        var names: [ModelChoice.Adapter] = []
        for adapter in choice.adapters {
            let found = try place(of: adapter)
            guard Self.scales.contains(found.scale) else { throw ModelLibraryError.badScale(adapter: adapter.text) }
            applied.append(AppliedAdapter(try AdapterFiles.open(path: found.path, for: base.file), scale: found.scale))
            names.append(ModelChoice.Adapter(name: found.name, scale: found.scale))
        }
        return OpenedModel(
            name: ModelChoice(base: base.name, adapters: names).text, file: try AdaptedModel(base.file, applied),
            origin: base.origin)
    }

    /// The facts about a model, or about an adapter alone.
    /// - Throws: as `open` does.
    public func describe(_ nameOrPath: String?) throws -> ModelDescription {
        if let target = try withoutAlias(nameOrPath), target != Self.builtInName, adapted(target) == nil,
            EndpointName(target, among: endpointNames) == nil
        {
            let entry = entry(named: target)
            let path = entry?.path ?? target
            if FileFacts(path) != nil, AdapterFiles.isAdapter(path: path) {
                var description = ModelDescription(adapter: try AdapterFiles.facts(path: path), path: path)
                description.name = entry?.name ?? ModelFileName.stem(path)
                description.origin = entry?.origin ?? .own
                return description
            }
        }
        return ModelDescription(try open(nameOrPath))
    }

    /// The names of the library's adapters.
    public var adapterNames: [String] { list().filter { $0.adapter != nil }.map(\.name) }

    private func place(of adapter: ModelChoice.Adapter) throws -> (name: String, path: String, scale: Float) {
        // A file's own name may end with a colon and a number.
        for (name, scale) in [(adapter.text, Float(1)), (adapter.name, adapter.scale)] {
            let target = try withoutAlias(name) ?? name
            if let entry = entry(named: target) { return (entry.name, entry.path, scale) }
            let path = (target as NSString).expandingTildeInPath
            guard FileFacts(path) != nil else { continue }
            let full = URL(fileURLWithPath: path).standardizedFileURL.path
            return (ModelFileName.stem(full), path, scale)
        }
        throw ModelLibraryError.unknownAdapter(name: adapter.name, known: adapterNames, folder: folder)
    }
}
