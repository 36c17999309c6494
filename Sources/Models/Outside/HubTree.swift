// The cache of Hugging Face's libraries, which llama.cpp also fills: models--OWNER--NAME/snapshots/COMMIT/FILE, where FILE
// is a link to blobs/ETAG.
// - A link is followed only to a blob with a bare name; a partial one has an ending.
// - The commit that refs/main names comes first, so that an older one gets another name.
// Layout: huggingface_hub 2.4.0, llama.cpp's common/hf-cache.

import Foundation

enum HubTree {
    /// Deeper folders of a repository hold no models.
    private static let deepest = 3

    static func scan(_ folder: String, origin: LibraryOrigin) -> FoundTree {
        var tree = FoundTree()
        for name in tree.names(in: folder) where name.hasPrefix("models--") {
            let parts = name.dropFirst("models--".count).components(separatedBy: "--")
            guard let repository = parts.last, !repository.isEmpty else { continue }
            scanRepository(
                "\(folder)/\(name)", owner: parts.count > 1 ? parts.dropLast().joined(separator: "--") : nil,
                repository: repository, origin: origin, into: &tree)
        }
        return tree
    }

    private static func scanRepository(
        _ folder: String, owner: String?, repository: String, origin: LibraryOrigin, into tree: inout FoundTree
    ) {
        let main = FolderReading.bytes(of: folder + "/refs/main", mostBytes: 4096)
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
        let commits = tree.names(in: folder + "/snapshots").filter { !$0.hasPrefix(".") }
        for commit in commits.filter({ $0 == main }) + commits.filter({ $0 != main }) {
            var template = FoundModel(name: repository, path: "\(folder)/snapshots/\(commit)", origin: origin)
            (template.owner, template.repository, template.revision) = (owner, repository, commit)
            scanSnapshot(template.path, template: template, depth: 1, into: &tree)
        }
    }

    private static func scanSnapshot(_ folder: String, template: FoundModel, depth: Int, into tree: inout FoundTree) {
        let names = tree.names(in: folder)
        if depth == 1, ModelFolder.looksLikeModel(names) {
            if let gap = names.lazy.filter(ModelFolder.isNeeded).compactMap({ gap(at: "\(folder)/\($0)") }).first {
                tree.leftOut.append((folder, gap))
            } else {
                tree.models.append(template)
            }
        }
        for name in names where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            if ModelFileName.isFirstFile(name) {
                if ModelFileName.isCompanion(name) { continue }
                if let gap = ModelFileName.parts(of: path).lazy.compactMap(gap(at:)).first {
                    tree.leftOut.append((path, gap))
                    continue
                }
                var model = template
                (model.name, model.path) = (ModelFileName.stem(name), path)
                tree.models.append(model)
            } else if depth < deepest, FolderReading.target(ofLink: path) == nil, FileFacts(path)?.isFolder == true {
                scanSnapshot(path, template: template, depth: depth + 1, into: &tree)
            }
        }
    }

    /// Why a file of a snapshot is not there in full, by its link alone; `nil` if nothing speaks against it.
    private static func gap(at path: String) -> String? {
        guard let target = FolderReading.target(ofLink: path) else {
            return FileFacts(path) == nil ? "\(path) is missing, so the download is not complete." : nil
        }
        guard !ModelFileName.isUnfinished(FolderReading.lastName(target)) else {
            return "\(path) leads to a download that is not complete."
        }
        return FileFacts(path) == nil ? "\(path) leads to a file that is not there." : nil
    }
}
