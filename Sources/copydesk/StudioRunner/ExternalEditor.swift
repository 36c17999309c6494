import Foundation
import Terminal

/// Editing a text in the user's own editor, with the terminal handed over.
enum ExternalEditor {
    /// The editor's command line: $VISUAL, $EDITOR, or one that is usually there.
    static func command(environment: [String: String]) -> [String] {
        for variable in ["VISUAL", "EDITOR"] {
            let words = (environment[variable] ?? "").split(separator: " ").map(String.init)
            if !words.isEmpty { return words }
        }
        return ["nano", "vi"].first { name in
            (environment["PATH"] ?? "").split(separator: ":").contains {
                FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
            }
        }.map { [$0] } ?? ["vi"]
    }

    /// Returns the edited text; `nil` where nothing changed.
    /// - Throws: `Failure`; the text then stays in the file it names, where there is one.
    @UIActor
    static func edit(_ text: String, on screen: TerminalScreen, environment: [String: String]) throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "copydesk-\(UUID().uuidString)")
        let file = folder.appending(path: "draft.md")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Data(text.utf8).write(to: file)
        } catch {
            throw Failure("No file for the editor can be written in \(folder.path): \(Console.sentence(of: error))")
        }
        let arguments = command(environment: environment)
        switch screen.handOver(to: arguments + [file.path]) {
        case .failure(let error):
            try? FileManager.default.removeItem(at: folder)
            throw Failure("\(error) Set EDITOR to an editor that is installed, or edit here with e.")
        case .success(let status) where status != 0:
            throw Failure(
                "The editor \(arguments[0]) ended with status \(status), so the draft stays as it was. "
                    + "What you wrote is in \(file.path).")
        case .success:
            guard let data = try? Data(contentsOf: file), let edited = String(validating: data, as: UTF8.self) else {
                throw Failure("The edited text in \(file.path) cannot be read as UTF-8. The draft stays as it was.")
            }
            try? FileManager.default.removeItem(at: folder)
            // Editors end the last line; a draft does not.
            let ended = edited.hasSuffix("\n") && !text.hasSuffix("\n") ? String(edited.dropLast()) : edited
            return ended == text ? nil : ended
        }
    }
}
