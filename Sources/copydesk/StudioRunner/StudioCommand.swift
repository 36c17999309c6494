import ArgumentParser
import Foundation
import Store
import Synchronization
import Terminal
import YAMLReading

/// Opens the studio; `copydesk` without a command does the same.
struct StudioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studio",
        abstract: "Open the studio (the default).",
        shouldDisplay: false)

    @OptionGroup var shared: SharedOptions
    @Flag(help: "Draw only with ASCII characters.") var ascii = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        guard Console.inputIsTerminal, Console.outputIsTerminal else { throw TerminalError.noTerminal }
        // Told in the studio, not on standard error behind it.
        var problems: [FileProblem] = []
        let settings = shared.installation.settings { problems = $0 }
        // If the store cannot be opened, say so before the screen is taken.
        let store = try DraftStore.openForReading(
            path: shared.databasePath, listener: IndexNotice().listener)
        let farewell = Farewell()
        try TerminalLoop.run(environment: environment) { screen, features in
            StudioApplication(
                screen: screen, features: features, useASCII: ascii || settings.usesASCII || !features.isUTF8,
                runner: EffectRunner(
                    store: store, shared: shared, settingsProblems: problems, screen: screen, environment: environment,
                    farewell: farewell))
        }
        try store.close()
        for sentence in farewell.sentences.withLock({ $0 }) { Console.printError("copydesk: \(sentence)") }
    }
}

/// Sentences that are printed when the screen is restored.
final class Farewell: Sendable {
    let sentences = Mutex<[String]>([])
}
