// Commands that look at runs and stop them, whatever process they are in.

import ArgumentParser
import Foundation
import Generation
import Training

extension GoingOnArguments {
    /// True if another process has to make the run.
    var startsInBackground: Bool { background && BackgroundProcess.current == nil }

    /// Starts the same command in a process of its own, and says how to look at it.
    func startInBackground(folder: String, isJSON: Bool) throws {
        try BackgroundStart.run()
        let run = RunFolder(path: TextFile.expand(folder))
        if isJSON { return try Console.printJSON(RunReport(try RunStatus(of: run), folder: folder)) }
        let word = ShellWord.of(folder)
        let process = run.process.map { " in process \($0)" } ?? ""
        try Console.print("The run goes on in the background\(process). It waits while a draft is written.")
        for (command, words) in [
            ("status", "how it stands"), ("plot", "its curve"), ("stop", "stops it, with a checkpoint"),
        ] {
            try Console.print("copydesk train \(command) \(word)  \(words)")
        }
        try Console.print("What it says goes to \(run.outputPath).")
    }
}

extension TrainCommand {
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show how a run stands, or all runs.",
            discussion: """
                Without a folder it lists the runs of this user, the one that began last first.

                JSON: {"state", "folder", "model", "kind", "step", "steps", "epoch", "loss", "learningRate", \
                "tokensPerSecond", "secondsLeft", "validation", "best", "checkpoints", "reason"}, with the states running, \
                paused (while a draft is written), stopped, interrupted, failed and finished. Without a folder: {"runs": […]}.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("The folder of the run.", valueName: "folder")) var folder: String?
        @Flag(help: "Print JSON.") var json = false

        private struct List: Encodable { var runs: [RunReport] }

        func run() throws {
            guard let folder else { return try list() }
            let report = RunReport(try RunStatus(of: RunFolder(path: TextFile.expand(folder))), folder: folder)
            if json { return try Console.printJSON(report) }
            for line in report.lines { try Console.print(line) }
        }

        private func list() throws {
            // A run whose folder goes away meanwhile is left out.
            let reports = KnownRuns(path: shared.paths.runs).folders().compactMap { folder in
                (try? RunStatus(of: folder)).map { RunReport($0, folder: folder.path) }
            }
            if json { return try Console.printJSON(List(runs: reports)) }
            if reports.isEmpty {
                Console.printError("There are no runs yet. `copydesk finetune` and `copydesk train` start them.")
            }
            for (index, report) in reports.enumerated() {
                if index > 0 { try Console.print("") }
                for line in report.briefLines { try Console.print(line) }
            }
        }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop",
            abstract: "Stop a run.",
            discussion: """
                The run ends the update that it is in, and makes a checkpoint; the command waits for that. The run's own \
                command with --resume goes on from there. JSON: as of `train status`.
                """)

        @Argument(help: ArgumentHelp("The folder of the run.", valueName: "folder")) var folder: String
        @Flag(help: "Print JSON.") var json = false

        private static let pollSeconds = 0.1

        func run() throws {
            let run = RunFolder(path: TextFile.expand(folder))
            try run.requestStop()
            let stopSignal = StopSignal()
            let interrupts = InterruptWatch(stopSignal: stopSignal)
            defer { interrupts.cancel() }
            Console.showProgress("waiting for the checkpoint")
            while run.isRunning, !stopSignal.isRaised { Thread.sleep(forTimeInterval: Self.pollSeconds) }
            Console.clearProgress()
            // The run was asked to stop, and does so whether or not someone waits for it.
            if stopSignal.isRaised { throw Interrupted() }
            let report = RunReport(try RunStatus(of: run), folder: folder)
            if json { return try Console.printJSON(report) }
            for line in report.lines { try Console.print(line) }
        }
    }
}
