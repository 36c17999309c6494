// What is in the trees of other programs, for a person who asks why a model is in the list or not.

/// One tree of another program.
public struct OutsideFinding: Sendable, Hashable, Codable {
    /// A file that is not in the list, and why.
    public struct LeftOut: Sendable, Hashable, Codable {
        public var path: String
        public var problem: String
    }

    public var origin: LibraryOrigin
    /// As a sentence names it: `Ollama`.
    public var program: String
    public var folder: String
    /// Models that can be used; several links to one file are one.
    public var count: Int
    /// The size of their weights.
    public var bytes: Int
    /// Why the folder, or a part of it, cannot be read; `nil` if it can.
    public var problem: String?
    /// Files that cannot be used: incomplete, damaged, or of a kind that this program cannot run.
    public var leftOut: [LeftOut]
}

extension OutsideModels {
    /// The trees that are there, and those that the environment names and that are not.
    public var findings: [OutsideFinding] { findings(ModelHeaders(path: nil)) }

    func findings(_ headers: ModelHeaders) -> [OutsideFinding] {
        roots.compactMap { finding(about: $0, headers) }
    }

    private func finding(about root: OutsideRoot, _ headers: ModelHeaders) -> OutsideFinding? {
        var finding = OutsideFinding(
            origin: root.origin, program: root.origin.programName ?? root.origin.rawValue, folder: root.folder,
            count: 0,
            bytes: 0, leftOut: [])
        do {
            guard try FolderReading.names(in: root.folder) != nil else {
                guard let variable = root.variable else { return nil }
                finding.problem =
                    "\(variable) of the environment names \(root.folder), and there is no such folder. "
                    + "Make it, or change the variable."
                return finding
            }
        } catch {
            finding.problem = error.sentence
            return finding
        }
        let tree = scan(root)
        finding.problem = tree.unreadable.first?.sentence
        finding.leftOut = tree.leftOut.map { .init(path: $0.path, problem: $0.sentence) }
        let arriving = ArrivingFiles.among(tree.models.map(\.path))
        var seen: Set<FileFacts.Identity> = []
        for model in tree.models {
            if let facts = FileFacts(model.path), !facts.isFolder, !seen.insert(facts.identity).inserted { continue }
            if arriving.contains(model.path) {
                finding.leftOut.append(.init(path: model.path, problem: "\(model.path): is being downloaded."))
                continue
            }
            let header = headers.header(of: model.path)
            if header.state == .writer {
                finding.count += 1
                finding.bytes += header.description.bytes ?? 0
            } else {
                let sentence =
                    "\(model.path): is an adapter, which changes another model. Give its path to put it on one."
                finding.leftOut.append(.init(path: model.path, problem: header.description.problem ?? sentence))
            }
        }
        return finding
    }
}

extension ModelLibrary {
    /// What is in the trees of other programs; heads that the library remembers are not read again.
    public var outsideFindings: [OutsideFinding] {
        defer { headers.save() }
        return outside.findings(headers)
    }
}
