// config.yaml on the disk: read once a run, and changed one value at a time.
// - A change is written as a new file that takes the old one's name, so the file is the old one or the new one.
// - Two commands that change it at once do so one after the other, so that none undoes the other.

import Export
import Foundation
import Settings
import YAMLReading

enum SettingsFile {
    /// Changes the text of the file; one that is absent is made.
    /// - Parameter edit: gives the new text.
    /// - Throws: a sentence; the file is then as it was.
    static func change(_ path: String, _ edit: (SettingsEditor) throws -> String) throws {
        try makeFolder(of: path)
        let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 { flock(folder, LOCK_EX) }
        defer { if folder >= 0 { close(folder) } }
        var bytes: [UInt8] = []
        do {
            bytes = try SourceFile.bytes(of: path, atMost: UserSettings.byteLimit, as: "a file of settings")
        } catch  where error.kind != .absent {
            throw Failure("\(path): \(error.reason) The file was left as it is.")
        } catch {}
        let text = try edit(SettingsEditor(bytes: bytes, file: path))
        guard !text.utf8.elementsEqual(bytes) else { return }
        try ExportFile.write(text, to: path, force: true)
    }

    /// Makes the file with every setting in comments, unless there is one.
    static func makeIfAbsent(_ path: String) throws {
        guard UserSettings.read(path).isThere == false else { return }
        try makeFolder(of: path)
        try ExportFile.write(SettingsSkeleton.text, to: path)
    }

    private static func makeFolder(of path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure("The folder \(folder) cannot be made: \(Console.sentence(of: error)) Make it by hand.")
        }
    }
}
