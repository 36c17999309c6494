import Foundation
import Terminal

/// Lets the user edit a file in their own editor, which gets the terminal meanwhile.
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

    enum Outcome {
        /// `nil`: nothing changed.
        case edited(String?)
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
        let arguments = command(environment: environment)
        let result = screen.handOver(to: arguments + [path])
        let content = EditorFiles.read(path, openedWith: text)
        switch result {
        case .failure(let error):
            return .notRun(sentence: "\(error) Set EDITOR to an editor that is installed, or edit here with e.")
        case .success(let status) where status != 0:
            let left: String? = if case .text(let left) = content { left } else { nil }
            return .failed(
                text: left,
                sentence: "The editor \(arguments[0]) ended with status \(status), so the draft stays as it was. "
                    + "Your text is in \(path).")
        case .success:
            guard case .text(let edited) = content else {
                return .failed(
                    text: nil,
                    sentence: "The edited text in \(path) cannot be read as UTF-8. The draft stays as it was.")
            }
            return .edited(edited == text ? nil : edited)
        }
    }
}
