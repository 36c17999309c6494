// Getting models: asked once, downloaded while one drafts, stopped, resumed, failed, and never in the way.

import Generation
import Testing

@testable import Studio

private let reference = "unsloth/Qwen3-0.6B-GGUF:Q8_0"

private func opened(rows: Int = 30, columns: Int = 100) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.press(.character("m"), .character("n"))
    script.send(.offersListed(StudioScript.offers))
    return script
}

extension StudioScript {
    fileprivate var statusLine: String { frame.lines.suffix(2).first ?? "" }

    /// Moves down from the top until a row is selected.
    fileprivate mutating func select(_ title: String) {
        press(.character("g"))
        for _ in 0..<40 where !frame.lines.contains(where: { $0.contains("› \(title)") }) { press(.down) }
    }
}

@Test
func `a suggested model is asked about once, with size, space and licence, and then downloaded`() {
    var script = opened()
    #expect(script.screen.contains("Good small models") && script.screen.contains("0.6 billion"))
    script.select("Qwen3 0.6B")
    #expect(script.screen.contains("many languages; can think before it writes"))
    script.press(.enter)
    #expect(script.effects.last == .planDownload(reference: reference))
    #expect(script.screen.contains("asking…"))
    script.send(.downloadPlanned(StudioScript.plan(reference)))
    #expect(script.question.contains("1 file, 639.0 MB; 40.0 GB are free."))
    #expect(script.question.contains("Licence: apache-2.0."))
    #expect(script.downloads.isEmpty)
    script.press(.character("y"))
    #expect(script.downloads.map(\.request.reference) == [reference])
    #expect(script.screen.contains("Going on") && script.screen.contains("› Qwen3-0.6B-Q8_0"))
    script.answerDownload(.started)
    script.reportDownload(done: 213_000_000)
    #expect(script.screen.contains("33% · 213.0 of 639.0 MB · 2 min left") && script.screen.contains("4.1 MB/s"))
    // The size that the Hub told stays in the list.
    #expect(script.state.downloads.sizes[reference] == 639_000_000)
}

@Test
func `declining downloads nothing and goes back to the list`() {
    var script = opened()
    script.select("Qwen3 0.6B")
    script.press(.enter)
    script.send(.downloadPlanned(StudioScript.plan(reference)))
    script.press(.character("n"))
    #expect(script.downloads.isEmpty && script.state.context == .downloads)
    #expect(script.screen.contains("639.0 MB"))
}

@Test
func `a model that cannot be had is told in the dialog`() {
    var script = opened()
    script.press(.character("n"))
    script.type("nobody/nothing")
    script.press(.enter)
    #expect(script.effects.last == .planDownload(reference: "nobody/nothing"))
    script.send(.downloadNotPlanned(reference: "nobody/nothing", sentence: "There is no repository 'nobody/nothing'."))
    #expect(script.screen.contains("There is no repository 'nobody/nothing'."))
    #expect(script.screen.contains("▏nobody/nothing") && script.state.context == .modelWords)
}

@Test
func `a disk that is too small is told before anything is asked`() {
    var script = opened()
    script.select("Qwen3 0.6B")
    script.press(.enter)
    var plan = StudioScript.plan(reference)
    plan.freeBytes = 100_000_000
    script.send(.downloadPlanned(plan))
    #expect(script.screen.contains("needs 671.0 MB and the disk has 100.0 MB free."))
    #expect(script.question.isEmpty && script.downloads.isEmpty)
}

@Test
func `an answer that comes after the dialog was closed asks nothing`() {
    var script = opened()
    script.select("Qwen3 0.6B")
    script.press(.enter, .escape)
    script.send(.downloadPlanned(StudioScript.plan(reference)))
    #expect(script.state.dialog == nil && script.downloads.isEmpty)
    // Neither does one for another model than the last.
    script.press(.character("m"), .character("n"))
    script.send(.downloadPlanned(StudioScript.plan("other/model")))
    #expect(script.question.isEmpty)
}

@Test
func `a search lists what the Hub has, with downloads and terms`() {
    var script = opened()
    script.press(.character("/"))
    script.type("qwen3 4b")
    script.press(.enter)
    #expect(script.effects.last == .searchHub(words: "qwen3 4b"))
    #expect(script.screen.contains("Found by “qwen3 4b”") && script.screen.contains("asking the Hub…"))
    script.send(.modelsFound(words: "older words", [.init(reference: "a/b", title: "a/b")]))
    #expect(script.screen.contains("asking the Hub…"))
    script.send(.modelsFound(words: "qwen3 4b", StudioScript.found))
    #expect(script.screen.contains("› Qwen/Qwen3-4B-GGUF") && script.screen.contains("214k downloads"))
    #expect(script.screen.contains("terms to accept") && script.screen.contains("1.2M downloads"))
    script.press(.enter)
    #expect(script.effects.last == .planDownload(reference: "Qwen/Qwen3-4B-GGUF"))
}

@Test
func `a search without an answer says why, and one without results says so`() {
    var script = opened()
    script.press(.character("/"))
    script.type("x")
    script.press(.enter)
    script.send(.searchFailed(words: "x", sentence: "The Hub takes no more requests for 30 seconds."))
    script.select("The search failed")
    #expect(script.screen.contains("takes no more requests for 30 seconds."))
    script.press(.character("/"))
    script.type("y")
    script.press(.enter)
    script.send(.modelsFound(words: "y", []))
    #expect(script.screen.contains("nothing that this program can run"))
}

@Test
func `a download goes on beside the writing, and both are in the status line`() {
    var script = StudioScript(rows: 30, columns: 120)
    script.startDownload(reference)
    script.press(.escape)
    #expect(
        script.statusLine.hasSuffix(
            "getting Qwen3-0.6B-Q8_0 ▰▰▱▱▱▱▱▱  33% · 213.0 of 639.0 MB · 4.1 MB/s · 2 min left"))
    script.open("search ad")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Sun")))
    #expect(script.statusLine.contains("writing 1 of 4") && script.statusLine.hasSuffix("· ↓ 33%"))
    script.reportDownload(done: 639_000_000, phase: .verifying)
    script.answerDownload(.finished(.downloaded(name: "Qwen3-0.6B-Q8_0")))
    #expect(script.state.draft.running != nil)
    script.write(["Sun", "Lamp", "Warm", "Late"])
    #expect(script.state.jobs.isEmpty)
}

@Test
func `Esc stops the writing, and never a download`() {
    var script = StudioScript(rows: 30, columns: 120)
    script.startDownload(reference)
    script.press(.escape)
    let download = script.downloads[0].job
    for _ in 0..<4 { script.press(.escape) }
    #expect(!script.effects.contains(.cancel(job: download)))
    script.open("search ad")
    script.press(.control("e"), .control("g"), .escape, .escape)
    #expect(script.effects.contains(.cancel(job: script.job)) && !script.effects.contains(.cancel(job: download)))
}

@Test
func `a download that is stopped keeps its part, and goes on from the same row`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.startDownload(reference)
    #expect(script.screen.contains("x stop it"))
    script.press(.character("x"))
    #expect(script.effects.last == .cancel(job: script.downloads[0].job))
    #expect(script.screen.contains("stopping…"))
    script.answerDownload(.cancelled)
    #expect(script.notice.contains("Its part is kept"))
    let request = script.downloads[0].request
    script.send(
        .offersListed(
            DownloadOffers(
                suggested: StudioScript.offers.suggested,
                unfinished: [.init(id: "u2", request: request, bytesThere: 213_000_000, totalBytes: 639_000_000)])))
    #expect(script.screen.contains("› Qwen3-0.6B-Q8_0") && script.screen.contains("213.0 of 639.0 MB are here"))
    #expect(script.screen.contains("Enter resume"))
    script.press(.enter)
    #expect(script.downloads.count == 2 && script.downloads[1].request == request)
    #expect(script.screen.contains("Going on") && !script.screen.contains("Not finished"))
}

@Test
func `the part of an earlier run is resumed or discarded`() {
    var script = opened()
    script.select("llama3.2-3b")
    #expect(script.screen.contains("0.8 of 2.0 GB are here"))
    script.press(.character("d"))
    #expect(script.question.contains("812.0 MB of llama3.2-3b"))
    script.press(.enter)  // the first answer keeps it
    #expect(!script.effects.contains(.discardDownload(id: "u1")))
    script.select("llama3.2-3b")
    script.press(.character("d"), .character("y"))
    #expect(script.effects.contains(.discardDownload(id: "u1")))
    script.send(.offersListed(DownloadOffers(suggested: StudioScript.offers.suggested)))
    #expect(!script.screen.contains("llama3.2-3b"))
}

@Test
func `a download that fails says why in the status line and in its row`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.startDownload(reference)
    let request = script.downloads[0].request
    script.answerDownload(.failed(sentence: "huggingface.co sent nothing for 30 s, six times."))
    #expect(script.notice == "huggingface.co sent nothing for 30 s, six times.")
    script.send(.tick(now: script.state.now + 60))
    script.send(
        .offersListed(
            DownloadOffers(unfinished: [.init(id: "u2", request: request, bytesThere: 213_000_000)])))
    #expect(script.screen.contains("sent nothing for 30 s, six times."))
    script.press(.enter)
    #expect(script.downloads.count == 2)
}

@Test
func `a model that has come is used by Enter where it was asked for`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.startDownload(reference)
    script.answerDownload(.finished(.downloaded(name: "Qwen3-0.6B-Q8_0")))
    #expect(script.notice == "Qwen3-0.6B-Q8_0 is here: Enter uses it")
    #expect(script.screen.contains("Here now") && script.effects.contains(.listModels))
    script.press(.enter)
    #expect(script.effects.last == .useModel(name: "Qwen3-0.6B-Q8_0"))
}

@Test
func `a model that comes while one drafts takes no key, and is the first choice then`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.startDownload(reference)
    script.press(.escape)
    script.open("search ad")
    script.answerDownload(.finished(.downloaded(name: "Qwen3-0.6B-Q8_0")))
    #expect(script.notice == "Qwen3-0.6B-Q8_0 is here: F2, then Enter, uses it")
    #expect(script.state.context == .field)
    script.press(.function(2))
    script.send(.modelsListed([ModelItem(name: "built-in"), ModelItem(name: "Qwen3-0.6B-Q8_0")]))
    script.press(.enter)
    #expect(script.effects.last == .useModel(name: "Qwen3-0.6B-Q8_0"))
}

@Test
func `a model that is here already is not downloaded again`() {
    var script = opened()
    script.select("Qwen3 0.6B")
    script.press(.enter)
    var plan = StudioScript.plan(reference)
    plan.isHere = true
    script.send(.downloadPlanned(plan))
    #expect(script.notice == "Qwen3-0.6B-Q8_0 is here already: Enter uses it" && script.downloads.isEmpty)
}

@Test
func `a second download waits for the first, and both are told`() {
    var script = StudioScript(rows: 40, columns: 120)
    script.startDownload(reference)
    script.press(.escape, .character("m"), .character("n"))
    script.select("llama3.2-3b")
    script.press(.enter)
    #expect(script.screen.contains("waits for the one before it"))
    #expect(script.statusLine.contains("getting Qwen3-0.6B-Q8_0 and 1 more"))
}

@Test
func `the same model is never downloaded twice at once`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.startDownload(reference)
    script.press(.character("n"))
    script.type(reference)
    script.press(.enter)
    script.send(.downloadPlanned(StudioScript.plan(reference)))
    #expect(script.question.isEmpty && script.downloads.count == 1)
}

@Test
func `without the network the dialog says why`() {
    var script = StudioScript()
    script.press(.character("m"), .character("n"))
    script.send(
        .offersListed(DownloadOffers(obstacle: "Nothing is downloaded because HF_HUB_OFFLINE is set. Unset it.")))
    #expect(script.screen.contains("Nothing is downloaded because HF_HUB_OFFLINE is set."))
}

@Test
func `quitting asks nothing because of a download, and tells afterwards how it goes on`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.startDownload(reference)
    script.press(.escape, .character("q"))
    #expect(script.question.isEmpty)
    #expect(script.effects.contains(.cancel(job: script.downloads[0].job)) && script.effects.last == .quit)
    let told = script.effects.compactMap { if case .sayAfterwards(let text) = $0 { text } else { nil } }
    #expect(told.count == 1 && told[0].contains("Qwen3-0.6B-Q8_0") && told[0].contains("Its part is kept"))
}

@Test(arguments: [(24, 80), (16, 50), (12, 40), (8, 21)])
func `the dialogs fit any screen`(rows: Int, columns: Int) {
    var script = StudioScript(rows: rows, columns: columns)
    script.send(.modelsListed(StudioScript.modelItems, servers: ["local", "far"]))
    script.press(.character("m"))
    #expect(problem(of: script.frame, size: script.state.size) == nil)
    script.startDownload(reference)
    #expect(problem(of: script.frame, size: script.state.size) == nil)
    #expect(script.screen.contains("Qwen3"))
}
