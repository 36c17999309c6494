// Chooses the files of a repository that make one model.
// - A split model is taken with all its parts, or not at all.
// - A vision projector, an importance matrix or an adapter is never chosen as a model.

import Generation

/// Files that make one model.
struct RepositoryChoice {
    var files: [HubFile]
    /// True for a folder of safetensors.
    var isFolder = false

    /// - Throws: `DownloadError` if none fits, several do, or parts are missing.
    static func of(_ wanted: ModelReference.Wanted, in files: [HubFile], repository: String) throws -> RepositoryChoice
    {
        let groups = groups(of: files)
        switch wanted {
        case .file(let path): return try file(path, files, groups, repository)
        case .quant(let quant):
            guard !groups.isEmpty else { throw try withoutGGUF(files, repository) }
            return try quantized(quant, groups, repository).complete()
        case .usual:
            guard !groups.isEmpty else { return try folder(files, repository) }
            return try usual(groups, repository).complete()
        }
    }

    private static func file(
        _ path: String, _ files: [HubFile], _ groups: [Group], _ repository: String
    ) throws -> RepositoryChoice {
        let exact = files.first { $0.path == path } ?? files.first { $0.path.lowercased() == path.lowercased() }
        guard let file = exact else {
            // A part that is missing at the source is named with the parts that are there.
            if let group = groups.first(where: { $0.key == SplitName(path)?.stem ?? "" }) {
                return try group.complete()
            }
            let paths = files.map(\.path).filter { $0.lowercased().hasSuffix(".gguf") }
            let last = path.split(separator: "/").last.map(String.init) ?? path
            let nearest =
                paths.first { $0.hasSuffix("/" + last) } ?? NearestName.to(path, among: paths)
            throw DownloadError.unknownFile(path, repository: repository, nearest: nearest)
        }
        guard let group = groups.first(where: { $0.files.contains(file) }) else {
            throw DownloadError.notAModel(file: path)
        }
        return try group.complete()
    }

    private static func quantized(_ quant: String, _ groups: [Group], _ repository: String) throws -> Group {
        var fitting = groups.filter { $0.quant?.isMeant(by: quant) == true }
        if fitting.isEmpty { fitting = groups.filter { $0.quant?.isNearlyMeant(by: quant) == true } }
        if fitting.isEmpty {
            let ends = ["-", ".", "_"].map { $0 + quant.lowercased() }
            fitting = groups.filter { group in ends.contains { group.stem.lowercased().hasSuffix($0) } }
        }
        if let group = fitting.first, fitting.count == 1 { return group }
        guard fitting.isEmpty else {
            throw DownloadError.severalModels(
                repository: repository, quant: quant, choices: fitting.map { $0.choice(byFile: true) })
        }
        throw DownloadError.unknownQuant(quant, repository: repository, choices: choices(groups))
    }

    private static func usual(_ groups: [Group], _ repository: String) throws -> Group {
        if let group = groups.first, groups.count == 1 { return group }
        for quant in QuantName.byPreference {
            let fitting = groups.filter { $0.quant?.text == quant }
            if fitting.count == 1 { return fitting[0] }
            if fitting.count > 1 { break }
        }
        throw DownloadError.severalModels(repository: repository, quant: nil, choices: choices(groups))
    }

    /// By quant if each has one of its own, else by file.
    private static func choices(_ groups: [Group]) -> [FileChoice] {
        let quants = groups.map(\.quant)
        let isClear = !quants.contains(nil) && Set(quants).count == quants.count
        return groups.map { $0.choice(byFile: !isClear) }
    }

    private static func withoutGGUF(_ files: [HubFile], _ repository: String) throws -> DownloadError {
        let isModel = (try? folder(files, repository)) != nil
        return isModel ? .onlyWeights(repository: repository) : .noModel(repository: repository)
    }

    /// The files of a model as Hugging Face's libraries save it, at the top of the repository.
    private static func folder(_ files: [HubFile], _ repository: String) throws -> RepositoryChoice {
        let top = files.filter { !$0.path.contains("/") }
        let weights = top.filter { $0.path.hasSuffix(".safetensors") && !$0.path.hasPrefix("consolidated") }
        guard top.contains(where: { $0.path == "config.json" }), !weights.isEmpty else {
            throw DownloadError.noModel(repository: repository)
        }
        let splits = weights.compactMap { file in SplitName(file.path).map { (name: $0, file: file) } }
        let whole = weights.filter { SplitName($0.path) == nil }
        // Some repositories have the model twice: whole and in parts.
        let chosen: [HubFile]
        if let model = whole.first(where: { $0.path == "model.safetensors" }) {
            chosen = [model]
        } else if splits.isEmpty {
            chosen = whole
        } else {
            let stems = Set(splits.map(\.name.stem))
            guard let stem = stems.contains("model") ? "model" : stems.sorted().first else { return .init(files: []) }
            chosen = try Group(key: stem, files: splits.filter { $0.name.stem == stem }.map(\.file)).complete().files
        }
        let others = top.filter { isOfFolder($0.path) }
        return RepositoryChoice(files: others + chosen, isFolder: true)
    }

    private static func isOfFolder(_ name: String) -> Bool {
        [
            "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt", "tokenizer.model", "chat_template.jinja",
            "chat_template.json", "model.safetensors.index.json",
        ].contains(name)
    }

    /// The GGUF files that may be models, with the parts of a split one together.
    private static func groups(of files: [HubFile]) -> [Group] {
        let models = files.filter { file in
            let name = file.path.split(separator: "/").last.map { $0.lowercased() } ?? ""
            guard name.hasSuffix(".gguf"), !name.contains("mmproj") else { return false }
            return !name.hasPrefix("imatrix") && !(name.contains("imatrix") && QuantName(path: file.path) == nil)
        }
        var order: [String] = []
        var byKey: [String: [HubFile]] = [:]
        for file in models {
            let key = SplitName(file.path)?.stem ?? file.path
            if byKey[key] == nil { order.append(key) }
            byKey[key, default: []].append(file)
        }
        return order.map { Group(key: $0, files: byKey[$0] ?? []) }
    }
}

/// The parts of one model.
private struct Group {
    /// The path without the part's number; of a file that is not split its path.
    let key: String
    let files: [HubFile]
    let quant: QuantName?

    init(key: String, files: [HubFile]) {
        (self.key, self.files) = (key, files)
        quant = files.first.flatMap { QuantName(path: Self.wholePath($0.path)) }
    }

    var stem: String { key.lowercased().hasSuffix(".gguf") ? String(key.dropLast(5)) : key }

    private static func wholePath(_ path: String) -> String { SplitName(path).map { $0.stem + ".gguf" } ?? path }

    func choice(byFile: Bool) -> FileChoice {
        let bytes = files.reduce(0) { $0.addingReportingOverflow($1.bytes ?? 0).partialValue }
        let path = files.first?.path ?? key
        return FileChoice(name: byFile ? path : quant?.text ?? path, bytes: bytes)
    }

    /// - Throws: `DownloadError.missingParts`
    func complete() throws -> RepositoryChoice {
        guard let first = files.compactMap({ SplitName($0.path) }).first else { return RepositoryChoice(files: files) }
        let byPath = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { old, _ in old })
        let wanted = (1...first.count).map(first.path(part:))
        let missing = wanted.filter { byPath[$0] == nil }
        guard missing.isEmpty else {
            throw DownloadError.missingParts(name: first.stem, missing: Array(missing.prefix(5)))
        }
        return RepositoryChoice(files: wanted.compactMap { byPath[$0] })
    }
}

/// The name of a part of a split model: `STEM-00001-of-00003.gguf`.
struct SplitName: Hashable {
    /// The path before the number.
    let stem: String
    let part: Int
    /// 1 to 99,999, and never less than `part`.
    let count: Int
    let ending: String

    init?(_ path: String) {
        guard let ending = [".gguf", ".safetensors"].first(where: { path.lowercased().hasSuffix($0) }) else {
            return nil
        }
        // -00001-of-00003
        let bytes = Array(path.utf8.dropLast(ending.utf8.count))
        guard bytes.count > 15, case let numbers = String(decoding: bytes.suffix(15), as: UTF8.self),
            numbers.hasPrefix("-"), numbers.dropFirst(6).hasPrefix("-of-"),
            let part = HeaderNumber.count(numbers.dropFirst().prefix(5)),
            let count = HeaderNumber.count(numbers.suffix(5)), count >= 1, (1...count).contains(part)
        else { return nil }
        (stem, self.part, self.count) = (String(decoding: bytes.dropLast(15), as: UTF8.self), part, count)
        self.ending = String(path.suffix(ending.count))
    }

    func path(part: Int) -> String { "\(stem)-\(Self.digits(part))-of-\(Self.digits(count))\(ending)" }

    private static func digits(_ number: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
}
