// Where the models of the folder came from: `.copydesk-models.json`, one entry a file.
// - It is written last, so a file with an entry is complete. A file without one is any model that a person put there.
// - Two processes that write it wait for each other (flock on the folder).

import Files
import Foundation

/// The origin of one file of the models folder.
public struct ModelOrigin: Sendable, Hashable, Codable {
    /// The text that named it, without anything secret.
    public var reference: String
    public var commit: String?
    /// `nil` for small files, which have only git's sum.
    public var sha256: String?
    public var bytes: Int
}

/// The manifest of a models folder.
public struct ModelManifest: Sendable {
    static let fileName = ".copydesk-models.json"
    private static let longest = 16 << 20

    /// By the file's name; in a model's folder `FOLDER/FILE`.
    public private(set) var files: [String: ModelOrigin] = [:]

    /// Reads it; a manifest that is missing or cannot be read has no entries.
    public init(folder: String) {
        guard let size = try? FileManager.default.attributesOfItem(atPath: Self.path(folder))[.size] as? Int,
            size <= Self.longest, let data = FileManager.default.contents(atPath: Self.path(folder)),
            let read = try? JSONDecoder().decode(Content.self, from: data)
        else { return }
        files = read.files
    }

    private struct Content: Codable {
        var files: [String: ModelOrigin]
    }

    private static func path(_ folder: String) -> String { "\(folder)/\(fileName)" }

    /// Changes it. Entries of files that are gone are left out.
    static func change(folder: String, _ change: (inout [String: ModelOrigin]) -> Void) throws {
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw FileError(path: folder, code: errno) }
        defer { close(lock) }
        // File systems without locks go without.
        while flock(lock, LOCK_EX) != 0, errno == EINTR {}
        var files = ModelManifest(folder: folder).files
        change(&files)
        files = files.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0.key)") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let file = try ReplacementFile(path: path(folder))
        try file.write(try encoder.encode(Content(files: files)))
        try file.commit()
    }
}
