// What a Hub's JSON says, of which nothing is believed that is not checked here.
// - Sums are lower-case hexadecimal of their length, sizes are not negative, and paths hold no `..`.

import Generation

/// Why an answer cannot be used.
package struct UnreadableAnswer: Error, Equatable, CustomStringConvertible {
    package var description: String
}

/// The facts about a revision of a repository: `/api/models/OWNER/REPO/revision/REV`.
package struct HubRevision: Equatable {
    package var commit: String
    var licence: String?
    var isGated: Bool

    package init(_ bytes: [UInt8]) throws(UnreadableAnswer) {
        let json = try HubJSON.value(bytes)
        guard let commit = json["sha"]?.text, HubJSON.isCommit(commit) else {
            throw UnreadableAnswer(description: "it names no commit of the repository")
        }
        self.commit = commit
        licence = HubJSON.licence(json)
        isGated = HubJSON.isGated(json)
    }
}

/// A file of a repository.
package struct HubFile: Equatable, Sendable {
    package var path: String
    /// Of weights both are always there.
    package var bytes: Int?
    package var sum: FileSum?
}

/// One page of `/api/models/OWNER/REPO/tree/COMMIT?recursive=true`.
package enum HubTree {
    /// The most entries of a page that are read; the Hub sends a thousand.
    private static let mostEntries = 20_000

    package static func files(_ bytes: [UInt8]) throws(UnreadableAnswer) -> [HubFile] {
        guard let items = try HubJSON.value(bytes).items else {
            throw UnreadableAnswer(description: "it is no list of files")
        }
        var files: [HubFile] = []
        for item in items.prefix(mostEntries) where item["type"]?.text != "directory" {
            guard let path = item["path"]?.text, !path.isEmpty else {
                throw UnreadableAnswer(description: "a file in its list has no path")
            }
            let stored = item["lfs"].flatMap { $0.isNull ? nil : $0 }
            let size = (stored?["size"] ?? item["size"])?.int.flatMap { $0 >= 0 ? $0 : nil }
            // Git's sum covers the size too.
            let sum = size == nil ? nil : sum(item, stored)
            if [".gguf", ".safetensors"].contains(where: path.lowercased().hasSuffix), size == nil || sum == nil {
                let missing = size == nil ? "size" : "checksum"
                throw UnreadableAnswer(description: "the \(missing) of '\(ServerMessage.short(path))' is missing")
            }
            files.append(HubFile(path: path, bytes: size, sum: sum))
        }
        return files
    }

    private static func sum(_ item: JSONValue, _ stored: JSONValue?) -> FileSum? {
        if let stored {
            // `sha256` in some answers, `oid` in others, with or without its kind before it.
            let text = (stored["oid"] ?? stored["sha256"])?.text?.lowercased() ?? ""
            let sum = text.hasPrefix("sha256:") ? String(text.dropFirst("sha256:".count)) : text
            if HubJSON.isHexadecimal(sum, count: 64) { return .sha256(sum) }
        } else if let sum = item["oid"]?.text?.lowercased(), HubJSON.isHexadecimal(sum, count: 40) {
            return .git(sum)
        }
        return nil
    }
}

/// The answer to `/api/models?search=…`.
package enum HubSearch {
    package static func models(_ bytes: [UInt8]) throws(UnreadableAnswer) -> [FoundModel] {
        guard let items = try HubJSON.value(bytes).items else {
            throw UnreadableAnswer(description: "it is no list of models")
        }
        return items.prefix(100).compactMap { item in
            guard let name = (item["id"] ?? item["modelId"])?.text, name.split(separator: "/").count == 2,
                (try? ModelReference(name)) != nil
            else { return nil }
            let paths = (item["siblings"]?.items ?? []).compactMap { $0["rfilename"]?.text }
            var quants: [String] = []
            for quant in paths.compactMap(QuantName.init(path:)).map(\.text) where !quants.contains(quant) {
                quants.append(quant)
            }
            return FoundModel(
                name: name, downloads: item["downloads"]?.int, likes: item["likes"]?.int,
                licence: HubJSON.licence(item), isGated: HubJSON.isGated(item), quants: quants)
        }
    }
}

/// A manifest of Ollama's registry.
package struct OllamaManifest: Equatable {
    package var sha256: String
    package var bytes: Int

    /// - Returns: nil if the model has no GGUF file.
    package init?(_ bytes: [UInt8]) throws(UnreadableAnswer) {
        let json = try HubJSON.value(bytes)
        guard let layers = json["layers"]?.items else {
            throw UnreadableAnswer(description: "it has no list of layers")
        }
        let models = layers.filter { $0["mediaType"]?.text == "application/vnd.ollama.image.model" }
        guard let layer = models.first else { return nil }
        guard let digest = layer["digest"]?.text?.lowercased(), digest.hasPrefix("sha256:"),
            HubJSON.isHexadecimal(digest.dropFirst("sha256:".count), count: 64), let size = layer["size"]?.int, size > 0
        else { throw UnreadableAnswer(description: "the size or the checksum of the model is missing") }
        (sha256, self.bytes) = (String(digest.dropFirst("sha256:".count)), size)
    }
}

enum HubJSON {
    static func value(_ bytes: [UInt8]) throws(UnreadableAnswer) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw UnreadableAnswer(description: "it is no JSON: \(error.problem)")
        }
    }

    static func isHexadecimal(_ text: some StringProtocol, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    static func isCommit(_ text: String) -> Bool { isHexadecimal(text, count: 40) || isHexadecimal(text, count: 64) }

    /// True for the name of an unfinished file, which is never a path.
    static func isKey(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
    }

    /// `cardData.license`, else the tag `license:…`.
    static func licence(_ json: JSONValue) -> String? {
        let card = json["cardData"].flatMap { $0["license_name"]?.text ?? $0["license"]?.text }
        let tags = (json["tags"]?.items ?? []).compactMap(\.text)
        let tag = tags.first { $0.hasPrefix("license:") }.map { String($0.dropFirst("license:".count)) }
        let licence = (card ?? tag).map(ServerMessage.short)
        return licence?.isEmpty == false ? licence : nil
    }

    /// `false`, "auto" or "manual".
    static func isGated(_ json: JSONValue) -> Bool {
        guard let gated = json["gated"] else { return false }
        return gated.truth ?? (gated.text.map { $0 != "false" } ?? false)
    }
}
