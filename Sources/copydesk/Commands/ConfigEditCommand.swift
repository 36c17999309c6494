import ArgumentParser
import Foundation
import Settings
import Terminal

/// config.yaml in the person's own editor.
struct ConfigEditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Open config.yaml in $VISUAL or $EDITOR, and check it afterwards.",
        discussion:
            "A file that is absent is made, with every setting in a comment. Exit status 1 if something is wrong.")

    @OptionGroup var shared: SharedOptions

    func run() throws {
        let path = shared.paths.settings
        try SettingsFile.makeIfAbsent(path)
        let editor = EditorCommand(environment: ProcessInfo.processInfo.environment)
        switch withoutInterrupts({ ForegroundProgram.run(editor.arguments(editing: path)) }) {
        case .failure(let error):
            throw Failure("\(error) Set EDITOR to an editor that is installed. The file is \(path).")
        case .success(let status) where status != 0:
            if let failure = editor.failure(status: status) {
                throw Failure("\(failure) Set EDITOR to an editor that is installed. The file is \(path).")
            }
            throw Failure("The editor \(editor.text) ended with status \(status). The file is as it left it: \(path)")
        case .success:
            break
        }
        let settings = UserSettings.read(path)
        for problem in settings.problems { Console.printError("copydesk: \(problem)") }
        guard settings.problems.isEmpty else { throw ExitCode(ExitStatus.failed) }
    }

    /// Leaves Ctrl-C and Ctrl-\ to the editor while it runs. Handlers, unlike ignored signals, are not inherited.
    private func withoutInterrupts<Value>(_ work: () -> Value) -> Value {
        let numbers = [SIGINT, SIGQUIT]
        for number in numbers { signal(number) { _ in } }
        defer { for number in numbers { signal(number, SIG_DFL) } }
        return work()
    }
}
