// The start of the program.
// - The main thread is kept free for the studio's event loop (ncurses wants one thread), so `main` is not async.
// - Every error leaves through `exit(with:)`: one sentence on standard error, and one of the four documented exit statuses.

import ArgumentParser
import Dispatch
import Foundation
import Synchronization
import Transfer

@main
enum Main {
    static func main() {
        holdStandardDescriptors()
        signal(SIGPIPE, SIG_IGN)  // a closed pipe is a write error that we report, or the quiet end of `| head`
        // Loading takes as long as reading the arguments, so both are done at once.
        if namesServerModel(CommandLine.arguments) { TransferLibrary.loadSoon() }
        var running: (any ParsableCommand.Type)?
        do {
            var command = try CommandReader.command(from: Array(CommandLine.arguments.dropFirst()))
            running = type(of: command)
            if var asynchronous = command as? any AsyncParsableCommand {
                try waitFor { try await asynchronous.run() }
            } else {
                try command.run()
            }
        } catch let error as ValidationError {
            if let running { exitWithUsage(of: running, error) }
            exit(with: error)
        } catch {
            exit(with: error)
        }
    }

    /// As the parser does with wrong arguments that it finds by itself.
    private static func exitWithUsage(of command: any ParsableCommand.Type, _ error: ValidationError) -> Never {
        let usage = Copydesk.usageString(for: command)
        let names = usage.split(separator: " ").prefix { $0.first?.isLetter == true }
        let help = "\(names.joined(separator: " ")) --help"
        Console.printError("Error: \(error.message)\nUsage: \(usage)\n  See '\(help)' for more information.")
        Foundation.exit(ExitStatus.usage)
    }

    /// True if a model is given that looks like ENDPOINT/MODEL; a path that does costs only some time of another core.
    private static func namesServerModel(_ arguments: [String]) -> Bool {
        zip(arguments, arguments.dropFirst()).contains { option, model in
            ["-m", "--model"].contains(option) && model.contains("/") && !model.hasPrefix("/") && !model.hasPrefix(".")
        }
    }

    /// If standard input, output or error is closed (`>&-`), opens a file in its place that can be neither read nor
    /// written. Otherwise the next file to be opened, such as the store, would get its number, and text for standard
    /// output would be written into it.
    private static func holdStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Runs work of the cooperative pool to its end while the main thread waits.
    private static func waitFor(_ work: sending @escaping () async throws -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<(any Error)?>(nil)
        Task {
            do { try await work() } catch { outcome.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = outcome.withLock({ $0 }) { throw error }
    }

    private static func exit(with error: any Error) -> Never {
        switch error {
        case let status as ExitCode:
            Foundation.exit(status.rawValue)
        case is Interrupted:
            Foundation.exit(ExitStatus.interrupted)
        case is BrokenPipe:
            Foundation.exit(ExitStatus.done)
        default:
            break
        }
        let code = Copydesk.exitCode(for: error)
        if code == .success {  // --help and --version come as errors
            try? Console.print(Copydesk.fullMessage(for: error))
            Foundation.exit(ExitStatus.done)
        }
        if code == .validationFailure {
            Console.printError(Copydesk.fullMessage(for: error))
            Foundation.exit(ExitStatus.usage)
        }
        Console.printError("copydesk: " + Console.sentence(of: error))
        Foundation.exit(ExitStatus.failed)
    }
}

/// The exit statuses that the README documents.
enum ExitStatus {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let usage: Int32 = 2
    static let interrupted: Int32 = 130
}

/// The user pressed Ctrl-C. Drafts are saved, and nothing else is half done.
struct Interrupted: Error {}
