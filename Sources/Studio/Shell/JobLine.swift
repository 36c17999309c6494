import Generation

// The progress of jobs in the status line.
// - One job is told in words; of several, only their number and the time until the last one ends. A download beside other
//   work is a share at the end of the line.
// - The time left is shown once it is known, and never guessed from the first moment.

/// The progress of one job, ready to be drawn.
struct JobLine: Sendable, Hashable {
    /// What is done, as in `writing 2 of 4`.
    var label: String
    /// From 0 to 1; `nil` if it is not known.
    var fraction: Double?
    /// The most cells of the meter.
    var mostCells = 16
    /// True if the label tells how far it is by itself.
    var isComplete = false
    /// Amount, rate and time left, as far as they are known.
    var facts: [String] = []

    /// `writing 2 of 4 ▰▰▰▱▱▱ 61% · 212 tok/s · 2 s left`, shortened if there is little room.
    func text(columns limit: Int) -> String {
        let short = ([label] + facts).joined(separator: " · ")
        if let fraction {
            let bar = meter(fraction, cells: min(mostCells, limit >= 100 ? 16 : 8))
            let full = (["\(label) \(bar) \(Self.percent(fraction))"] + facts).joined(separator: " · ")
            // The model's name beside it needs some room.
            if Studio.columns(of: full) + (facts.isEmpty ? 0 : 12) <= limit { return full }
        } else if facts.isEmpty, !isComplete {
            return clipped(label + "…", columns: limit)
        }
        return Studio.columns(of: short) <= limit ? short : clipped(label, columns: limit)
    }

    static func percent(_ fraction: Double) -> String {
        let bounded = fraction.isFinite ? min(max(fraction, 0), 1) : 0
        return paddedLeft("\(Int(bounded * 100))%", columns: 4)
    }
}

extension StudioState {
    /// The progress of all jobs in at most so many columns; `nil` if there is no job.
    func progressText(columns limit: Int) -> String? {
        let downloads = jobs.all.filter(\.isDownload)
        let others = jobs.all.filter { !$0.isDownload }
        guard !others.isEmpty, let first = downloads.first else {
            return others.isEmpty ? text(ofDownloads: downloads, columns: limit) : text(of: others, columns: limit)
        }
        // The writing is told in words, and the download beside it by its share.
        let share = first.fraction.map { JobLine.percent($0).trimmed } ?? "\(downloads.count)"
        let short = "↓ \(share)"
        guard let text = text(of: others, columns: max(0, limit - columns(of: short) - 3)) else { return short }
        return columns(of: text) + columns(of: short) + 3 <= limit ? "\(text) · \(short)" : text
    }

    private func text(of jobs: [Job], columns limit: Int) -> String? {
        guard let first = jobs.first else { return nil }
        guard jobs.count > 1 else {
            return first.isCancelled ? "stopping…" : line(of: first).text(columns: limit)
        }
        let running = "\(jobs.count) jobs running"
        let left = jobs.map { secondsLeft(of: $0) }
        guard !left.contains(nil), let longest = left.compactMap({ $0 }).max() else {
            return clipped(running, columns: limit)
        }
        return JobLine(label: running, facts: [timeLeft(longest)]).text(columns: limit)
    }

    /// One download at a time goes on; the others wait for it.
    private func text(ofDownloads downloads: [Job], columns limit: Int) -> String? {
        guard let first = downloads.first(where: \.hasStarted) ?? downloads.first else { return nil }
        var line = line(of: first)
        if downloads.count > 1 { line.label += " and \(downloads.count - 1) more" }
        return line.text(columns: limit)
    }

    private func line(of job: Job) -> JobLine {
        switch job.work {
        case .generate, .answer: lineOfWriting(job)
        case .title: JobLine(label: "asking for a title", fraction: readFraction(of: job), mostCells: 8)
        case .summary: JobLine(label: "summing up older turns", fraction: readFraction(of: job), mostCells: 8)
        case .export(let request): line(ofExport: request, job)
        case .download(let request): line(ofDownload: request, job)
        }
    }

    private func line(ofDownload request: DownloadRequest, _ job: Job) -> JobLine {
        let name = clipped(onOneLine(request.name), columns: 30)
        if job.isCancelled { return JobLine(label: "stopping the download") }
        guard job.progress?.phase != .verifying else {
            return JobLine(label: "checking \(name)", fraction: job.fraction, mostCells: 8)
        }
        return JobLine(
            label: "getting \(name)", fraction: job.fraction, mostCells: 8,
            facts: [amount(of: job), rate(of: job), left(of: job)].compactMap(\.self))
    }

    /// `34% · 92.0 of 270.0 MB · 38 s left`, for a list.
    func facts(ofDownload job: Job) -> String {
        if job.isCancelled { return "stopping…" }
        if !job.hasStarted { return "waits for the one before it" }
        guard let progress = job.progress else { return "asking the Hub…" }
        let share = job.fraction.map { JobLine.percent($0).trimmed }
        let facts = [share, progress.phase == .verifying ? "checking it" : amount(of: job), left(of: job)]
        return facts.compactMap(\.self).joined(separator: " · ")
    }

    private func lineOfWriting(_ job: Job) -> JobLine {
        if let wait = draft.waitText(ofJob: job.number, now: now) { return JobLine(label: wait, isComplete: true) }
        guard isWriting(job), let generation = draft.generation(job.number) else {
            let isSummarizing = draft.answer?.job == job.number && draft.answer?.isSummarizing == true
            return JobLine(
                label: isSummarizing ? "summing up older turns" : "reading the prompt", fraction: job.fraction,
                mostCells: 8)
        }
        let count = generation.variants.count
        return JobLine(
            label: generation.isChoosing
                ? generation.choosingText : "writing \(min(generation.finishedCount + 1, count)) of \(count)",
            fraction: generation.writtenFraction, facts: [rate(of: job), left(of: job)].compactMap(\.self))
    }

    /// How much of the prompt is read; `nil` once the model writes.
    private func readFraction(of job: Job) -> Double? { job.progress?.phase == .readingPrompt ? job.fraction : nil }

    private func line(ofExport request: ExportRequest, _ job: Job) -> JobLine {
        let path = clipped(onOneLine(request.path), columns: 30)
        return JobLine(
            label: "exporting to \(path)", fraction: job.fraction,
            facts: [amount(of: job), rate(of: job), left(of: job)].compactMap(\.self))
    }

    /// True if a generation is past its prompt.
    private func isWriting(_ job: Job) -> Bool {
        draft.running?.job == job.number && (draft.running?.writingSince != nil || job.progress?.phase == .writing)
    }

    // MARK: Facts

    private func secondsLeft(of job: Job) -> Double? {
        guard !job.isCancelled else { return nil }
        guard job.isWriting, isWriting(job) else { return job.secondsLeft(now: now) }
        // Of a generation the text tells how much is written, because the number of its tokens is open.
        guard let since = draft.running?.writingSince, let generation = draft.generation(job.number) else { return nil }
        return Pace(since: since).secondsLeft(at: generation.writtenFraction, now: now)
    }

    private func left(of job: Job) -> String? { secondsLeft(of: job).map(timeLeft) }

    private func timeLeft(_ seconds: Double) -> String {
        if seconds < 1 { return "1 s left" }
        if seconds < 100 { return "\(Int(seconds.rounded(.up))) s left" }
        return seconds < 86_400 ? "\(Int((seconds / 60).rounded(.up))) min left" : "more than a day left"
    }

    /// `120 of 3400 drafts`.
    private func amount(of job: Job) -> String? {
        job.progress.map { $0.unit.text($0.done, of: $0.total) }
    }

    func rate(of job: Job) -> String? {
        guard let progress = job.progress, let rate = progress.perSecond else { return nil }
        return progress.unit.text(perSecond: rate)
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}

extension JobProgress.Unit {
    /// `270.0 MB`
    static func size(_ bytes: Int) -> String {
        let size = ByteSize(largest: bytes)
        return "\(size.number(bytes)) \(size.name)"
    }

    /// `120 of 3400 drafts`, `1.5 of 4.7 GB`.
    func text(_ done: Int, of total: Int?) -> String {
        guard self == .bytes else {
            guard let total else { return "\(done) \(noun(done))" }
            return "\(done) of \(total) \(noun(total))"
        }
        let size = ByteSize(largest: total ?? done)
        return (total == nil ? "" : "\(size.number(done)) of ") + "\(size.number(total ?? done)) \(size.name)"
    }

    /// `212 tok/s`, `1.5 MB/s`.
    func text(perSecond rate: Double) -> String {
        switch self {
        case .tokens: return "\(wholeNumber(rate)) tok/s"
        case .bytes:
            let bytes = Int(min(max(rate, 0), 1e15))
            let size = ByteSize(largest: bytes)
            return "\(size.number(bytes)) \(size.name)/s"
        case .drafts, .rows, .steps: return "\(wholeNumber(rate)) \(noun(2))/s"
        }
    }

    private func noun(_ count: Int) -> String {
        let noun: String
        switch self {
        case .tokens: noun = "token"
        case .drafts: noun = "draft"
        case .rows: noun = "row"
        case .steps: noun = "step"
        case .bytes: noun = "byte"
        }
        return count == 1 ? noun : noun + "s"
    }
}

/// The decimal unit in which a number of bytes is short.
private struct ByteSize {
    let name: String
    private let bytes: Double

    init(largest: Int) {
        switch largest {
        case ..<1_000_000: (name, bytes) = ("kB", 1e3)
        case ..<1_000_000_000: (name, bytes) = ("MB", 1e6)
        default: (name, bytes) = ("GB", 1e9)
        }
    }

    func number(_ count: Int) -> String {
        let tenths = Int((Double(count) / bytes * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// A number of at most three or so digits: with one decimal below 10; `—` if it is no number.
func wholeNumber(_ value: Double) -> String {
    guard value.isFinite, value < 1e9 else { return "—" }
    return value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
}
