import Generation

// A conversation in the Draft pane: the turns of its open branch, and the composer below them.
// - `turns` follow each other. A turn is laid out when it comes into sight, so long conversations open at once.
// - Typed words stay in the composer, in `sending` or in the session until the store has them.
// - An answer that is written is a generation of the pane, as any other; `DraftPane.answer` says which turn it is for.

struct ChatPane: Sendable {
    enum Part: Sendable, Hashable {
        case turns, composer
    }

    /// If its id is 0, the store does not have it: it begins with the first words.
    var conversation: Conversation
    /// Short name of the persona's template, for a conversation that has not begun.
    var personaName = ""
    var turns: [ShownTurn] = []
    var part = Part.composer
    /// Index in `turns`.
    var selected = 0
    /// True if the summary above the selected turn is selected instead of it.
    var selectsSummary = false
    /// By the turn that each one stands above.
    var summaries: [Int64: ShownSummary] = [:]
    /// The texts of the turns that may stand in place of a greeting, by their ids.
    var openings: [Int64: String] = [:]
    /// True if another program has gone on in another branch than this one.
    var isOpenElsewhere = false
    /// When it was last looked how far another program's answer has come.
    var lastLook = 0.0
    /// Another number after each change of the turns.
    private(set) var revision = 0
    /// The first visible row.
    var anchor = ChatAnchor(turn: 0, row: 0)
    /// What stays in sight while the conversation grows.
    var following = Following.nothing
    var composer = TextEditor(isMultiline: true)
    /// The turn under edit; its text takes the place of the composer.
    var edit: TurnEdit?
    /// Which of the persona's greetings begins the conversation.
    var greetingIndex = 0
    /// The seed of the next answers; `nil`: a fresh one for each.
    var seed: UInt64?
    /// Words that were sent and are not in the store yet.
    var sending: String?
    /// What waits until the conversation's model is open.
    var waiting: AnswerRequest.Target?
    /// Why the last answer of a turn failed, by the turn's id.
    var failures: [Int64: String] = [:]
    var ruler: RulerNumbers?
    /// The question that the ruler answers, or that is being answered.
    var asked: ContextQuestion?
    /// The generation whose prompt is to be shown.
    var awaitedPrompt: Int64?

    init(_ conversation: Conversation) { self.conversation = conversation }

    var isInStore: Bool { conversation.id != 0 }

    var title: String {
        conversation.title.isEmpty ? conversation.persona.title : conversation.title
    }

    /// The greeting that the conversation begins with; `nil` if it has begun, or the persona has none.
    var chosenGreeting: String? {
        let greetings = conversation.persona.greetings
        return !isInStore && greetings.indices.contains(greetingIndex) ? greetings[greetingIndex] : nil
    }

    var lastTurn: ShownTurn? { turns.last }

    /// True if a turn is what the persona says first, so that no words stand before it.
    func isGreeting(_ index: Int) -> Bool {
        guard index == 0, let first = turns.first?.turn else { return false }
        return first.role == .assistant && first.drafts.isEmpty
    }

    var selectedTurn: ShownTurn? { turns.indices.contains(selected) ? turns[selected] : nil }

    func index(ofTurn id: Int64) -> Int? { turns.lastIndex { $0.turn.id == id } }

    func speaker(_ turn: Turn) -> String { onOneLine(conversation.persona.speakers.name(of: turn.role), limit: 60) }

    // MARK: Drafts of a turn

    /// The index of the draft that counts in a turn: the one that the next turn follows, or the active one.
    func activeIndex(ofTurn index: Int) -> Int {
        guard turns.indices.contains(index) else { return 0 }
        let turn = turns[index].turn
        if turn.drafts.isEmpty { return isInStore || index > 0 ? 0 : greetingIndex }
        let next = turns.indices.contains(index + 1) ? turns[index + 1].turn.parentDraftId : nil
        let id = next ?? turn.activeDraftId
        return turn.drafts.firstIndex { $0.id == id } ?? turn.drafts.count - 1
    }

    func activeDraft(ofTurn index: Int) -> SavedDraft? {
        guard turns.indices.contains(index) else { return nil }
        let drafts = turns[index].turn.drafts
        let active = activeIndex(ofTurn: index)
        return drafts.indices.contains(active) ? drafts[active] : nil
    }

    /// The text that counts in a turn.
    func text(ofTurn index: Int) -> String {
        if index == 0, let greeting = chosenGreeting, turns.first?.turn.role == .assistant { return greeting }
        return activeDraft(ofTurn: index)?.text ?? (turns.indices.contains(index) ? turns[index].turn.text : "")
    }

    /// The place of what is shown among the drafts or the siblings of a turn, and how many there are.
    func swipe(ofTurn index: Int) -> (place: Int, count: Int)? {
        guard turns.indices.contains(index) else { return nil }
        let turn = turns[index].turn
        if turn.drafts.count > 1 { return (activeIndex(ofTurn: index), turn.drafts.count) }
        if !isInStore, index == 0, turn.role == .assistant, conversation.persona.greetings.count > 1 {
            return (greetingIndex, conversation.persona.greetings.count)
        }
        if index == 0, let place = greetingPlace { return (place, storedGreetings.count) }
        guard turn.siblingIds.count > 1, let place = turn.siblingIds.firstIndex(of: turn.id) else { return nil }
        return (place, turn.siblingIds.count)
    }

    // MARK: Changes of the branch

    /// Takes the turns of the store. What is laid out of a turn stays if the turn is the same.
    mutating func take(_ branch: ConversationBranch) {
        conversation = branch.conversation
        sending = nil
        let selectedId = selectedTurn?.turn.id
        let wasLast = selected >= turns.count - 1
        // Mostly the branch is the same up to its end, and then nothing of it is copied.
        var same = 0
        while same < turns.count, same < branch.turns.count, turns[same].turn.id == branch.turns[same].id {
            turns[same].take(branch.turns[same])
            same += 1
        }
        let known = Dictionary(turns[same...].map { ($0.turn.id, $0) }, uniquingKeysWith: { first, _ in first })
        turns.removeSubrange(same...)
        turns += branch.turns[same...].map { turn in
            guard var shown = known[turn.id] else { return ShownTurn(turn) }
            shown.take(turn)
            return shown
        }
        selected = selectedId.flatMap(index(ofTurn:)) ?? (wasLast ? turns.count - 1 : min(selected, turns.count - 1))
        if wasLast { selected = turns.count - 1 }
        selected = max(0, selected)
        take(branch.summaries)
        openings = branch.openings
        revision += 1
    }

    /// Puts new turns behind the parent of the first one, in place of those that stood there.
    mutating func add(_ added: [Turn]) {
        guard let first = added.first else { return }
        let keep = first.parentTurnId.flatMap(index(ofTurn:)).map { $0 + 1 } ?? 0
        turns.removeSubrange(min(keep, turns.count)...)
        turns += added.map { ShownTurn($0) }
        selected = max(0, turns.count - 1)
        selectsSummary = false
        revision += 1
    }
}

/// What stays in sight while a conversation grows, or the screen gets another size.
enum Following: Sendable, Hashable {
    /// The reader's place.
    case nothing
    /// The end, until the last exchange fills the pane; from there on the reader's place.
    case answer
    /// The end.
    case end
}

/// The first visible row of a conversation.
struct ChatAnchor: Sendable, Hashable, Comparable {
    var turn: Int
    /// A row of the turn.
    var row: Int

    static func < (one: ChatAnchor, other: ChatAnchor) -> Bool { (one.turn, one.row) < (other.turn, other.row) }
}

/// A turn under edit.
struct TurnEdit: Sendable {
    var turn: Int64
    var role: Message.Role
    var editor: TextEditor
    /// The draft of the summary above the turn, if that is under edit; its text is the one that the edit began from.
    var summary: SavedDraft?
}

/// A turn, and as much of it as is laid out.
struct ShownTurn: Sendable {
    private(set) var turn: Turn
    /// One for each draft, or one for the text; empty until the turn comes into sight.
    private(set) var cards: [Variant] = []
    /// The rows at a width; `nil` if they have to be counted again. Only at the end of the branch answers stand side by side.
    var height: (columns: Int, rows: Int, isLast: Bool)?

    init(_ turn: Turn) { self.turn = turn }

    mutating func take(_ fresh: Turn) {
        guard fresh != turn else { return }
        let isSameText = fresh.drafts == turn.drafts && fresh.text == turn.text
        turn = fresh
        height = nil
        if !isSameText { cards = [] }
    }

    /// Changes the turn before the store has told of it.
    mutating func change(_ body: (inout Turn) -> Void) {
        var changed = turn
        body(&changed)
        take(changed)
    }

    /// Lays the texts out.
    /// - Parameter greetings: of a conversation that has not begun, each of which may be its first turn.
    mutating func prepare(columns: Int, greetings: [String]) {
        if cards.isEmpty {
            if turn.drafts.isEmpty {
                cards = (greetings.isEmpty ? [turn.text] : greetings).map { Variant(text: $0) }
            } else {
                cards = turn.drafts.map { Variant($0) }
            }
        }
        for index in cards.indices where cards[index].layout.columns != columns { cards[index].setColumns(columns) }
    }

    mutating func changeCard(_ index: Int, _ body: (inout Variant) -> Void) {
        guard cards.indices.contains(index) else { return }
        body(&cards[index])
        height = nil
    }
}

extension Variant {
    /// A text that no model wrote, or whose writing is not known.
    init(text: String) {
        self.init()
        append(text)
        phase = .ended(.stop)
    }
}

/// The answer that is being written, or that was written and is not read from the store yet.
struct RunningAnswer: Sendable, Hashable {
    /// Its key, and the key of its generation.
    var job: Int
    var conversationId: Int64
    /// The turn of the answer; 0 until the store has it.
    var turn: Int64
    var request: AnswerRequest
    /// The card of the turn that the reader chose to look at meanwhile.
    var looksAt: Int?
    /// True after the last message of the job.
    var isEnded = false
    /// True while older turns are summed up.
    var isSummarizing = false
}
