// Takes a model into the models folder.
// - The model is checked before anything is written, and appears with all its files or not at all.
// - Whatever happens on the way, the source is as it was; only a move that has succeeded takes it away.

import Files
import Foundation
import Generation

/// What happens to the files of a model that is imported.
public enum ImportMode: String, Sendable, CaseIterable {
    case copy
    /// A symbolic link to the place where the model is.
    case link
    case move
}

extension ModelLibrary {
    /// Takes a model into the models folder; this may take minutes.
    /// - Parameters:
    ///   - path: a GGUF file (any part of a split model), a model folder, or the name of a model of another program.
    ///   - folder: another folder than that of the library.
    ///   - replaces: true if a model of the same name gives way.
    ///   - isStopped: asked about ten times a second.
    ///   - report: told in bytes, at most ten times a second.
    /// - Throws: `UpkeepError`; `ModelFileError` or `ModelCheckError` if it is no complete model that writes.
    @discardableResult
    public func importModel(
        _ path: String, into folder: String? = nil, mode: ImportMode = .copy, replaces: Bool = false,
        isStopped: () -> Bool = { false }, report: (JobProgress) -> Void = { _ in }
    ) throws -> ModelEntry {
        let source = try ImportSource(path, in: self)
        let folder = folder ?? self.folder
        if mode == .move, let owner = outside.owner(of: source.path) {
            throw UpkeepError.belongsTo(path: source.path, program: owner.origin.programName ?? owner.folder)
        }
        try ModelFileCheck.check(path: source.path)
        let library = ModelLibrary(folder: folder)
        let old = library.ownEntries.first { $0.name == source.name }
        let oldFiles = Set(old.map { Self.files(of: $0) } ?? []).union(
            source.targets.map { "\(folder)/\($0)" }.filter(FileTransfer.exists))
        let sources = Set((source.isFolder ? [source.path] : source.files).map(FolderReading.resolved))
        if FolderReading.resolved(FilePath.folder(of: source.path)) == FolderReading.resolved(folder)
            || !sources.isDisjoint(with: oldFiles.map(FolderReading.resolved))
        {
            throw UpkeepError.alreadyInFolder(path: source.path)
        }
        if let taken = oldFiles.sorted().first, !replaces { throw UpkeepError.taken(name: source.name, path: taken) }
        var work = ModelImport(source: source, folder: folder, mode: mode, oldFiles: oldFiles.sorted())
        try withoutActuallyEscaping(isStopped) { isStopped in
            try withoutActuallyEscaping(report) { report in
                try work.run(isStopped: isStopped, report: report)
            }
        }
        guard let entry = library.ownEntries.first(where: { $0.name == source.name }) else {
            throw UpkeepError.nothingThere(path: "\(folder)/\(source.name)")
        }
        return entry
    }

    /// The files of a model, or its folder.
    static func files(of entry: ModelEntry) -> [String] {
        FileFacts(entry.path)?.isFolder == true
            ? [entry.path] : ModelFileName.parts(of: entry.path).filter(FileTransfer.exists)
    }
}

/// A model that is to be imported, and the names that its files get.
private struct ImportSource {
    /// The first file, or the folder.
    var path: String
    var isFolder: Bool
    /// In order.
    var files: [String]
    /// What the library will call it.
    var name: String
    /// Names in the models folder: of each file, or of the folder.
    var targets: [String]
    var bytes: Int { files.reduce(0) { $0 + (FileFacts($1)?.bytes ?? 0) } }

    init(_ given: String, in library: ModelLibrary) throws {
        var path = given
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        var known: ModelEntry?
        if FileFacts(path) == nil {
            known = library.entry(named: path)
            guard let known, known.origin != .own else { throw UpkeepError.nothingThere(path: given) }
            path = known.path
        }
        if !path.hasPrefix("/") { path = FileManager.default.currentDirectoryPath + "/" + path }
        isFolder = FileFacts(path)?.isFolder == true
        if isFolder {
            let names = (try? FolderReading.names(in: path)) ?? []
            let folder = path
            files = names.filter(ModelFolder.isWorthKeeping).map { "\(folder)/\($0)" }
                .filter { FileFacts($0)?.isFile == true }
            name = known?.name ?? Self.folderName(path)
            targets = [name]
        } else {
            files = ModelFileName.parts(of: path)
            path = files[0]
            // A blob of Ollama has no name of its own.
            if known == nil, !path.lowercased().hasSuffix(".gguf"), let identity = FileFacts(path)?.identity {
                known = library.entries.first { FileFacts($0.path)?.identity == identity }
            }
            if path.lowercased().hasSuffix(".gguf") {
                targets = files.map(FolderReading.lastName)
            } else {
                targets = [
                    (known?.name ?? FolderReading.lastName(path)).replacingOccurrences(of: ":", with: "-") + ".gguf"
                ]
            }
            name = ModelFileName.stem(targets[0])
        }
        self.path = path
    }

    /// A snapshot in a cache is called after its repository, because its own name is a commit.
    private static func folderName(_ path: String) -> String {
        let parts = FolderReading.resolved(path).split(separator: "/")
        if parts.count >= 3, parts[parts.count - 2] == "snapshots", parts[parts.count - 3].hasPrefix("models--") {
            return parts[parts.count - 3].components(separatedBy: "--").last ?? String(parts[parts.count - 1])
        }
        return parts.last.map(String.init) ?? path
    }
}

/// The work of one import.
private struct ModelImport {
    let source: ImportSource
    let folder: String
    let mode: ImportMode
    /// Files or folders of the models folder that give way.
    let oldFiles: [String]
    /// Steps that give everything its old place, the first one first.
    private var undo: [() -> Void] = []

    init(source: ImportSource, folder: String, mode: ImportMode, oldFiles: [String]) {
        (self.source, self.folder, self.mode, self.oldFiles) = (source, folder, mode, oldFiles)
    }

    mutating func run(isStopped: @escaping () -> Bool, report: @escaping (JobProgress) -> Void) throws {
        let staging = try StagingFolder(in: folder)
        defer { withExtendedLifetime(staging) {} }  // what gives way lies in it
        do {
            let renames = mode == .move && isOnSameDisk(staging.path)
            if mode == .copy || mode == .move && !renames { try checkSpace() }
            // Files that are moved by their names alone go straight to their places: what lies in the staging folder of a
            // process that died is removed.
            let staged =
                renames
                ? source.isFolder ? [source.path] : source.files
                : try stage(in: staging.path, isStopped: isStopped, report: report)
            // What was copied is what will be used, so it is checked again.
            if mode != .link { try ModelFileCheck.check(path: staged[0]) }
            if isStopped() { throw UpkeepError.stopped(path: source.path) }
            try takeNames(staged, staging: staging.path)
            _ = Descriptor.synchronize(folder)
            if mode == .move, !renames { removeSource() }
        } catch {
            for step in undo.reversed() { step() }
            throw error
        }
    }

    private func isOnSameDisk(_ place: String) -> Bool {
        FileFacts(place)?.identity.device == FileFacts(source.path)?.identity.device
            && ([source.path] + source.files).allSatisfy { FolderReading.target(ofLink: $0) == nil }
    }

    private func checkSpace() throws {
        let bytes = source.bytes
        // Five per cent stay free, because other programs write too.
        let needed = bytes.addingReportingOverflow(bytes / 20).partialValue
        guard let free = FileTransfer.freeBytes(in: folder), free < needed else { return }
        throw UpkeepError.noSpace(folder: folder, neededBytes: needed, freeBytes: free)
    }

    /// Brings the files into the staging folder.
    /// - Returns: their paths there, or that of the folder.
    private func stage(
        in staging: String, isStopped: @escaping () -> Bool, report: @escaping (JobProgress) -> Void
    ) throws -> [String] {
        if source.isFolder, mode == .link {
            let staged = "\(staging)/\(source.targets[0])"
            try FileTransfer.link(FolderReading.resolved(source.path), at: staged)
            return [staged]
        }
        var place = staging
        if source.isFolder {
            place = "\(staging)/\(source.targets[0])"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        }
        let names = source.isFolder ? source.files.map(FolderReading.lastName) : source.targets
        let meter = ByteMeter(total: source.bytes, report: report)
        for (file, name) in zip(source.files, names) {
            if isStopped() { throw UpkeepError.stopped(path: source.path) }
            let staged = "\(place)/\(name)"
            if mode == .link {
                try FileTransfer.link(FolderReading.resolved(file), at: staged)
            } else {
                try FileTransfer.copy(file, to: staged, isStopped: isStopped) { meter.count($0) }
            }
        }
        meter.finish()
        return source.isFolder ? [place] : names.map { "\(place)/\($0)" }
    }

    /// Gives the staged files their names. The first part of a split model is the last one, because a list shows the model
    /// when that is there.
    private mutating func takeNames(_ staged: [String], staging: String) throws {
        for (index, old) in oldFiles.enumerated() { try rename(old, to: "\(staging)/old-\(index)") }
        for (path, name) in zip(staged, source.targets).reversed() {
            let target = "\(folder)/\(name)"
            guard !FileTransfer.exists(target) else { throw UpkeepError.taken(name: source.name, path: target) }
            try rename(path, to: target)
        }
    }

    private mutating func rename(_ from: String, to target: String) throws {
        try FileTransfer.rename(from, to: target)
        undo.append { try? FileTransfer.rename(target, to: from) }
    }

    /// The copy is in its place, so a file that cannot be removed is only left over.
    private func removeSource() {
        for path in source.isFolder ? [source.path] : source.files {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

/// Reports bytes as they are copied.
private final class ByteMeter {
    private let total: Int
    private let report: (JobProgress) -> Void
    private let start = ContinuousClock.now
    private var reported = ContinuousClock.now
    private var done = 0

    init(total: Int, report: @escaping (JobProgress) -> Void) { (self.total, self.report) = (total, report) }

    func count(_ bytes: Int) {
        done += bytes
        guard reported.duration(to: .now) >= .milliseconds(100) else { return }
        reported = .now
        send()
    }

    func finish() { if done > 0 { send() } }

    private func send() {
        let elapsed = start.duration(to: .now) / .seconds(1)
        report(
            JobProgress(
                phase: .writing, done: done, total: total, unit: .bytes,
                perSecond: elapsed > 0 ? Double(done) / elapsed : nil))
    }
}
