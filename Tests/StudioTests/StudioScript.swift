import Generation
import Testing

@testable import Studio

/// A studio driven by messages, as the runner and the terminal would.
struct StudioScript {
    var state: StudioState
    var effects: [StudioEffect] = []

    static let now = 1_772_546_520.0  // Tuesday 3 March 2026, 14:02 UTC

    init(rows: Int = 24, columns: Int = 80, ascii: Bool = false, templates: [TemplateItem] = StudioScript.templates) {
        state = StudioState(
            size: ScreenSize(rows: rows, columns: columns), now: StudioScript.now,
            appearance: Appearance(ascii: ascii))
        effects = state.start()
        send(.templatesLoaded(templates))
        send(.modelReady(name: "built-in", contextLength: 512))
        send(.modelsListed([ModelItem(name: "built-in", detail: "llama · 12 MB"), ModelItem(name: "smollm2-360m")]))
    }

    /// Jobs that the store took.
    var savedJobs: Set<Int> = []

    mutating func send(_ message: StudioMessage) {
        switch message {
        case .generation(let job, .began(.some, _, _, _, _)), .generation(let job, .saved): savedJobs.insert(job)
        default: break
        }
        effects += update(&state, message)
    }

    mutating func press(_ keys: KeyPress...) { for key in keys { send(.key(key)) } }

    mutating func type(_ text: String) { for character in text { send(.key(.character(character))) } }

    mutating func resize(_ rows: Int, _ columns: Int) {
        send(.resized(ScreenSize(rows: rows, columns: columns)))
    }

    /// Opens a template by filtering for it.
    mutating func open(_ name: String) {
        press(.alt("1"), .character("/"))
        type(name)
        press(.enter, .enter)
    }

    /// The number of the last generation that was asked for.
    var job: Int {
        effects.reversed().lazy.compactMap { if case .start(let job, .generate) = $0 { job } else { nil } }.first ?? -1
    }

    var request: StudioRequest? {
        effects.reversed().lazy.compactMap { if case .start(_, .generate(let request)) = $0 { request } else { nil } }
            .first
    }

    /// The exports that were asked for, in their order.
    var exports: [(job: Int, request: ExportRequest)] {
        effects.compactMap { if case .start(let job, .export(let request)) = $0 { (job, request) } else { nil } }
    }

    /// Sends a message of the last export that was asked for.
    mutating func answerExport(_ message: JobMessage) { send(.job(exports.last?.job ?? -1, message)) }

    /// The last export is written.
    mutating func finishExport(path: String = "search-ad-headlines-a.md", draftCount: Int = 1) {
        answerExport(.finished(.exported(path: path, draftCount: draftCount)))
    }

    /// Writes and finishes a generation of these texts.
    mutating func write(_ texts: [String], generationId: Int64 = 1, reason: FinishReason = .stop) {
        let job = job
        let ids = texts.indices.map { generationId * 10 + Int64($0) }
        send(.generation(job: job, .began(generationId: generationId, draftIds: ids, seed: 7)))
        for (index, text) in texts.enumerated() {
            send(.generation(job: job, .text(variant: index, piece: text)))
            send(.generation(job: job, .draftFinished(variant: index, reason: reason, tokenCount: 9)))
        }
        send(.job(job, .finished(.generated)))
    }

    /// The store confirms what was sent to it, and what that lets through.
    mutating func confirmWrites() {
        while let pending = state.pendingWrites.first(where: \.isSent) {
            send(.written(operation: pending.operation))
        }
    }

    /// The store refuses what was sent to it.
    mutating func refuseWrites(_ sentence: String) {
        for pending in state.pendingWrites where pending.isSent {
            send(.writeFailed(operation: pending.operation, sentence: sentence))
        }
    }

    var writes: [StoreWrite] { effects.compactMap { if case .write(_, let write) = $0 { write } else { nil } } }

    var sessions: [StudioSession] {
        effects.compactMap { if case .saveSession(let session) = $0 { session } else { nil } }
    }

    /// The question of a dialog.
    var question: String { (state.dialog as? ConfirmDialog)?.question ?? "" }

    /// The message in the status line.
    var notice: String { state.notice?.text ?? "" }

    mutating func answerHistory(_ entries: [HistoryEntry], hasMore: Bool = false) {
        guard let query = state.history.awaited else {
            Issue.record("no page of the history was asked for")
            return
        }
        send(.historyPage(query, entries: entries, hasMore: hasMore))
    }

    var frame: Frame { Studio.frame(of: state) }
    var screen: String { frame.lines.joined(separator: "\n") }

    /// A template whose fields have rules.
    static let ruled = TemplateItem(
        name: "event-post", title: "Event post", familyTitle: "Ad copy",
        fields: [
            .init(name: "event", label: "Event", example: "Harvest fair", isRequired: true),
            .init(name: "guests", label: "Guests", kind: .number, example: "20", minimum: 10, maximum: 50),
            .init(name: "mood", label: "Mood", kind: .choice, choices: ["warm", "formal"], example: "warm"),
            .init(name: "price", label: "Price", kind: .number, example: "5", isRequired: true, minimum: 0),
        ])

    static let templates: [TemplateItem] = [
        TemplateItem(
            name: "article-headline", title: "Article headline", familyTitle: "Headlines",
            summary: "A headline for an article or a post.",
            fields: [.init(name: "topic", label: "Topic", example: "the benefits of exercise", isRequired: true)],
            limits: LengthLimits(characters: 70, lines: 1), variantCount: 3),
        TemplateItem(
            name: "search-ad-headline", title: "Search ad headlines", familyTitle: "Headlines",
            summary: "30-character headlines for a responsive search ad.",
            fields: [
                .init(name: "product", label: "Product", example: "Aurora, a solar desk lamp", isRequired: true),
                .init(
                    name: "tone", label: "Tone", kind: .choice, choices: ["professional", "playful", "urgent", "warm"],
                    isOpen: true, defaultValue: "playful", example: "playful"),
                .init(name: "keyword", label: "Keyword", example: "desk lamp"),
            ],
            limits: LengthLimits(characters: 30, lines: 1), variantCount: 4),
        TemplateItem(
            name: "product-ad", title: "Product ad", familyTitle: "Ad copy",
            fields: [.init(name: "product", label: "Product", example: "Aurora lamp", isRequired: true)]),
        TemplateItem(
            name: "short-story", title: "Short story", familyTitle: "Stories",
            summary: "A short story about a character.",
            fields: [.init(name: "character", label: "Character", example: "a lighthouse keeper", isRequired: true)],
            variantCount: 2),
        TemplateItem(
            name: "one-sentence-summary", title: "One-sentence summary", familyTitle: "Summaries",
            fields: [
                .init(name: "text", label: "Text", kind: .multiline, example: "Bees dance.", isRequired: true)
            ]),
        TemplateItem(
            name: "bad", title: "bad", familyTitle: "Summaries",
            brokenReason: "bad.md, line 3, column 7: a field needs a name. Add one, as in name: topic."),
    ]
}
