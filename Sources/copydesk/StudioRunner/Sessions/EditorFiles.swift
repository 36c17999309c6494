// The files that $EDITOR works on: each in a folder of its own for temporary files, closed to others.

import Foundation
import Text

enum EditorFiles {
    private static let folderPrefix = "copydesk-"
    private static let fileName = "draft.md"
    private static let largestBytes = 1 << 26

    /// Makes a file with a text.
    /// - Returns: its path.
    static func make(_ text: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: folderPrefix + String(UInt32.random(in: .min ... .max), radix: 16))
        guard mkdir(folder.path, 0o700) == 0 else {
            let reason = String(cString: strerror(errno))
            throw Failure(
                "No file for the editor can be made in \(folder.path): \(reason). Set TMPDIR to another folder.")
        }
        let path = folder.appending(path: fileName).path
        try PrivateFile.create(path, with: Data(text.utf8))
        return path
    }

    enum Content: Equatable {
        case missing
        /// It is no text, or of a size that no one writes; the sentence says why and what to do.
        case unreadable(sentence: String)
        case text(String)
    }

    /// The text that an editor left.
    /// - Parameter text: the text before. Editors add a line feed at the end; if `text` had none, it is removed again.
    static func read(_ path: String, openedWith text: String) -> Content {
        guard access(path, F_OK) == 0 else { return .missing }
        guard let data = PrivateFile.read(path, atMost: largestBytes)?.data else {
            return .unreadable(sentence: "\(path) cannot be read, or is larger than 64 megabytes. Look into it.")
        }
        // A model may write what a person's text may not hold, so a file that nobody changed is not read anew.
        if data.elementsEqual(text.utf8) { return .text(text) }
        if !text.hasSuffix("\n"), data.elementsEqual((text + "\n").utf8) { return .text(text) }
        do {
            let edited = try OutsideText.text(of: Array(data))
            return .text(edited.hasSuffix("\n") && !text.hasSuffix("\n") ? String(edited.dropLast()) : edited)
        } catch {
            return .unreadable(sentence: error.sentence(named: path))
        }
    }

    /// True if a program that was started with this file still runs: it may still write to it.
    static func isOpen(_ path: String) -> Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let wanted = Data(path.utf8)
        return processes.contains { name in
            guard Int32(name) != nil, let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
                return false
            }
            return line.split(separator: 0).contains { $0.elementsEqual(wanted) }
        }
    }

    /// Removes a file that `make` made, and its folder unless an editor left something in it.
    static func remove(_ path: String) {
        let file = URL(filePath: path)
        let folder = file.deletingLastPathComponent()
        guard file.lastPathComponent == fileName, folder.lastPathComponent.hasPrefix(folderPrefix) else { return }
        unlink(path)
        rmdir(folder.path)
    }
}
