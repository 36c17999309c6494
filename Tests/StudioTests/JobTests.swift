// Long work on the screen: several jobs at once, late messages, progress that cannot be, cancelling.

import Generation
import Testing

@testable import Studio

/// A studio with a generation, and no message in the status line.
private func written(rows: Int = 30, columns: Int = 120) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.open("search ad")
    script.press(.control("e"), .control("g"))
    script.write(["Sunlight for late ideas", "Lamp", "Warm light", "Sun"])
    script.send(.tick(now: script.state.now + 60))
    return script
}

extension StudioScript {
    /// Asks for an export and closes its dialog.
    fileprivate mutating func export() { press(.character("x"), .enter, .escape) }

    fileprivate mutating func pass(_ seconds: Double) { send(.tick(now: state.now + seconds)) }

    fileprivate var statusLine: String { frame.lines.suffix(2).first ?? "" }
}

private func drafts(_ done: Int, of total: Int? = nil) -> JobMessage {
    .progress(JobProgress(phase: .writing, done: done, total: total, unit: .drafts))
}

@Test
func `an export tells how many drafts are written, and the time left once it is known`() {
    var script = written()
    script.export()
    script.answerExport(.started)
    #expect(script.statusLine.contains("exporting to search-ad-headlines-a.md…"))
    script.answerExport(drafts(1, of: 400))
    #expect(
        script.statusLine.hasSuffix("exporting to search-ad-headlines-a.md ▰▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱   0% · 1 of 400 drafts"))
    script.pass(1)
    script.answerExport(drafts(10, of: 400))
    #expect(!script.statusLine.contains("left"))
    script.pass(3)
    script.answerExport(drafts(100, of: 400))
    #expect(script.statusLine.contains("100 of 400 drafts · 13 s left"))
    script.finishExport(draftCount: 400)
    #expect(script.statusLine.contains("400 drafts exported to search-ad-headlines-a.md"))
    script.pass(60)
    #expect(!script.statusLine.contains("export"))
}

@Test
func `an export of unknown size tells the drafts that are written`() {
    var script = written()
    script.export()
    script.answerExport(drafts(1))
    #expect(script.statusLine.hasSuffix("exporting to search-ad-headlines-a.md · 1 draft"))
}

@Test(arguments: [(24, 80), (16, 50), (12, 40), (8, 21)])
func `progress fits any screen`(rows: Int, columns: Int) {
    var script = written(rows: rows, columns: columns)
    script.export()
    script.answerExport(drafts(120, of: 3400))
    let found = problem(of: script.frame, size: script.state.size)
    #expect(found == nil)
    #expect(script.screen.contains("exporting to"))
}

@Test
func `several jobs are a number, and the last one is told in words again`() {
    var script = written()
    script.export()
    script.press(.character("r"))
    #expect(script.statusLine.hasSuffix(" 2 jobs running"))
    script.finishExport()
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Sun")))
    #expect(script.statusLine.contains("writing 1 of 4"))
    #expect(!script.statusLine.contains("jobs running"))
}

@Test
func `of several jobs the time left is that of the slowest, once all know it`() {
    var script = written()
    for _ in 0..<2 { script.export() }
    func report(_ index: Int, secondsLeft: Double?) -> StudioMessage {
        let progress = JobProgress(phase: .writing, done: 1, total: 9, unit: .drafts, secondsLeft: secondsLeft)
        return .job(script.exports[index].job, .progress(progress))
    }
    script.send(report(0, secondsLeft: 7))
    #expect(script.statusLine.hasSuffix(" 2 jobs running"))
    script.send(report(1, secondsLeft: 250))
    #expect(script.statusLine.hasSuffix(" 2 jobs running · 5 min left"))
}

@Test
func `the second export waits in its dialog until the first is done`() {
    var script = written()
    script.export()
    script.answerExport(.started)
    script.press(.character("x"), .up, .right, .down, .enter)
    #expect(script.screen.contains("Export · waiting…"))
    script.answerExport(.started)
    #expect(script.screen.contains("Export · writing…"))
}

@Test
func `answers to exports find their own request in any order`() {
    var script = written()
    script.export()
    script.press(.character("x"), .up, .right, .down, .enter)
    let (first, second) = (script.exports[0], script.exports[1])
    #expect(first.request != second.request)
    script.send(.job(second.job, .failed(sentence: "The disk is full.")))
    #expect(script.screen.contains("The disk is full.") && script.state.context == .export)
    script.press(.escape)
    script.send(.job(first.job, .finished(.fileExists)))
    #expect(script.question == "search-ad-headlines-a.md is there already.")
    script.press(.character("y"))
    #expect(script.exports.last?.request.overwrite == true)
    #expect(script.exports.last?.request.path == first.request.path)
}

@Test
func `Esc cancels the writing first, and then the newest export`() {
    var script = written()
    script.export()
    script.export()
    script.press(.character("r"))
    let writing = script.job
    script.press(.escape)
    #expect(script.effects.last == .cancel(job: writing))
    script.send(.job(writing, .cancelled))
    let jobs = script.exports.map(\.job)
    script.press(.escape)
    #expect(script.effects.last == .cancel(job: jobs[1]))
    script.press(.escape)
    #expect(script.effects.last == .cancel(job: jobs[0]))
    let count = script.effects.count
    script.press(.escape)
    #expect(script.effects.count == count)
}

@Test
func `a cancelled export stops being reported, and says that nothing was written`() {
    var script = written()
    script.export()
    script.answerExport(drafts(3, of: 9))
    script.press(.escape)
    script.answerExport(drafts(4, of: 9))
    #expect(script.statusLine.hasSuffix(" stopping…"))
    script.answerExport(.cancelled)
    #expect(script.notice == "The export to search-ad-headlines-a.md is cancelled: nothing was written.")
    #expect(script.state.jobs.isEmpty)
}

@Test
func `Esc takes a message away before it cancels an export`() {
    var script = written()
    script.export()
    script.send(.notice("The store can be written again.", isFailure: false))
    script.press(.escape)
    #expect(script.notice.isEmpty && !script.effects.contains(.cancel(job: script.exports[0].job)))
    script.press(.escape)
    #expect(script.effects.last == .cancel(job: script.exports[0].job))
}

@Test(arguments: [
    JobMessage.started, drafts(5, of: 9), .finished(.exported(path: "late.md", draftCount: 9)), .finished(.fileExists),
    .failed(sentence: "Late."), .cancelled,
])
func `late messages of a cancelled job change nothing`(late: JobMessage) {
    var script = written()
    script.export()
    script.press(.escape)
    script.answerExport(.cancelled)
    script.pass(60)
    let screen = script.screen
    script.answerExport(late)
    #expect(script.screen == screen && script.state.jobs.isEmpty && script.question.isEmpty)
    // A generation that begins meanwhile is not ended by it.
    script.press(.character("r"))
    script.answerExport(late)
    #expect(script.state.jobs.all.map(\.number) == [script.job])
}

@Test
func `late messages of a stopped generation do not end the next one`() {
    var script = written()
    script.press(.character("r"))
    let first = script.job
    script.press(.escape)
    script.send(.job(first, .cancelled))
    script.press(.character("r"))
    script.send(.job(first, .failed(sentence: "Late.")))
    script.send(.job(first, .progress(.reading(processed: 9, total: 9))))
    #expect(script.state.draft.running?.job == script.job && script.notice.isEmpty)
    #expect(script.statusLine.contains("reading the prompt…"))
}

@Test
func `a job that fails at once leaves its sentence and no job`() {
    var script = written()
    script.export()
    script.answerExport(.failed(sentence: "There is no folder /no/such. Make it first."))
    #expect(script.statusLine.contains("There is no folder /no/such. Make it first."))
    script.press(.character("r"))
    script.send(.job(script.job, .failed(sentence: "The model cannot be opened. Choose another one.")))
    #expect(script.statusLine.contains("The model cannot be opened. Choose another one."))
    #expect(script.state.jobs.isEmpty && script.state.draft.running == nil)
}

@Test
func `progress never goes back and never exceeds its total`() {
    var script = written()
    script.export()
    script.answerExport(drafts(50, of: 100))
    script.answerExport(drafts(20, of: 100))
    #expect(script.statusLine.contains(" 50% · 50 of 100 drafts"))
    script.answerExport(drafts(130, of: 100))
    #expect(script.statusLine.contains("100% · 100 of 100 drafts"))
    script.answerExport(drafts(-3, of: 0))
    #expect(script.statusLine.hasSuffix(" · 100 drafts"))
}

@Test
func `a rate or a time that cannot be is not shown`() {
    var script = written()
    for (rate, left) in [(Double.nan, Double.infinity), (-1, -1), (.infinity, .nan)] {
        script.export()
        let progress = JobProgress(
            phase: .writing, done: 1, total: 4, unit: .drafts, perSecond: rate, secondsLeft: left)
        script.answerExport(.progress(progress))
        #expect(script.statusLine.hasSuffix(" 25% · 1 of 4 drafts"))
        script.finishExport()
        script.pass(60)
    }
}

@Test
func `another phase begins again, and so does its time`() {
    var script = written()
    script.press(.character("r"))
    script.send(.job(script.job, .progress(.reading(processed: 60, total: 60))))
    script.pass(30)
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Sunlight for lat")))
    #expect(!script.statusLine.contains("left"))
    script.pass(1)
    #expect(script.statusLine.contains("writing 1 of 4") && script.statusLine.contains(" s left"))
}

@Test
func `work that continues earlier work is timed by its own pace`() {
    // Half was there before; a quarter took 10 seconds, and a quarter is left.
    let pace = Pace(since: 100, from: 0.5)
    #expect(pace.secondsLeft(at: 0.75, now: 110) == 10)
    #expect(pace.secondsLeft(at: 0.5, now: 110) == nil)
    #expect(pace.secondsLeft(at: 0.75, now: 100.1) == nil)
}

@Test(
    arguments: [
        (.bytes, 1_500_000_000, 4_700_000_000, "1.5 of 4.7 GB", "2.1 MB/s"),
        (.bytes, 0, 999, "0.0 of 1.0 kB", "2.1 MB/s"), (.rows, 3, 1, "3 of 1 row", "2100000 rows/s"),
        (.steps, 120, 1000, "120 of 1000 steps", "2100000 steps/s"), (.tokens, 1, nil, "1 token", "2100000 tok/s"),
    ] as [(JobProgress.Unit, Int, Int?, String, String)])
func `each unit has its words`(unit: JobProgress.Unit, done: Int, total: Int?, amount: String, rate: String) {
    #expect(unit.text(done, of: total) == amount)
    #expect(unit.text(perSecond: 2_100_000) == rate)
}

@Test
func `quitting cancels every job`() {
    var script = written()
    script.export()
    script.press(.character("q"), .character("q"), .character("y"))
    #expect(script.effects.contains(.cancel(job: script.exports[0].job)))
    #expect(script.effects.last == .quit)
    var ended = written()
    ended.export()
    ended.press(.character("r"))
    ended.send(.terminated)
    #expect(ended.effects.contains(.cancel(job: ended.exports[0].job)))
    #expect(ended.effects.contains(.cancel(job: ended.job)) && ended.effects.last == .quit)
}

@Test
func `quitting waits for all exports`() {
    var script = written()
    script.export()
    script.export()
    script.press(.character("q"))
    script.send(.job(script.exports[1].job, .finished(.exported(path: "b.md", draftCount: 1))))
    #expect(!script.effects.contains(.quit))
    script.send(.job(script.exports[0].job, .finished(.exported(path: "a.md", draftCount: 1))))
    #expect(script.effects.last == .quit)
}
