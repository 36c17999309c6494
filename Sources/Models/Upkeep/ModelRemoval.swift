// Removes a model from the models folder.
// - Only what lies in the program's own folder goes. Of a link, the link goes and its target stays.
// - The first part of a split model goes first, so that no list shows a model with missing parts.

import Files
import Foundation
import Generation
import Glibc

/// A model that is gone.
public struct RemovedModel: Sendable, Equatable {
    public var name: String
    /// The files and folders that were removed.
    public var paths: [String]
    /// What that freed; a link frees nothing.
    public var bytes: Int
}

extension ModelLibrary {
    /// The notes about downloaded files, beside them.
    static let manifestName = ".copydesk-models.json"

    /// Removes a model of the own models folder, with all its parts.
    /// - Throws: `UpkeepError` if it is not in the own folder, `ModelLibraryError.unknown` if there is none of the name.
    @discardableResult
    public func remove(_ name: String) throws -> RemovedModel {
        let entry = try removable(name)
        let paths = Self.files(of: entry)
        let bytes = paths.allSatisfy { FolderReading.target(ofLink: $0) == nil } ? entry.bytes : 0
        let staging = try StagingFolder(in: folder)
        defer { withExtendedLifetime(staging) {} }
        for (index, path) in paths.enumerated() {
            try FileTransfer.rename(path, to: "\(staging.path)/\(index)")
            // A note that `hf download` left about the file.
            let note =
                FilePath.folder(of: path) + "/.cache/huggingface/download/\(FolderReading.lastName(path)).metadata"
            try? FileManager.default.removeItem(atPath: note)
        }
        try forget(paths)
        _ = Descriptor.synchronize(folder)
        return RemovedModel(name: entry.name, paths: paths, bytes: bytes)
    }

    private func removable(_ name: String) throws -> ModelEntry {
        if name == Self.builtInName { throw UpkeepError.builtIn }
        if let entry = ownEntries.first(where: { $0.name == name }), entry.origin == .own { return entry }
        if let parts = EndpointName(name, among: endpointNames) {
            throw UpkeepError.onServer(name: name, endpoint: parts.endpoint)
        }
        if let target = aliases[name] { throw UpkeepError.alias(name: name, target: target) }
        guard let entry = entry(named: name) else {
            guard FileFacts(name) == nil else {
                throw UpkeepError.notOwn(name: name, path: name, origin: outside.owner(of: name)?.origin ?? .builtIn)
            }
            let own = ownEntries.filter { $0.origin == .own }.map(\.name)
            throw ModelLibraryError.unknown(name: name, known: own, endpoints: [], folder: folder)
        }
        guard entry.origin == .own else {
            throw UpkeepError.notOwn(name: entry.name, path: entry.path, origin: entry.origin)
        }
        return entry
    }

    /// Takes the files out of the notes about downloads. Notes that cannot be read stay as they are.
    private func forget(_ paths: [String]) throws {
        let manifest = "\(folder)/\(Self.manifestName)"
        // Downloads wait for the same lock before they change the notes.
        let lock = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if lock >= 0 { close(lock) } }
        while lock >= 0, flock(lock, LOCK_EX) != 0, errno == EINTR {}
        guard let bytes = FolderReading.bytes(of: manifest, mostBytes: 16 << 20),
            let notes = try? JSONSerialization.jsonObject(with: Data(bytes))
        else { return }
        let names = Set(paths.map { $0.hasPrefix(folder + "/") ? String($0.dropFirst(folder.count + 1)) : $0 })
        let left = Self.without(names, in: notes)
        let new = try JSONSerialization.data(
            withJSONObject: left, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        let file = try ReplacementFile(path: manifest)
        try file.write(new)
        try file.commit()
    }

    /// The notes without entries under one of the names, or under a file inside a folder of one of the names.
    private static func without(_ names: Set<String>, in notes: Any) -> Any {
        guard let members = notes as? [String: Any] else { return notes }
        return members.filter { key, _ in
            !names.contains(key) && !names.contains { key.hasPrefix($0 + "/") }
        }.mapValues { ($0 as? [String: Any]).map { without(names, in: $0) } ?? $0 }
    }
}
