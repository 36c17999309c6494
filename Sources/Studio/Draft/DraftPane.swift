import Generation

// The Draft pane: the form, and the generations that were asked for with it or opened from history.
// - A generation stays in `generations` while it runs, is shown, is not saved, or can be undone in.
// - The functions here see this pane alone. A change that the store has to know of goes through `StudioState`.

struct DraftPane: Sendable {
    enum Part: Sendable, Hashable {
        case form, variants
    }

    enum Mode: Sendable {
        /// The form above, the variants below.
        case overview
        case reader
        case edit(EditSession)
        case compare(Comparison)
    }

    var form: Form?
    var part = Part.form
    var mode = Mode.overview
    var generations: [OpenGeneration] = []
    /// The shown generation's key.
    var shown: Int?
    /// The generation that is being written; `nil` if there is none.
    var running: RunningGeneration?
    var undoSteps: [UndoStep] = []
    /// The conversation that is shown; then there is neither a form nor a generation.
    var chat: ChatPane?
    /// The answer that is being written, or is not read from the store yet.
    var answer: RunningAnswer?
    /// The conversation that is being opened because the writer wants to see it.
    var awaitedConversation: ConversationPlace?
    /// The persona that is being filled in to begin a conversation, by its short name.
    var awaitedPersona: String?
    /// First visible row in reader and comparison.
    var readerTop = 0

    /// The context of keys while this pane has the focus.
    var context: Context {
        switch mode {
        case .edit: return .edit
        case .reader: return .reader
        case .compare: return .compare
        case .overview:
            if let chat { return chat.edit != nil || chat.part == .composer ? .composer : .turns }
            guard part == .form, let field = form?.focusedField else { return .variants }
            return field.kind == .choice && !field.choices.isEmpty ? .choiceField : .field
        }
    }

    var isEditing: Bool { if case .edit = mode { true } else { false } }

    /// The edit that would be lost if the pane showed something else now; `nil` if there is none.
    var changedEdit: EditSession? {
        if case .edit(let edit) = mode, edit.editor.isChanged { edit } else { nil }
    }

    // MARK: Generations

    var shownGeneration: OpenGeneration? { shown.flatMap(generation) }

    var runningGeneration: OpenGeneration? { (running?.job).flatMap(generation) }

    func generation(_ key: Int) -> OpenGeneration? { generations.first { $0.key == key } }

    func generation(ofId id: Int64) -> OpenGeneration? { generations.first { $0.generationId == id } }

    mutating func change(_ key: Int, _ body: (inout OpenGeneration) -> Void) {
        guard let index = generations.firstIndex(where: { $0.key == key }) else { return }
        body(&generations[index])
    }

    /// Drops the generations that nothing needs any more.
    mutating func forgetGenerations() {
        if undoSteps.count > DraftPane.undoLimit { undoSteps.removeFirst(undoSteps.count - DraftPane.undoLimit) }
        guard generations.count > 1 else { return }
        let editKey: Int? = if case .edit(let edit) = mode { edit.generation } else { nil }
        let undoKeys = Set(undoSteps.compactMap(\.generation))
        generations.removeAll { generation in
            generation.key != shown && generation.key != running?.job && generation.key != editKey
                && generation.key != answer?.job
                && !generation.isUnsaved && !undoKeys.contains(generation.key)
        }
    }

    private static let undoLimit = 50

    // MARK: Variants

    var selectedVariant: Variant? {
        guard let generation = shownGeneration, generation.variants.indices.contains(generation.selected),
            !generation.isChoosing
        else { return nil }
        return generation.variants[generation.selected]
    }

    func variant(_ key: Int, _ index: Int) -> Variant? {
        guard let generation = generation(key), generation.variants.indices.contains(index) else { return nil }
        return generation.variants[index]
    }

    /// Changes the selected variant of the shown generation.
    mutating func changeSelected(_ body: (inout Variant) -> Void) {
        guard let shown else { return }
        change(shown) { generation in
            guard generation.variants.indices.contains(generation.selected) else { return }
            body(&generation.variants[generation.selected])
        }
    }
}

/// The generation that is being written.
struct RunningGeneration: Sendable, Hashable {
    /// Its key, which the messages of its job carry.
    var job: Int
    /// The form it was sent from, by `Form.key`; `nil` if it was asked for again.
    var formKey: String?
    /// When the first text came; `nil` while the prompt is read.
    var writingSince: Double?
    /// What its generator waits for; `nil` if it does not wait.
    var wait: Wait?

    struct Wait: Sendable, Hashable {
        var reported: GeneratorWait
        /// When it was reported.
        var since: Double

        /// `waiting for the server 12 s`; the seconds go on between two reports.
        func text(now: Double) -> String {
            let passed = Int(min(max(now - since, 0), 1e6))
            let seconds = min(max(0, reported.seconds), 1_000_000) + passed
            switch reported.cause {
            case .answer: return "waiting for the server \(seconds) s"
            case .text: return "no text for \(seconds) s"
            case .loading: return "the server loads the model \(seconds) s"
            case .retry(let next): return "next try in \(min(max(0, next), 1_000_000) - min(passed, max(0, next))) s"
            }
        }
    }
}

extension DraftPane {
    /// What a running generation waits for; `nil` if it does not wait.
    func waitText(ofJob job: Int, now: Double) -> String? {
        running?.job == job ? running?.wait?.text(now: now) : nil
    }
}

/// A change that `u` takes back.
enum UndoStep: Sendable, Hashable {
    case edit(generation: Int, variant: Int, earlier: String)
    case star(generation: Int, variant: Int, was: Bool)
    case trash(generation: Int, variant: Int, was: Bool)
    /// A candidate was taken; `place`: where it stood among those that were left out.
    case take(generation: Int, draftId: Int64, place: Int)
    case trashGeneration(id: Int64, title: String)
    case starAnswer(draft: Int64, was: Bool, conversation: Int64)
    case trashTurns(from: Int64, conversation: Int64)
    case trashConversation(id: Int64, title: String)
    case title(conversation: Int64, was: String)
    /// Another draft became the summary above a turn.
    case summary(turn: Int64, was: Int64, conversation: Int64)
    case summaryText(draft: Int64, earlier: String, later: String, conversation: Int64)
    /// A conversation began as a branch of another one.
    case newBranch(conversation: Int64, from: Int64)

    /// The key of the generation it needs; `nil` if it needs none.
    var generation: Int? {
        switch self {
        case .edit(let key, _, _), .star(let key, _, _), .trash(let key, _, _), .take(let key, _, _): key
        case .trashGeneration, .starAnswer, .trashTurns, .trashConversation, .title, .summary, .summaryText, .newBranch:
            nil
        }
    }
}

/// A variant under edit.
struct EditSession: Sendable {
    var generation: Int
    var variant: Int
    var editor: TextEditor
    /// The text that the edit began from.
    var base: EditBase
    /// First visible row.
    var top = 0
}
