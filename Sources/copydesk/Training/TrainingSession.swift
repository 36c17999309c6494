// A run at the command line: what is told before it, while it goes, and after it.

import Files
import Foundation
import Generation
import Models
import Training

/// Trains and tells how it goes.
struct TrainingSession {
    let job: TrainingJob
    let name: String
    let folder: String
    let going: GoingOnArguments
    let paths: Paths
    let isJSON: Bool
    /// Reads the model and the data.
    let prepare: ((PreparedRun.Stage) throws -> Void) throws -> PreparedRun

    func run() throws {
        signal(SIGXFSZ, SIG_IGN)  // if a limit on file sizes is reached, the write fails and we report it
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal, endsAtOnce: false)
        defer { interrupts.cancel() }
        let prepared = try prepared(stopSignal)
        let background = BackgroundProcess.current
        if background != nil { prepared.givesWayTo = ActivityFile(path: URL(filePath: paths.writing).path) }
        try prepared.open(resuming: going.resume, allowsChanges: going.change)
        tellBeginning(prepared)
        do { try KnownRuns(path: paths.runs).add(prepared.folder) } catch {
            Console.printError("The run is not in the list of runs. \(Console.sentence(of: error))")
        }
        try background?.detach(outputPath: prepared.folder.outputPath)
        let results: PreparedRun.Results?
        do {
            defer { Console.clearProgress() }
            results = try prepared.train(stopSignal: stopSignal) { tell($0, of: prepared.run.plan.stepCount) }
        } catch let error where Self.isFailedWrite(error) {
            let last = CheckpointFolder(path: prepared.folder.path).steps().last
            throw Failure(
                "\(Console.sentence(of: error)) The same command with --resume then goes on "
                    + "\(last.map { "after step \($0)" } ?? "from the beginning").")
        }
        prepared.close()
        let status = try RunStatus(of: prepared.folder)
        if isJSON {
            try Console.printJSON(RunReport(status, folder: folder))
        } else if let results {
            try tellEnd(results, status)
        }
        guard results != nil else {
            Console.printError(
                "Stopped after step \(status.checkpoints.last ?? 0). The same command with --resume goes on from there."
            )
            throw Interrupted()
        }
    }

    private static func isFailedWrite(_ error: any Error) -> Bool {
        if case QuantizingError.cannotWrite = error { return true }
        return error is FileError
    }

    private func prepared(_ stopSignal: StopSignal) throws -> PreparedRun {
        defer { Console.clearProgress() }
        return try prepare { stage in
            if stopSignal.isRaised { throw Interrupted() }
            switch stage {
            case .readingModel: Console.showProgress("reading \(name)")
            case .readingData(let rows): Console.showProgress("reading rows: \(rows)")
            }
        }
    }

    // MARK: Words

    private func tellBeginning(_ prepared: PreparedRun) {
        let summary = prepared.summary
        let plan = prepared.run.plan
        var facts = [
            "\(counted(summary.training.rows, "row")) with \(counted(summary.training.targets, "token")) to learn"
        ]
        if prepared.validationRowCount > 0 {
            facts.append("\(counted(prepared.validationRowCount, "row")) to validate on")
        }
        facts += summary.count.reasons.map { "left out: \($0)" }
        if summary.count.duplicates > 0 { facts.append("left out: \(counted(summary.count.duplicates, "duplicate"))") }
        Console.printError(facts.joined(separator: " · "))
        let (part, count) = (RunWords.kind(job.part), prepared.model.trainedCount)
        Console.printError(
            "\(part) of \(name): \(count) values · \(counted(plan.stepCount, "update")) of \(job.settings.batchSize) × "
                + "\(job.settings.accumulation) rows · \(job.settings.precision.rawValue)")
        for (notice, count) in summary.notices.sorted(by: { $0.key < $1.key }) {
            Console.printError("\(notice) (\(counted(count, "row")))")
        }
    }

    private func tell(_ event: TrainingRun.Event, of steps: Int) {
        switch event {
        case .line(let line):
            if let loss = line.validationLoss {
                let bits = line.validationBitsPerByte.map { " · \(RunWords.loss($0)) bits a byte" } ?? ""
                say("step \(line.step): validation \(RunWords.loss(loss))\(bits)")
            } else if let sample = line.sample {
                say("step \(line.step): \(sample)")
            } else {
                Console.showProgress(RunWords.line(line, of: steps))
            }
        case .checkpoint(let step): say("step \(step): checkpoint")
        case .progress: break
        }
    }

    private func say(_ line: String) {
        Console.clearProgress()
        Console.printError(line)
    }

    private func tellEnd(_ results: PreparedRun.Results, _ status: RunStatus) throws {
        for line in RunReport(status, folder: folder).lines { try Console.print(line) }
        if results.logitDifference > 1e-2 {
            Console.printError(
                "The written weights, read again, give logits that differ by \(results.logitDifference) from those in memory."
            )
        }
        for note in results.notes { Console.printError(note) }
        try Console.print("")
        if job.part == .everything {
            try Console.print("\(results.folder)  for transformers")
            try Console.print(
                "\(results.file)  for llama.cpp and copydesk: copydesk generate --raw -m \(ShellWord.of(results.file))")
        } else {
            try Console.print("\(results.folder)  for PEFT, and copydesk: --adapter \(ShellWord.of(results.folder))")
            try Console.print("\(results.file)  for llama.cpp")
        }
    }
}
