// The user's own editor, as git finds and runs it.

import Foundation
import Terminal

/// The command of an editor: `vim`, `code --wait`, `'/opt/My Editor/edit' -n`.
struct EditorCommand: Equatable {
    /// As the user wrote it.
    var text: String

    /// $VISUAL, $EDITOR, or an editor that is usually there.
    init(environment: [String: String]) {
        let isDumb = ["", "dumb"].contains(environment["TERM"] ?? "dumb")
        let given = (isDumb ? ["EDITOR", "VISUAL"] : ["VISUAL", "EDITOR"]).lazy.compactMap { environment[$0] }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        let usual = ["nano", "vi"].first { name in
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
        }
        text = given.first { !$0.allSatisfy(\.isWhitespace) } ?? usual ?? "vi"
    }

    /// The program and its arguments to edit a file.
    ///
    /// Text with blanks, quotes or other signs of the shell goes to the shell, as with git. The path of a program is
    /// taken as it is, even if it has blanks.
    func arguments(editing path: String) -> [String] {
        let hasShellSigns = text.contains { "|&;<>()$`\\\"' \t\n*?[#~=%".contains($0) }
        let isProgram = text.hasPrefix("/") && FileManager.default.isExecutableFile(atPath: text)
        guard hasShellSigns, !isProgram else { return [text, path] }
        return ["/bin/sh", "-c", text + " \"$@\"", text, path]
    }

    /// Why the shell could not run it; `nil` if it did.
    func failure(status: Int32) -> String? {
        switch status {
        case 126: "'\(text)' cannot be run: the shell may not execute it."
        case 127: "'\(text)' cannot be run: the shell finds no such program."
        default: nil
        }
    }
}

/// Lets the user edit a file in their own editor, which gets the terminal meanwhile.
enum ExternalEditor {
    /// An editor that ends sooner, without a change, may have opened a window of its own.
    static let shortestSeconds = 1.0

    enum Outcome: Equatable {
        /// `nil`: nothing changed.
        case edited(String?)
        /// It ended at once and changed nothing: it may still edit the file elsewhere.
        case returnedAtOnce
        /// It did not start, so the file is as it was.
        case notRun(sentence: String)
        /// It failed, or left text that cannot be read; the file stays.
        case failed(text: String?, sentence: String)
    }

    /// - Parameter text: the content of the file before.
    @UIActor
    static func edit(
        _ path: String, holding text: String, on screen: TerminalScreen, environment: [String: String]
    ) -> Outcome {
        let editor = EditorCommand(environment: environment)
        let start = ContinuousClock.now
        let result = screen.handOver(to: editor.arguments(editing: path))
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return outcome(of: editor, result, seconds: seconds, path, holding: text)
    }

    /// What an editor did with a file.
    /// - Parameters:
    ///   - result: its exit status.
    ///   - seconds: how long it ran.
    static func outcome(
        of editor: EditorCommand, _ result: Result<Int32, HandOverError>, seconds: Double, _ path: String,
        holding text: String
    ) -> Outcome {
        let help = "Set EDITOR to an editor that is installed, or edit here with e."
        let content = EditorFiles.read(path, openedWith: text)
        switch result {
        case .failure(let error): return .notRun(sentence: "\(error) \(help)")
        case .success(let status) where status != 0:
            if content == .text(text), let failure = editor.failure(status: status) {
                return .notRun(sentence: "\(failure) \(help)")
            }
            let left: String? = if case .text(let left) = content { left } else { nil }
            return .failed(
                text: left,
                sentence: "The editor \(editor.text) ended with status \(status), so the draft stays as it was. "
                    + "Your text is in \(path).")
        case .success:
            switch content {
            case .text(let edited) where edited != text: return .edited(edited)
            case .text: return seconds < shortestSeconds ? .returnedAtOnce : .edited(nil)
            case .missing:
                return .failed(text: nil, sentence: "The editor removed \(path), so the draft stays as it was.")
            case .unreadable(let sentence):
                return .failed(text: nil, sentence: "\(sentence) The draft stays as it was.")
            }
        }
    }
}
