// Folders in which model files lie under their own names: llama.cpp's older cache, LM Studio's, and the user's folders,
// among them those that `hf download --local-dir` made.

enum PlainTrees {
    /// The GGUF files in a folder itself. llama.cpp keeps files here that it got from an address, with `.etag` beside them.
    static func scanFlat(_ folder: String, origin: LibraryOrigin) -> FoundTree {
        var tree = FoundTree()
        for name in tree.names(in: folder) where isWriter(name) {
            tree.models.append(
                FoundModel(
                    name: ModelFileName.stem(name), owner: origin.rawValue, path: "\(folder)/\(name)", origin: origin))
        }
        return tree
    }

    /// The GGUF files in PUBLISHER/MODEL, exactly two levels down.
    static func scanPublishers(_ folder: String, origin: LibraryOrigin) -> FoundTree {
        var tree = FoundTree()
        for publisher in tree.names(in: folder) where !publisher.hasPrefix(".") {
            for model in tree.names(in: "\(folder)/\(publisher)") where !model.hasPrefix(".") {
                let place = "\(folder)/\(publisher)/\(model)"
                for name in tree.names(in: place) where isWriter(name) {
                    tree.models.append(
                        FoundModel(
                            name: ModelFileName.stem(name), owner: publisher, repository: model,
                            path: "\(place)/\(name)", origin: origin))
                }
            }
        }
        return tree
    }

    /// GGUF files and model folders of a folder of the user, and the GGUF files of downloads in it.
    static func scanUserFolder(_ folder: String, origin: LibraryOrigin) -> FoundTree {
        var tree = FoundTree()
        let owner = FolderReading.lastName(folder)
        let names = tree.names(in: folder)
        let isInDownload = isDownload(folder)
        if origin == .folder, ModelFolder.looksLikeModel(names) {
            tree.models.append(FoundModel(name: owner, path: folder, origin: origin))
        }
        for name in names where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            if name.lowercased().hasSuffix(".gguf") {
                // A part that is no first one belongs to a model that is listed by its first.
                guard ModelFileName.isFirstFile(name) else { continue }
                tree.models.append(
                    FoundModel(name: ModelFileName.stem(name), owner: owner, path: path, origin: origin))
            } else if FileFacts(path + "/config.json") != nil || FileFacts(path + "/adapter_config.json") != nil {
                tree.models.append(FoundModel(name: name, owner: owner, path: path, origin: origin))
            } else if isDownload(path) {
                scanDownload(path, origin: origin, into: &tree)
            } else if isInDownload {
                scanDownloadedFolder(path, owner: owner, origin: origin, into: &tree)
            }
        }
        return tree
    }

    private static func isDownload(_ folder: String) -> Bool {
        FileFacts(folder + "/.cache/huggingface/download")?.isFolder == true
    }

    /// The GGUF files that `hf download --local-dir` put into a folder, at most one folder deeper. It moves a file here
    /// when the file is complete; until then the file lies in `.cache`.
    private static func scanDownload(_ folder: String, origin: LibraryOrigin, into tree: inout FoundTree) {
        let owner = FolderReading.lastName(folder)
        for name in tree.names(in: folder) where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            if FileFacts(path)?.isFolder == true {
                scanDownloadedFolder(path, owner: owner, origin: origin, into: &tree)
            } else if isWriter(name) {
                tree.models.append(
                    FoundModel(name: ModelFileName.stem(name), owner: owner, path: path, origin: origin))
            }
        }
    }

    private static func scanDownloadedFolder(
        _ folder: String, owner: String, origin: LibraryOrigin, into tree: inout FoundTree
    ) {
        guard FileFacts(folder)?.isFolder == true else { return }
        for name in tree.names(in: folder) where isWriter(name) {
            tree.models.append(
                FoundModel(name: ModelFileName.stem(name), owner: owner, path: "\(folder)/\(name)", origin: origin))
        }
    }

    private static func isWriter(_ name: String) -> Bool {
        ModelFileName.isFirstFile(name) && !ModelFileName.isCompanion(name) && !ModelFileName.isUnfinished(name)
            && !name.hasPrefix(".")
    }
}
