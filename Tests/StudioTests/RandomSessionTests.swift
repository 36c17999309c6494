import Generation
import Testing

@testable import Studio

/// A small generator with a seed, so that a session that fails can be had again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

/// Any keys, answers and sizes in any order: what must hold after each.
struct RandomSession {
    var script: StudioScript
    var random: SeededRandom
    /// The text that was streamed to each variant of each job.
    var streamed: [Int: [String]] = [:]
    var nextGenerationId: Int64 = 1

    static let pieces = [
        "Sunlight ", "for late ideas. ", "\n\n", "世界", "「こんにちは」", "👩‍👩‍👧‍👦", "e\u{301}", "\u{202E}evil", "\u{1B}[31m", "\t",
        "\u{200B}",
        "a-very-long-word-that-does-not-fit-anywhere-at-all", "🇩🇪", "1\u{FE0F}\u{20E3}", "\u{FEFF}", "\r", "한국어", ". ",
    ]

    static let keys: [KeyPress] = {
        var keys = Set(Context.allCases.flatMap { KeyTable.bindings(in: $0).flatMap(\.keys) })
        for character in "abcxyz 09ä世👍\"'\\" { keys.insert(.character(character)) }
        for key in [
            KeyPress.backspace, .delete, .insert, .controlLeft, .controlRight, .controlHome, .controlEnd, .altEnter,
            .wordBackspace, .control("w"), .control("k"), .control("_"), .control("u"), .alt("x"), .function(9),
            .paste("Two\nlines 世界 \u{1B}]0;x\u{7}"), .paste(""),
        ] { keys.insert(key) }
        // In one order, or a seed would not give the same session again.
        return keys.sorted { "\($0)" < "\($1)" }
    }()

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        script =
            seed % 2 == 0
            ? StudioScript(rows: 24, columns: 80, ascii: seed % 5 == 0)
            : StudioScript.chatting(ascii: seed % 5 == 0)
        if seed % 2 == 1 { script.openConversation() }
        if seed % 3 == 0 { script.send(.choicesRemembered(RememberedChoices(open: .init(generationId: 3)))) }
    }

    mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<62: script.send(.key(RandomSession.keys.randomElement(using: &random) ?? .enter))
        case 62..<66:
            let rows = [0, 1, 4, 5, 6, 8, 12, 24, 45].randomElement(using: &random) ?? 24
            let columns = [0, 3, 20, 21, 40, 80, 100, 119, 120, 160].randomElement(using: &random) ?? 80
            script.resize(rows, columns)
        case 66..<70: script.send(.tick(now: script.state.now + Double.random(in: 0...5, using: &random)))
        case 70..<74:
            script.press(.control("e"), .control("g"))
        default: answer()
        }
    }

    /// An answer to one of the effects, or something that nobody asked for.
    private mutating func answer() {
        let effect = script.effects.suffix(6).randomElement(using: &random)
        let isGood = Bool.random(using: &random)
        switch effect {
        case .start(let job, .generate): answerJob(job)
        case .write(let operation, .copyBranch) where isGood:
            script.send(.branchCopied(operation: operation, StudioScript.conversation(9)))
        case .write(let operation, _):
            script.send(isGood ? .written(operation: operation) : .writeFailed(operation: operation, sentence: "Full."))
        case .loadHistory(let query):
            script.send(
                isGood ? .historyPage(query, entries: entries(), hasMore: true) : .historyFailed(query, sentence: "No.")
            )
        case .openGeneration(let id):
            let isGone = id % 2 == 0
            script.send(
                isGood
                    ? .generationOpened(saved(id)) : .generationNotOpened(id: id, isGone: isGone, sentence: "No."))
        case .saveSession(let session):
            // A refusal, and then what another studio left.
            script.send(isGood ? .sessionSaved : .sessionNotSaved(sentence: "Full."))
            if isGood { script.send(.sessionRestored(session)) }
        case .quit: script.send(.sessionNotSaved(sentence: "Full."))
        case .start(let job, .export(let request)): answerExport(job, request)
        case .start(let job, .download(let request)): answerDownload(job, request)
        case .listModels:
            script.send(.modelsListed(isGood ? StudioScript.modelItems : [], servers: isGood ? ["local", "far"] : []))
        case .askServers:
            script.send(.serverAnswered(name: "local", .models(StudioScript.serverItems)))
            script.send(.serverAnswered(name: "far", .failed(sentence: "Nothing answers at \u{1B}[2J世界.")))
        case .listOffers:
            script.send(.offersListed(isGood ? StudioScript.offers : DownloadOffers(obstacle: "Offline.")))
        case .searchHub(let words):
            script.send(
                isGood
                    ? .modelsFound(words: words, StudioScript.offers.suggested)
                    : .searchFailed(words: words, sentence: "No."))
        case .planDownload(let reference):
            script.send(
                isGood
                    ? .downloadPlanned(StudioScript.plan(reference))
                    : .downloadNotPlanned(reference: reference, sentence: "There is no repository."))
        case .discardDownload: script.send(.offersListed(DownloadOffers()))
        case .openEditor(let target, let text):
            script.send(.editorOpening(target, path: "/tmp/copydesk-1/draft.md", text: text))
            let changed = Bool.random(using: &random) ? text + " more" : nil
            script.send(
                isGood
                    ? .editorClosed(target, text: changed) : .editorFailed(target, text: changed, sentence: "Status 3.")
            )
        case .loadFile(let path):
            script.send(isGood ? .fileLoaded(path: path, text: "A\nB") : .fileFailed(path: path, sentence: "No."))
        case .start(let job, .answer(let request)): answerAnswer(job, request)
        case .start(let job, .title):
            script.send(.job(job, isGood ? .finished(.titled("Rain \u{202E}on the road")) : .failed(sentence: "No.")))
        case .start(let job, .summary):
            script.send(.job(job, isGood ? .finished(.summarized(draft: 902)) : .cancelled))
        case .loadConversations(let request):
            script.send(
                isGood
                    ? .conversationsListed(
                        request,
                        [
                            ConversationEntry(
                                conversation: StudioScript.conversation(), turnCount: 3, preview: "\u{202E}x")
                        ])
                    : .conversationsFailed(request, sentence: "No."))
        case .openConversation(let place):
            script.send(
                isGood
                    ? .conversationOpened(place, branch())
                    : .conversationNotOpened(place, isGone: Bool.random(using: &random), sentence: "No."))
        case .preparePersona(let name, _):
            script.send(
                isGood
                    ? .personaPrepared(name: name, StudioScript.conversation(0, title: ""))
                    : .personaNotPrepared(name: name, sentence: "No."))
        case .planContext(let question):
            var ruler = StudioScript.ruler
            ruler.turns = [0, -3, .max].randomElement(using: &random) ?? 0
            ruler.leavingCount = Int.random(in: -1...3, using: &random)
            script.send(.contextPlanned(question, isGood ? ruler : nil))
        case .saveGeneration(let job, _):
            script.send(
                isGood
                    ? .generation(job: job, .saved(generationId: 99, draftIds: [991, 992]))
                    : .generation(job: job, .notSaved(sentence: "Full.")))
        default: answerJob(script.state.draft.running?.job ?? script.job)
        }
    }

    /// Any part of the conversation.
    private mutating func branch() -> ConversationBranch {
        var turns = StudioScript.turns
        if Bool.random(using: &random) {
            turns += [StudioScript.words(10, after: 3, draft: 300, RandomSession.pieces.joined(), siblings: [9, 10])]
        }
        turns.removeLast(Int.random(in: 0...turns.count, using: &random))
        var branch = ConversationBranch(conversation: StudioScript.conversation(), turns: turns)
        if Bool.random(using: &random) {
            branch.summaries = StudioScript.summedUp(StudioScript.summaries, active: 1).summaries
            branch.openings = [1: "Come in, come in! What a night.", 8: RandomSession.pieces.joined()]
        }
        return branch
    }

    private mutating func answerAnswer(_ job: Int, _ request: AnswerRequest) {
        let id = nextGenerationId
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            let answer = StudioScript.answer(1000 + id, after: 2000 + id, [])
            let added = [StudioScript.words(2000 + id, after: [nil, 2, 99].randomElement(using: &random) ?? nil, "w")]
            script.send(
                .answer(job: job, .begun(StudioScript.conversation(), added: added + [answer], answer: answer.id)))
        case 1: script.send(.answer(job: job, .begun(StudioScript.conversation(), added: [], answer: 3)))
        case 2:
            script.send(.answer(job: job, Bool.random(using: &random) ? .summarizing : .planned(StudioScript.ruler)))
        default: answerJob(job)
        }
    }

    private mutating func answerExport(_ job: Int, _ request: ExportRequest) {
        let total = Int.random(in: -1...9, using: &random)
        let progress = JobProgress(
            phase: .writing, done: Int.random(in: -2...12, using: &random), total: total < 0 ? nil : total,
            unit: .drafts,
            perSecond: [nil, 3, .nan, .infinity, -1].randomElement(using: &random) ?? nil,
            secondsLeft: [nil, 5, .nan, 1e300, -1].randomElement(using: &random) ?? nil)
        let messages: [JobMessage] = [
            .started, .progress(progress), .progress(progress), .finished(.fileExists), .cancelled,
            .finished(.exported(path: request.path, draftCount: 3)), .failed(sentence: "The folder is not there."),
        ]
        script.send(.job(job, messages.randomElement(using: &random) ?? .started))
    }

    private mutating func answerDownload(_ job: Int, _ request: DownloadRequest) {
        let progress = JobProgress(
            phase: Bool.random(using: &random) ? .downloading : .verifying,
            done: Int.random(in: -2...1_000_000_000, using: &random),
            total: [nil, 0, 500_000_000, .max].randomElement(using: &random) ?? nil, unit: .bytes,
            perSecond: [nil, 4e6, .nan, .infinity].randomElement(using: &random) ?? nil)
        let messages: [JobMessage] = [
            .started, .progress(progress), .progress(progress), .cancelled, .finished(.downloaded(name: request.name)),
            .failed(sentence: "The disk is full."),
        ]
        script.send(.job(job, messages.randomElement(using: &random) ?? .started))
    }

    private mutating func answerJob(_ job: Int) {
        guard let generation = script.state.draft.generations.first(where: { $0.key == job }) else { return }
        let count = generation.variants.count
        let variant = Int.random(in: 0..<count + 1, using: &random)
        switch Int.random(in: 0..<17, using: &random) {
        case 14: script.send(.generation(job: job, .notice("The server takes no top_k \u{202E}.")))
        case 15: script.send(.generation(job: job, .waiting(GeneratorWait(.retry(inSeconds: .max), seconds: .min))))
        case 16:
            script.send(.generation(job: job, .waiting(Bool.random(using: &random) ? nil : .init(.answer, seconds: 3))))
        case 12: script.send(.job(job, .cancelled))
        case 13: script.send(.generation(job: job, .timed(GenerationTimings())))
        case 0:
            let id = nextGenerationId
            nextGenerationId += 1
            let ids = (0..<Int64(count)).map { id * 10 + $0 }
            script.send(.generation(job: job, .began(generationId: id, draftIds: ids, seed: 1)))
        case 1: script.send(.generation(job: job, .draftFinished(variant: variant, reason: .stop, tokenCount: 3)))
        case 2: script.send(.job(job, .finished(.generated)))
        case 3: script.send(.job(job, .failed(sentence: "The model ran out of memory. Choose a smaller one.")))
        case 4: script.send(.generation(job: job, .notSaved(sentence: "The disk is full.")))
        case 5: script.send(.job(job, .progress(.reading(processed: 3, total: 7))))
        case 6: script.send(.job(job, .progress(.writing(GenerationTimings()))))
        default:
            let piece = RandomSession.pieces.randomElement(using: &random) ?? ""
            if !generation.isFinished && variant < count {
                streamed[job, default: Array(repeating: "", count: count)][variant] += piece
            }
            script.send(.generation(job: job, .text(variant: variant, piece: piece)))
        }
    }

    private mutating func entries() -> [HistoryEntry] {
        (0..<Int.random(in: 0...30, using: &random)).map { index in
            HistoryEntry(
                id: Int64(index), createdAt: StudioScript.now - Double(index) * 20_000,
                title: "Entry \(index) 世界\u{202E}",
                draftCount: index * 7, starred: index % 3 == 0, status: index % 4 == 0 ? .failed : .complete)
        }
    }

    private func saved(_ id: Int64) -> SavedGeneration {
        SavedGeneration(
            id: id, createdAt: StudioScript.now, status: .complete,
            templateName: id % 2 == 0 ? "search-ad-headline" : id % 3 == 0 ? "gone" : nil, title: "Saved",
            fields: ["product": "Lamp", "prompt": "Hello\nworld"], model: .init(name: "m", hash: "", engine: ""),
            seed: 3,
            drafts: (0..<id % 4).map { index in
                SavedDraft(
                    id: id * 100 + index, generationId: id, ordinal: Int(index), text: "Saved text \(index)",
                    finishReason: .stop, createdAt: 0, updatedAt: 0, deletedAt: index == 2 ? 1 : nil)
            })
    }
}

/// The problem of a frame; `nil` if every row has the screen's columns and every cell one complete cluster.
func problem(of frame: Frame, size: ScreenSize) -> String? {
    guard frame.size == size else { return "size \(frame.size)" }
    guard frame.cells.count == size.rows * size.columns else { return "\(frame.cells.count) cells" }
    for row in 0..<size.rows {
        var column = 0
        while column < size.columns {
            let text = frame[row, column].text
            guard text.count == 1 else { return "row \(row), column \(column): “\(text)”" }
            let width = columns(of: text)
            if width == 2 && !(column + 1 < size.columns && frame[row, column + 1].text.isEmpty) {
                return "row \(row), column \(column): “\(text)” is cut in half"
            }
            for scalar in text.unicodeScalars where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) {
                return "row \(row), column \(column): a control character"
            }
            if text.unicodeScalars.contains("\u{202E}") { return "row \(row): a bidirectional control" }
            let first = text.unicodeScalars.first
            let isEmoji = first.map { $0.properties.isEmoji && !$0.isASCII } ?? false
            if text.unicodeScalars.count > (isEmoji ? 16 : 5) {
                return "row \(row): more code points than a cell holds"
            }
            column += width
        }
    }
    if let cursor = frame.cursor, cursor.row >= size.rows || cursor.column >= size.columns { return "cursor \(cursor)" }
    return nil
}

@Test(arguments: UInt64(1)...16)
func `any keys, answers and sizes leave a complete screen`(seed: UInt64) {
    var session = RandomSession(seed: seed)
    for step in 0..<300 {
        session.step()
        let state = session.script.state
        let found = problem(of: frame(of: state), size: state.size)
        #expect(found == nil, "step \(step) of seed \(seed)")
        if found != nil { return }
    }
}

@Test(arguments: UInt64(101)...108)
func `every piece that was streamed stays in the state or in the store`(seed: UInt64) {
    var session = RandomSession(seed: seed)
    for _ in 0..<300 {
        session.step()
        for generation in session.script.state.draft.generations {
            guard let texts = session.streamed[generation.key], !generation.isFinished else { continue }
            for (variant, text) in zip(generation.variants, texts) where !session.script.wasEdited(variant) {
                #expect(variant.text == text)
            }
        }
    }
    // A generation leaves the state only when the store has it.
    let left = Set(session.script.state.draft.generations.map(\.key))
    for effect in session.script.effects {
        guard case .start(let job, .generate) = effect, !left.contains(job) else { continue }
        let texts = session.streamed[job] ?? []
        #expect(session.script.savedJobs.contains(job) || texts.allSatisfy(\.isEmpty), "job \(job)")
    }
}

extension StudioScript {
    /// True if a variant was changed by hand, so its text is no longer the streamed one.
    func wasEdited(_ variant: Variant) -> Bool {
        if variant.hasUnsentEdit { return true }
        return effects.contains {
            if case .write(_, .revision(let id, _, _, _)) = $0 { id == variant.draftId } else { false }
        }
    }
}
