// Screens as text beside the keys that led there: each file in Screens/ names its size and its keys, and then
// shows the screen. With COPYDESK_WRITE_SCREENS=1 the screens are written anew, to be read before they are kept.
//
//     size 24x80
//     open "search ad" ^E ^G text A "Sunlight for" …
//     ---
//     the screen

import Foundation
import Generation
import Testing

@testable import Studio

private let screensFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Screens")

private let screenNames: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: screensFolder.path)) ?? []
    return files.filter { $0.hasSuffix(".txt") }.sorted()
}()

@Test
func `there are screens to compare`() {
    #expect(screenNames.count >= 12)
}

@Test(arguments: screenNames)
func `the keys lead to the screen beside them`(name: String) throws {
    let file = screensFolder.appending(path: name)
    let text = try String(contentsOf: file, encoding: .utf8)
    let parts = text.components(separatedBy: "\n---\n")
    let head = parts[0].components(separatedBy: "\n")
    var player = ScreenPlayer(size: head[0])
    for line in head.dropFirst() { player.play(line) }
    let screen = player.script.screen
    #expect(player.problem == nil)
    if ProcessInfo.processInfo.environment["COPYDESK_WRITE_SCREENS"] == "1" {
        try "\(parts[0])\n---\n\(screen)\n".write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = parts.count > 1 ? String(parts[1].dropLast()) : ""
    #expect(screen == expected, "\n\(screen)")
}

/// Plays the keys and events that a screen's file names.
struct ScreenPlayer {
    var script: StudioScript
    var problem: String?

    init(size: String) {
        let words = size.split(separator: " ")
        let numbers = words.last.map { $0.split(separator: "x").compactMap { Int($0) } } ?? []
        script = StudioScript(
            rows: numbers.first ?? 24, columns: numbers.last ?? 80, ascii: words.contains("ascii"))
    }

    mutating func play(_ line: String) {
        var words = ScreenPlayer.words(line)[...]
        while let word = words.popFirst() {
            switch word {
            case "open": script.open(words.popFirst() ?? "")
            case "type": script.type(words.popFirst() ?? "")
            case "paste": script.press(.paste(words.popFirst() ?? ""))
            case "resize":
                let numbers = (words.popFirst() ?? "").split(separator: "x").compactMap { Int($0) }
                script.resize(numbers.first ?? 0, numbers.last ?? 0)
            case "start":
                let ids = script.state.shownGeneration.map { $0.variants.indices.map { Int64(10 + $0) } } ?? []
                script.send(.generation(job: script.job, .began(generationId: 1, draftIds: ids, seed: 7)))
            case "parts":
                let ids = script.state.shownGeneration.map { $0.variants.indices.map { Int64(10 + $0) } } ?? []
                script.send(
                    .generation(
                        job: script.job,
                        .began(generationId: 1, draftIds: ids, seed: 7, parts: ScreenPlayer.parts)))
            case "best": script.state.draft.form?.sampling.bestOf = words.popFirst().flatMap { Int($0) } ?? 0
            case "think":
                let variant = variant(words.popFirst())
                script.send(.generation(job: script.job, .reasoning(variant: variant, piece: words.popFirst() ?? "")))
            case "again":
                script.send(.generation(job: script.job, .restarted(variant: variant(words.popFirst()))))
            case "twin":
                let variant = variant(words.popFirst())
                var details = DraftDetails()
                details.attempts = 3
                details.twinOf = self.variant(words.popFirst())
                script.send(.generation(job: script.job, .details(variant: variant, details)))
            case "score":
                let variant = variant(words.popFirst())
                var details = DraftDetails()
                details.score = DraftScore(
                    meanLogProbability: words.popFirst().flatMap { Double($0) } ?? 0,
                    parts: ["unnamed": -2.5, "sameOpening": -1.5, "overlap": -0.25, "limited": -0.001])
                script.send(.generation(job: script.job, .details(variant: variant, details)))
            case "choose":
                let variants = (words.popFirst() ?? "").map { self.variant(String($0)) }
                script.send(.generation(job: script.job, .chosen(variants)))
            case "length":
                let variant = variant(words.popFirst())
                script.send(
                    .generation(job: script.job, .draftFinished(variant: variant, reason: .length, tokenCount: 256)))
            case "text":
                let variant = variant(words.popFirst())
                script.send(.generation(job: script.job, .text(variant: variant, piece: words.popFirst() ?? "")))
            case "done", "limit":
                let reason: FinishReason = word == "done" ? .stop : .limit
                let variant = variant(words.popFirst())
                script.send(
                    .generation(job: script.job, .draftFinished(variant: variant, reason: reason, tokenCount: 8)))
            case "finish": script.send(.job(script.job, .finished(.generated)))
            case "cut":
                let variant = variant(words.popFirst())
                script.send(
                    .generation(job: script.job, .draftFinished(variant: variant, reason: .cutOff, tokenCount: 8)))
            case "wait":
                let seconds = words.popFirst().flatMap { Int($0) } ?? 0
                let cause = words.popFirst().flatMap { ScreenPlayer.causes[$0] } ?? .answer
                script.send(.generation(job: script.job, .waiting(GeneratorWait(cause, seconds: seconds))))
            case "notice": script.send(.generation(job: script.job, .notice(words.popFirst() ?? "")))
            case "server":
                var details = DraftDetails()
                details.server = StudioScript.report
                script.send(.generation(job: script.job, .details(variant: variant(words.popFirst()), details)))
            case "models": script.send(.modelsListed(StudioScript.modelItems, servers: ["local", "far"]))
            case "alone":
                script.send(.modelsListed([ModelItem(name: "built-in", detail: "llama, 8.1M parameters")]))
                script.send(.choicesRemembered(RememberedChoices()))
            case "answers":
                script.send(.serverAnswered(name: "local", .models(StudioScript.serverItems)))
                script.send(.serverAnswered(name: "far", .failed(sentence: StudioScript.farSentence)))
            case "runs": script.answerRuns(StudioScript.runItems)
            case "no-runs": script.answerRuns([])
            case "learned":
                script.answerLearnings(StudioScript.learningItems, offer: StudioScript.offer)
            case "one-learned":
                let kind = words.popFirst() ?? ""
                script.answerLearnings(StudioScript.learningItems.filter { "\($0.state)" == kind })
            case "few-keeps": script.answerLearnings([], offer: StudioScript.fewKeeps)
            case "pairs": script.send(.comparisonOpened(StudioScript.pairs(answered: Int(words.popFirst() ?? "") ?? 0)))
            case "kept-answer":
                let count = words.popFirst().flatMap { Int($0) } ?? 0
                script.send(.pairAnswered(name: "style-4", answeredCount: count, next: count < 20 ? count : nil))
            case "offers": script.send(.offersListed(StudioScript.offers))
            case "found":
                script.send(.modelsFound(words: words.popFirst() ?? "", StudioScript.found))
            case "plan": script.send(.downloadPlanned(StudioScript.plan(script.state.downloads.planning ?? "")))
            case "download":
                script.startDownload(words.popFirst() ?? "")
            case "fail": script.send(.job(script.job, .failed(sentence: words.popFirst() ?? "")))
            case "later":
                var timings = GenerationTimings()
                timings.generatedTokens = 424
                timings.generatedSeconds = 2
                script.send(.job(script.job, .progress(.writing(timings))))
                script.send(.tick(now: script.state.now + 2))
            case "chat":
                script.send(.templatesLoaded(StudioScript.templates + StudioScript.personas))
                script.listConversations()
            case "conversation": script.openConversation()
            case "summary": script.openConversation(StudioScript.summedUp(StudioScript.summaries))
            case "trashed":
                let entries = ["The inn at night", "标题怎么写"].enumerated().map { index, title in
                    ConversationEntry(
                        conversation: StudioScript.conversation(Int64(5 - index), title: title), turnCount: 3,
                        preview: "For you, always.")
                }
                if let request = script.state.templates.awaitedConversations {
                    script.send(.conversationsListed(request, entries))
                }
            case "persona":
                script.press(.alt("1"), .character("/"))
                script.type("story char")
                script.press(.enter, .enter)
                script.type("an innkeeper")
                script.press(.control("g"))
                var fresh = StudioScript.conversation(0, title: "")
                fresh.uuid = ""
                script.send(.personaPrepared(name: "story-character", fresh))
            case "begin": script.beginAnswer(words.popFirst() ?? "")
            case "say":
                let variant = variant(words.popFirst())
                script.send(.generation(job: script.answerJob, .text(variant: variant, piece: words.popFirst() ?? "")))
            case "muse":
                script.send(.generation(job: script.answerJob, .reasoning(variant: 0, piece: words.popFirst() ?? "")))
            case "broken":
                script.send(.job(script.answerJob, .failed(sentence: words.popFirst() ?? "")))
            case "answers-at-once":
                script.state.draft.chat?.conversation.settings.variantCount = words.popFirst().flatMap { Int($0) } ?? 1
            case "ruler":
                script.send(.tick(now: script.state.now + 1))
                guard let question = script.state.draft.chat?.asked else { break }
                var ruler = StudioScript.ruler
                ruler.leavingCount = words.popFirst().flatMap { Int($0) } ?? 0
                if ruler.leavingCount > 0 { ruler.outside = [1] }
                script.send(.contextPlanned(question, ruler))
            case "saved": script.confirmWrites()
            case "ruled": script.send(.templatesLoaded(StudioScript.templates + [StudioScript.ruled]))
            case "session":
                script.send(.sessionRestored(ScreenPlayer.session))
            case "quiet": script.send(.tick(now: script.state.now + 30))
            case "history": script.answerHistory(ScreenPlayer.history)
            case "nothing": script.answerHistory([])
            default: press(word)
            }
        }
    }

    private static let causes: [String: GeneratorWait.Cause] = [
        "answer": .answer, "text": .text, "loading": .loading, "retry": .retry(inSeconds: 4),
    ]

    private func variant(_ letter: String?) -> Int {
        Int(letter?.unicodeScalars.first?.value ?? 65) - 65
    }

    private mutating func press(_ label: String) {
        let known = Context.allCases.flatMap { KeyTable.bindings(in: $0).flatMap(\.keys) } + [.backspace, .delete]
        if let key = known.first(where: { $0.label == label }) {
            script.press(key)
        } else {
            problem = "no key \(label)"
        }
    }

    /// Words by spaces; those in double quotes keep theirs, and `\n` is a line break.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        for (index, part) in line.components(separatedBy: "\"").enumerated() {
            if index % 2 == 1 {
                words.append(part.replacingOccurrences(of: "\\n", with: "\n"))
            } else {
                words += part.split(separator: " ").map(String.init)
            }
        }
        return words
    }

    /// The parts of an ad.
    static let parts = [
        PartSpecification(name: "Primary text", limits: LengthLimits(characters: 125, lines: 1)),
        PartSpecification(name: "Headline", limits: LengthLimits(characters: 20, lines: 1)),
        PartSpecification(name: "Description"),
    ]

    /// The texts of two dead studios and of an editor.
    static let session = StudioSession(
        templateName: "product-ad", formKey: "product-ad",
        values: ["product-ad": ["product": "Aurora lamp"], "article-headline": ["topic": "the first snow"]],
        kept: [
            KeptText(.form(key: "product-ad", values: ["product": "Borealis lamp, second try"], isRaw: false)),
            KeptText(.edit(.init(draftId: 10, generationId: 1, text: "Sunlight,\nas late as you like"))),
            .loose("A letter to a lighthouse keeper", path: "/tmp/copydesk-1/draft.md"),
        ])

    static let history: [HistoryEntry] = [
        HistoryEntry(
            id: 1, createdAt: StudioScript.now, title: "Search ad headlines", draftCount: 4, starred: true,
            status: .running),
        HistoryEntry(
            id: 20, createdAt: StudioScript.now - 240, title: "Short story", draftCount: 2,
            excerpt: "The keeper counted the ships."),
        HistoryEntry(id: 19, createdAt: StudioScript.now - 1260, title: "One-sentence summary", draftCount: 1),
        HistoryEntry(
            id: 18, createdAt: StudioScript.now - 60_300, title: "製品の広告コピー、長い題名のもの", draftCount: 3, status: .stopped),
        HistoryEntry(id: 17, createdAt: StudioScript.now - 61_920, title: "Editor 👩‍👩‍👧‍👦", draftCount: 12, status: .failed),
        HistoryEntry(id: 16, createdAt: StudioScript.now - 3 * 86_400, title: "Product ad", draftCount: 3),
    ]
}
