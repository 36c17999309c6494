// Ollama's models: a manifest names blobs, and one of them is the GGUF file.
// - manifests/HOST/NAMESPACE/MODEL/TAG is JSON with layers; a blob is blobs/sha256-HEX. A manifest is written last, so its
//   blobs are complete if their sizes are right; a partial blob has another name and its full size from the start.
// - Any host counts, and so does the newer folder manifest-v2, whose manifests are links.
// - A digest is used as a file name only if it is 64 hexadecimal digits.
// Source: ollama's server/manifest.go, types/model/name.go.

import Generation

enum OllamaTree {
    private static let manifestFolders = ["manifests", "manifest-v2", "manifests-v2"]
    private static let mostManifestBytes = 4 << 20
    private static let deepest = 5
    private static let modelLayer = "application/vnd.ollama.image.model"
    private static let adapterLayer = "application/vnd.ollama.image.adapter"

    static func scan(_ folder: String) -> FoundTree {
        var tree = FoundTree()
        for manifests in manifestFolders { walk("\(folder)/\(manifests)", parts: [], root: folder, into: &tree) }
        // One blob may have many names: `latest` says less than a number of parameters.
        tree.models.sort { left, right in !left.name.hasSuffix(":latest") && right.name.hasSuffix(":latest") }
        return tree
    }

    private static func walk(_ path: String, parts: [String], root: String, into tree: inout FoundTree) {
        for name in tree.names(in: path) where !name.hasPrefix(".") {
            let inner = "\(path)/\(name)"
            guard let facts = FileFacts(inner) else { continue }
            if facts.isFolder {
                if parts.count < deepest { walk(inner, parts: parts + [name], root: root, into: &tree) }
            } else if facts.isFile, !parts.isEmpty {
                read(inner, parts: parts + [name], root: root, into: &tree)
            }
        }
    }

    /// - Parameter parts: the names below the folder of manifests; the last two are model and tag.
    private static func read(_ path: String, parts: [String], root: String, into tree: inout FoundTree) {
        let (model, tag) = (parts[parts.count - 2], parts[parts.count - 1])
        guard let bytes = FolderReading.bytes(of: path, mostBytes: mostManifestBytes),
            let manifest = try? JSONValue(parsing: bytes), let layers = manifest["layers"]?.items
        else {
            tree.leftOut.append((path, "\(path) is no manifest that can be read."))
            return
        }
        let weights = layers.filter { $0["mediaType"]?.text == modelLayer }
        // Models in several layers of tensors are no GGUF files, and names of cloud models have no weights at all.
        guard let layer = weights.first, weights.count == 1 else { return }
        guard !layers.contains(where: { $0["mediaType"]?.text == adapterLayer }) else {
            tree.leftOut.append(
                (path, "\(model):\(tag) is a model with an adapter, which cannot be used here. Merge the two."))
            return
        }
        guard let digest = layer["digest"]?.text, let hash = sha256(digest) else {
            tree.leftOut.append((path, "\(path) names no SHA-256 sum for its model."))
            return
        }
        let blob = "\(root)/blobs/sha256-\(hash)"
        guard let facts = FileFacts(blob), facts.isFile, layer["size"]?.int == facts.bytes else {
            tree.leftOut.append((path, "\(model):\(tag) is not complete: \(blob) is missing or of another size."))
            return
        }
        var found = FoundModel(name: "\(model):\(tag)", path: blob, origin: .ollama)
        if parts.count > 2 { found.owner = parts[parts.count - 3] }
        if parts.count > 3 { found.repository = parts[parts.count - 4] }
        if tag == "latest" { found.otherNames = [model] }
        tree.models.append(found)
    }

    /// The hexadecimal digits of `sha256:HEX`; `nil` if it is anything else.
    private static func sha256(_ digest: String) -> String? {
        guard digest.hasPrefix("sha256:") || digest.hasPrefix("sha256-") else { return nil }
        let hash = digest.dropFirst(7)
        let digits = Set("0123456789abcdef")
        return hash.count == 64 && hash.allSatisfy(digits.contains) ? String(hash) : nil
    }
}
