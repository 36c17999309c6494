// The runs of this machine's user: a folder with a small file for each, so that runs are found again wherever they lie.
// - Each file has the name of its run's folder as a hash, so runs that begin at once never write the same file.
// - A file is replaced as a whole. One whose run's folder is gone is removed when the list is read.

import Files
import Foundation
import Generation

/// The list of runs.
public struct KnownRuns: Sendable {
    /// The folder of the list.
    public let path: String

    public init(path: String) { self.path = path }

    private struct Entry: Codable {
        var folder: String
        /// Seconds since 1970.
        var start: Double
    }

    /// Adds a run, or moves it to the front.
    /// - Parameter folder: of the run; a relative path begins at the working folder.
    /// - Throws: `FileError` if the list cannot be written.
    public func add(_ folder: RunFolder) throws {
        let place = Self.absolute(folder.path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        AbandonedFiles.remove(in: path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let file = try ReplacementFile(path: filePath(of: place))
        try file.write(encoder.encode(Entry(folder: place, start: Date().timeIntervalSince1970)))
        try file.commit()
    }

    /// The folders of all runs that are still there, the one that began last first.
    public func folders() -> [RunFolder] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var entries: [Entry] = []
        for name in names where name.hasSuffix(".json") {
            let file = "\(path)/\(name)"
            // One that cannot be read may be of a newer version, so it stays.
            guard let bytes = try? Data(contentsOf: URL(filePath: file)),
                let entry = try? JSONDecoder().decode(Entry.self, from: bytes)
            else { continue }
            if RunFolder(path: entry.folder).holdsRun {
                entries.append(entry)
            } else {
                try? FileManager.default.removeItem(atPath: file)
            }
        }
        return entries.sorted { ($0.start, $0.folder) > ($1.start, $1.folder) }.map { RunFolder(path: $0.folder) }
    }

    private func filePath(of folder: String) -> String {
        var hash = FNV1a()
        hash.mix(Array(folder.utf8))
        return "\(path)/\(hash.hexadecimal).json"
    }

    private static func absolute(_ path: String) -> String {
        let base = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        let url = path.hasPrefix("/") ? URL(filePath: path) : base.appending(path: path)
        return url.standardizedFileURL.resolvingSymlinksInPath().path
    }
}
