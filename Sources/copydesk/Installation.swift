import Foundation
import Settings
import Synchronization
import YAMLReading

/// The folders and the settings that one run of the program uses; the file of settings is read once, when it is needed.
final class Installation: Sendable {
    /// More problems are only counted, so that they do not bury the output of a command.
    private static let shownProblems = 10

    let paths: Paths
    private let read = Mutex<UserSettings?>(nil)

    init(environment: [String: String]) { paths = Paths(environment: environment) }

    /// The settings. The first time, the problems of the file go to standard error.
    var settings: UserSettings {
        settings { problems in
            for problem in problems.prefix(Self.shownProblems) { Console.printError("copydesk: \(problem)") }
            guard problems.count > Self.shownProblems else { return }
            Console.printError(
                "copydesk: \(paths.settings) has \(problems.count - Self.shownProblems) problems more. "
                    + "All of them: copydesk config list --json")
        }
    }

    /// The settings.
    /// - Parameter tell: gets the problems of the file, if there are any and nobody got them before.
    func settings(tell: ([FileProblem]) -> Void) -> UserSettings {
        read.withLock { read in
            if let read { return read }
            let settings = UserSettings.read(paths.settings)
            if !settings.problems.isEmpty { tell(settings.problems) }
            read = settings
            return settings
        }
    }
}
