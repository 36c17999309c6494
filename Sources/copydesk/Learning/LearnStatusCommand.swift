import ArgumentParser
import Foundation
import Generation
import Training

extension LearnCommand {
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show what was learned, and how it stands.",
            discussion: """
                Without a name it shows all, the newest first. JSON with a name: {"name", "folder", "state", "base", "template", \
                "seed", "keeps", "generalTexts", "losses", "step", "adapter", "pairs", "result", "stale", \
                "adoptedAgainstResult"}; without one: {"learnings": […]}. The states are training, writing (the pairs), \
                declined, ready, compared, adopted and off. "result" is absent until all pairs have an answer.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("What to show.", valueName: "name")) var name: String?
        @Flag(help: "Print JSON.") var json = false

        private struct List: Encodable { var learnings: [LearnReport] }

        func run() throws {
            if let name {
                let report = try LearnReport(try shared.learnings.folder(named: name), shared: shared)
                if json { return try Console.printJSON(report) }
                return try report.printLines()
            }
            try list()
        }

        private func list() throws {
            var reports: [LearnReport] = []
            var failures: [any Error] = []
            for folder in shared.learnings.all() {
                do { reports.append(try LearnReport(folder, shared: shared)) } catch { failures.append(error) }
            }
            for error in failures { Console.printError("copydesk: \(Console.sentence(of: error))") }
            if json {
                try Console.printJSON(List(learnings: reports))
            } else if reports.isEmpty, failures.isEmpty {
                Console.printError(Console.sentence(of: LearningError.none))
            }
            for (index, report) in reports.enumerated() where !json {
                if index > 0 { try Console.print("") }
                try report.printLines()
            }
            if !failures.isEmpty { throw ExitCode(ExitStatus.failed) }
        }
    }
}
