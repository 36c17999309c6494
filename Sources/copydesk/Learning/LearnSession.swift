// A learning at the command line, from starred drafts to pairs that can be compared.
// - Everything that can be wrong is said before anything is written, and in the background before the terminal is left.
// - Between the stages the record on the disk says where it stands, so a stop at any moment loses one stage at most.

import Files
import Foundation
import Generation
import Models
import Store
import Training

struct LearnSession {
    let shared: SharedOptions
    let isJSON: Bool
    private let stopSignal = StopSignal()

    init(shared: SharedOptions, isJSON: Bool) {
        self.shared = shared
        self.isJSON = isJSON
    }

    /// In the background one thread is enough: it gives way anyhow. The result is the same with any number.
    private var threadCount: Int {
        BackgroundProcess.current == nil ? shared.threadCount : shared.threads ?? 1
    }

    private var activity: ActivityFile? {
        BackgroundProcess.current == nil ? nil : ActivityFile(path: URL(filePath: shared.paths.writing).path)
    }

    // MARK: Two ways to begin

    func start(named name: String?, template: String?, pairs: Int, job: TrainingJob) throws {
        let learnings = shared.learnings
        let name = name ?? learnings.freeName()
        let folder = try learnings.newFolder(named: name)
        guard !shared.modelLibrary.names.contains(name) else {
            throw Failure("There is a model or an adapter '\(name)' already. --name gives another name.")
        }
        try withInterrupts {
            guard FileManager.default.fileExists(atPath: shared.databasePath) else {
                throw LearningError.tooFewKeeps(count: 0, duplicates: 0)
            }
            let store = try shared.openStoreForReading(mustExist: true)
            defer { try? store.close() }
            let counted = try StarredKeeps.read(store, shared, model: nil, template: template).keeps
            // A name that is not there is more likely a mistake than a template without stars.
            if counted.isEmpty, let template { _ = try shared.templateLibrary.template(named: template) }
            // Without enough drafts there is no need to look for a model.
            _ = try LearningRows(counted, seed: job.settings.seed)
            let base = try base(of: counted)
            let (keeps, withoutPrompt) = try StarredKeeps.read(store, shared, model: base.name, template: template)
            if withoutPrompt > 0 {
                Console.printError(
                    "\(drafts(withoutPrompt)) left out, because the prompt cannot be made anew for \(base.name).")
            }
            let rows = try LearningRows(keeps, seed: job.settings.seed)
            let plan = try ComparisonPlan(
                rows, count: pairs, seed: job.settings.seed, store: store, shared: shared)
            let planned = min(pairs, plan.requests.count)
            let general = try generalAnswers(rows.generalRowCount, of: base)
            tellBeginning(rows, base, general, planned, asked: pairs)
            let training = try training { report in
                try LearningTraining(
                    in: folder, rows: rows, general: general, job: job, template: template, plannedPairs: planned,
                    source: base.file, name: base.name, reference: reference(of: base), threadCount: threadCount,
                    report: report)
            }
            try train(training, rows, plan, base)
        }
    }

    func resume(_ name: String?) throws {
        let folder = try shared.learnings.folder(named: name)
        let record = try folder.record()
        guard [.training, .writing].contains(record.state) else {
            throw Failure(
                "'\(folder.name)' was not stopped, so there is nothing to resume. `copydesk learn status` shows it.")
        }
        try withInterrupts {
            let store = try shared.openStoreForReading(mustExist: true)
            defer { try? store.close() }
            let base = try shared.modelLibrary.openSource(record.base.reference)
            let keeps = try StarredKeeps.read(store, shared, model: base.name, template: record.template).keeps
            let rows = try LearningRows(keeps, of: record, name: folder.name)
            let plan = try ComparisonPlan(
                rows, count: record.plannedPairs, seed: record.seed, store: store, shared: shared)
            if record.state == .writing {
                try BackgroundProcess.current?.detach(outputPath: folder.run.outputPath)
                return try finish(folder, rows, plan, base)
            }
            let training = try training { report in
                try LearningTraining(
                    resuming: folder, rows: rows, source: base.file, threadCount: threadCount, report: report)
            }
            try train(training, rows, plan, base)
        }
    }

    private func withInterrupts(_ body: () throws -> Void) throws {
        signal(SIGXFSZ, SIG_IGN)  // if a limit on file sizes is reached, the write fails and we report it
        let interrupts = InterruptWatch(stopSignal: stopSignal, endsAtOnce: false)
        defer { interrupts.cancel() }
        try body()
    }

    /// The model of `-m`, else the one that wrote most drafts, else that of the settings.
    func base(of keeps: [StarredKeep]) throws -> OpenedModel {
        let counts = Dictionary(grouping: keeps, by: \.model).mapValues(\.count)
        let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        if let asked = shared.givenModel {
            return try checked(try shared.modelLibrary.openSource(TextFile.expand(asked)))
        }
        if let most, let model = try? shared.modelLibrary.openSource(most) { return try checked(model) }
        return try checked(try shared.openTrainingSource())
    }

    /// What opens the model again, from any folder.
    private func reference(of model: OpenedModel) -> String {
        guard let named = shared.model, !shared.modelLibrary.names.contains(model.name) else { return model.name }
        return TextFile.absolute(named)
    }

    private func checked(_ model: OpenedModel) throws -> OpenedModel {
        guard !model.isAdapted else {
            throw Failure("\(model.name) has an adapter already, and learning begins with a model alone. -m names one.")
        }
        return model
    }

    // MARK: Stages

    private func generalAnswers(_ count: Int, of base: OpenedModel) throws -> [GeneralAnswer] {
        defer { Console.clearProgress() }
        return try GeneralAnswer.written(by: base.file, name: base.name, count: count, threadCount: shared.threadCount)
        {
            if stopSignal.isRaised { throw Interrupted() }
            Console.showProgress("\(base.name) answers general questions: \($0)")
        }
    }

    private func training(
        _ make: ((PreparedRun.Stage) throws -> Void) throws -> LearningTraining
    ) throws -> LearningTraining {
        defer { Console.clearProgress() }
        return try make { stage in
            if stopSignal.isRaised { throw Interrupted() }
            switch stage {
            case .readingModel: Console.showProgress("reading the model")
            case .readingData(let rows): Console.showProgress("reading drafts: \(rows)")
            }
        }
    }

    private func train(
        _ training: LearningTraining, _ rows: LearningRows, _ plan: ComparisonPlan, _ base: OpenedModel
    ) throws {
        training.prepared.givesWayTo = activity
        try training.open()
        do { try KnownRuns(path: shared.paths.runs).add(training.folder.run) } catch {
            Console.printError("The run is not in the list of runs. \(Console.sentence(of: error))")
        }
        let leftOut = training.prepared.summary.count.reasons
        if !leftOut.isEmpty { Console.printError("left out: \(leftOut.joined(separator: ", "))") }
        try BackgroundProcess.current?.detach(outputPath: training.folder.run.outputPath)
        let record: LearningRecord?
        do {
            defer { Console.clearProgress() }
            let steps = training.prepared.run.plan.stepCount
            Console.showProgress("measuring \(base.name)")
            record = try training.train(stopSignal: stopSignal) { tell($0, of: steps) }
        }
        training.close()
        guard record != nil else { throw stopped(training.folder) }
        try finish(training.folder, rows, plan, base)
    }

    /// Writes the pairs if the adapter is offered, and tells how it stands.
    private func finish(
        _ folder: LearningFolder, _ rows: LearningRows, _ plan: ComparisonPlan, _ base: OpenedModel
    ) throws {
        if try folder.record().state == .writing {
            defer { Console.clearProgress() }
            let planned = try folder.record().plannedPairs
            Console.showProgress("writing pairs: 0 of \(planned)")
            let record = try folder.writePairs(
                plan.requests, learned: rows.trained.map(\.text), source: base.file, threadCount: threadCount,
                givesWayTo: activity, stopSignal: stopSignal
            ) { Console.showProgress("writing pairs: \($0) of \(planned)") }
            guard record != nil else {
                Console.clearProgress()
                throw stopped(folder)
            }
        }
        let report = try LearnReport(folder, shared: shared)
        if isJSON { return try Console.printJSON(report) }
        try report.printLines()
    }

    private func stopped(_ folder: LearningFolder) -> Interrupted {
        Console.printError("Stopped. `copydesk learn --resume --name \(ShellWord.of(folder.name))` goes on.")
        return Interrupted()
    }

    // MARK: Words

    private func drafts(_ count: Int) -> String { count == 1 ? "1 starred draft is" : "\(count) starred drafts are" }

    private func tellBeginning(
        _ rows: LearningRows, _ base: OpenedModel, _ general: [GeneralAnswer], _ planned: Int, asked: Int
    ) {
        let edited = (rows.trained + rows.heldOut).count { $0.isEdited }
        var facts = [
            "\(rows.trained.count) drafts to learn from", "\(rows.heldOut.count) held out by their prompts",
            "\(edited) edited", "\(counted(general.count, "general text")) of \(base.name)'s own",
        ]
        if rows.duplicateCount > 0 { facts.append("left out: \(counted(rows.duplicateCount, "duplicate"))") }
        Console.printError(facts.joined(separator: " · "))
        var words = planned < asked ? "There are \(planned) prompts that nothing was learned from, so you" : "You"
        words += " will compare \(planned) pairs"
        if let wins = SignTest.neededWins(of: planned) {
            words += ", and it counts as better if it wins \(wins) of \(planned)"
        }
        Console.printError(words + ".")
    }

    private func tell(_ event: TrainingRun.Event, of steps: Int) {
        guard case .line(let line) = event else { return }
        if let loss = line.validationLoss {
            Console.clearProgress()
            Console.printError("update \(line.step) of \(steps): held-out loss \(RunWords.loss(loss))")
        } else {
            Console.showProgress(RunWords.line(line, of: steps))
        }
    }
}
