import Generation

// The long work that is going on, as a list of jobs.
// - A job is in the list from the moment it is asked for until its last message.
// - A message of a job that is not in the list is late, and changes nothing.
// - Within a phase the progress of a job never goes back, and it never exceeds its total, whatever is reported.

/// A piece of long work that the studio asked for.
struct Job: Sendable, Hashable {
    let number: Int
    let work: JobWork
    /// False while it waits.
    fileprivate(set) var hasStarted = false
    /// True if the runner was asked to cancel it.
    fileprivate(set) var isCancelled = false
    /// True if it writes drafts.
    var isWriting: Bool {
        switch work {
        case .generate, .answer: true
        case .title, .summary, .export, .download: false
        }
    }
    var isDownload: Bool { if case .download = work { true } else { false } }

    /// `nil` before the first report.
    private(set) var progress: JobProgress?
    /// The beginning of the phase; `nil` if its total is not known.
    private var pace: Pace?

    init(number: Int, work: JobWork) {
        self.number = number
        self.work = work
    }

    /// The share of the phase that is done, from 0 to 1; `nil` if its total is not known.
    var fraction: Double? { progress?.fraction }

    /// Seconds until the phase is over; `nil` if they are not known.
    func secondsLeft(now: Double) -> Double? {
        if let left = progress?.secondsLeft { return left }
        return fraction.flatMap { pace?.secondsLeft(at: $0, now: now) }
    }

    fileprivate mutating func take(_ report: JobProgress, now: Double) {
        let earlier = progress?.phase == report.phase ? progress : nil
        let progress = report.plausible(after: earlier)
        if earlier == nil || earlier?.total != progress.total { pace = nil }
        if pace == nil, let fraction = progress.fraction { pace = Pace(since: now, from: fraction) }
        self.progress = progress
    }
}

extension JobProgress {
    /// The share that is done, from 0 to 1; `nil` if the total is not known.
    var fraction: Double? {
        total.map { Double(done) / Double(max(1, $0)) }
    }

    /// The report without anything that cannot be.
    /// - Parameter earlier: the report before it in the same phase; `nil` if there is none.
    fileprivate func plausible(after earlier: JobProgress?) -> JobProgress {
        var report = self
        if let total, total <= 0 { report.total = nil }
        report.done = min(max(done, earlier?.done ?? 0, 0), report.total ?? .max)
        if let rate = perSecond, !rate.isFinite || rate <= 0 { report.perSecond = nil }
        if let left = secondsLeft, !left.isFinite || left < 0 { report.secondsLeft = nil }
        return report
    }
}

/// How fast work went since a moment, for the time that is left.
struct Pace: Sendable, Hashable {
    /// Seconds since 1970.
    let since: Double
    /// The share that was done by then, from 0 to 1; above 0 if the work continues earlier work.
    var from = 0.0

    /// Seconds until all is done; `nil` while too little is done to tell, and above a day.
    func secondsLeft(at fraction: Double, now: Double) -> Double? {
        let elapsed = now - since
        guard elapsed > 0.5, fraction - from > 0.05 else { return nil }
        let left = elapsed * (1 - fraction) / (fraction - from)
        return left < 86_400 ? left : nil
    }
}

/// All jobs that have not ended, in the order in which they were asked for.
struct JobList: Sendable, Hashable {
    private(set) var all: [Job] = []
    private var lastNumber = 0

    subscript(number: Int) -> Job? { all.first { $0.number == number } }

    var isEmpty: Bool { all.isEmpty }

    /// A number that no job and no generation has. Generations opened from history take theirs here too, because a
    /// generation that is written has the number of its job.
    mutating func newNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    func isCancelled(_ number: Int) -> Bool { self[number]?.isCancelled ?? false }

    fileprivate mutating func add(_ job: Job) { all.append(job) }

    fileprivate mutating func change(_ number: Int, _ body: (inout Job) -> Void) {
        guard let index = all.firstIndex(where: { $0.number == number }) else { return }
        body(&all[index])
    }

    fileprivate mutating func remove(_ number: Int) { all.removeAll { $0.number == number } }
}

extension StudioState {
    /// Asks the runner for long work.
    /// - Parameter number: from `JobList.newNumber`; `nil` for a new one.
    mutating func start(_ work: JobWork, as number: Int? = nil) {
        let number = number ?? jobs.newNumber()
        jobs.add(Job(number: number, work: work))
        ask(.start(job: number, work))
    }

    mutating func cancel(_ number: Int) {
        guard jobs[number]?.isCancelled == false else { return }
        jobs.change(number) { $0.isCancelled = true }
        ask(.cancel(job: number))
    }

    /// The job that Esc cancels: the generation that is written, else the newest job; `nil` if there is none. A download
    /// goes on, because it is cancelled where it is seen.
    var jobToCancel: Job? {
        let others = jobs.all.filter { !$0.isDownload }
        return draft.running.flatMap { jobs[$0.job] } ?? others.last { !$0.isCancelled } ?? others.last
    }

    /// Cancels a job or, if there is none, takes the message away.
    mutating func stop() {
        guard let job = jobToCancel else { return endNotice() }
        // An export does not end by an Esc that is meant for a message.
        if draft.running == nil && notice != nil { return endNotice() }
        cancel(job.number)
    }

    mutating func take(_ message: JobMessage, ofJob number: Int) {
        guard let job = jobs[number] else { return }
        let time = now
        switch message {
        case .started: jobs.change(number) { $0.hasStarted = true }
        case .progress(let report):
            jobs.change(number) { job in
                job.hasStarted = true
                job.take(report, now: time)
            }
        case .finished, .failed, .cancelled:
            jobs.remove(number)
            end(job, message)
        }
    }

    private mutating func end(_ job: Job, _ message: JobMessage) {
        switch job.work {
        case .generate: endGeneration(job.number, message)
        case .answer: endAnswer(job.number, message)
        case .title(let request): endTitle(request, message)
        case .summary(let request): endSummary(request, message)
        case .export(let request): endExport(request, message)
        case .download(let request): endDownload(request, message)
        }
    }
}
