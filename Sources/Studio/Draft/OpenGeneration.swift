import Generation

// A generation on screen: the request, and its variants as far as they are written.
// - `variants` has one element for each draft, in their order. It shrinks once at most: when the best candidates are chosen.
// - While a variant is written, text is only appended to it, until it is written anew.

struct OpenGeneration: Sendable {
    /// The studio's own number. The number of a running job is the key of its generation.
    let key: Int
    /// `nil` while it is not saved.
    var generationId: Int64?
    /// `nil` if it is unknown.
    var uuid: String?
    var request: StudioRequest
    var seed: UInt64?
    var modelName: String
    var createdAt: Double
    var variants: [Variant]
    /// The candidates that were not chosen.
    var leftOut: [Variant] = []
    /// The parts that each draft has; empty if it has none.
    private(set) var parts: [PartSpecification] = []
    var isFinished = false
    /// Why it failed; `nil` if it did not.
    var failure: String?
    /// Why it could not be saved; `nil` if it was.
    var notSaved: String?
    var timings = GenerationTimings()
    /// The sentences of its generator.
    var notices: [String] = []
    /// The tokens that the model's context had room for, if they were fewer than those asked for.
    var contextRoom: Int?

    var selected = 0
    /// First visible row of the stack of variants.
    var top = 0

    init(key: Int, request: StudioRequest, modelName: String, createdAt: Double) {
        self.key = key
        self.request = request
        self.modelName = modelName
        self.createdAt = createdAt
        let count = max(1, request.variantCount, request.sampling.bestOf)
        variants = (0..<count).map { _ in Variant() }
        seed = request.seed
    }

    /// A generation that was opened from history.
    /// - Parameter written: the model's own text of each draft that was changed since, by the draft's id.
    init(key: Int, saved: SavedGeneration, written: [Int64: String] = [:]) {
        self.key = key
        generationId = saved.id
        uuid = saved.uuid.isEmpty ? nil : saved.uuid
        let source: StudioRequest.Source =
            if let name = saved.templateName {
                .template(name: name, fields: saved.fields)
            } else {
                .freePrompt(text: saved.fields["prompt"] ?? saved.prompt, raw: saved.isRaw)
            }
        request = StudioRequest(
            source: source, title: saved.title, variantCount: max(1, saved.withoutCandidates.drafts.count),
            sampling: saved.sampling,
            limits: saved.limits)
        seed = saved.seed
        modelName = saved.model.name
        createdAt = saved.createdAt
        let drafts = saved.withoutCandidates.drafts
        variants = drafts.map { Variant($0, written: written[$0.id]) }
        leftOut = saved.drafts.filter(\.isCandidate).map { Variant($0, written: written[$0.id]) }
        isFinished = true
        failure = saved.failure
        timings = saved.timings
        contextRoom = saved.drafts.lazy.compactMap(\.details.contextRoom).first
        selected = drafts.firstIndex { $0.deletedAt == nil } ?? 0
        setParts(saved.parts)
    }

    mutating func setParts(_ parts: [PartSpecification]) {
        self.parts = parts
        for index in variants.indices { variants[index].parts = parts }
        for index in leftOut.indices { leftOut[index].parts = parts }
    }

    /// True if a part of it is not yet in the store.
    var isUnsaved: Bool { generationId == nil || notSaved != nil }

    /// True if it was to go on with a text, and the model wrote no word more.
    var addedNothing: Bool {
        !request.beginning.isEmpty
            && variants.allSatisfy { $0.phase == .ended(.stop) && $0.text.utf8.elementsEqual(request.beginning.utf8) }
    }

    /// The text that an edit of a variant begins from.
    func base(of variant: Variant) -> EditBase { EditBase(generationUUID: uuid, text: variant.text) }

    /// False if an edit began in another generation that has the same id, as after a restored backup.
    func mayBe(_ base: EditBase?) -> Bool {
        guard let uuid, let other = base?.generationUUID else { return true }
        return uuid == other
    }

    var finishedCount: Int { variants.count { $0.isEnded } }

    /// How much of it is written, from 0 to 1, guessed from lengths.
    var writtenFraction: Double {
        guard !variants.isEmpty else { return 1 }
        // A token of English is about four characters, a word about six.
        var expected = Double(max(1, request.sampling.maxTokens)) * 4
        if let most = request.limits.characters { expected = min(expected, Double(max(1, most))) }
        if let words = request.limits.words { expected = min(expected, Double(max(1, words)) * 6) }
        let fractions = variants.map { variant in
            let count = Double(variant.layout.length.characters(countsWideAsTwo: false))
            return variant.isEnded ? 1 : min(0.98, count / expected)
        }
        return fractions.reduce(0, +) / Double(variants.count)
    }
}

struct Variant: Sendable {
    enum Phase: Sendable, Hashable {
        case waiting, writing
        case ended(FinishReason)
    }

    private(set) var text: String
    /// The model's own text, if the text was changed by hand.
    private var written: String?
    /// `text`, wrapped.
    private(set) var layout: TextLayout
    var draftId: Int64?
    var phase: Phase
    var starred = false
    var inTrash = false
    var tokenCount = 0
    /// True if it was changed by hand before the store gave it an id: the store does not have this text yet.
    var hasUnsentEdit = false
    /// True if it was starred or moved to the trash before the store gave it an id.
    var hasUnsentMarks = false
    /// First visible row of the text.
    var top = 0
    /// True if the end of the text stays visible while it grows.
    var follows = false
    /// The parts of the text; empty if it has none.
    var parts: [PartSpecification] = []
    /// Besides the text: what was taken off, how often it was written, its twin, its score. Its thoughts are in `thoughts`.
    var details = DraftDetails()
    /// The thoughts of a reasoning model, wrapped; `nil` if there are none.
    private(set) var thoughts: TextLayout?
    private var thoughtText = ""
    /// True if the thoughts are shown in full; false if they are folded to one line.
    var showsThoughts = false

    init() {
        text = ""
        layout = TextLayout()
        phase = .waiting
    }

    /// - Parameter written: the model's own text; `nil` if it was never changed.
    init(_ draft: SavedDraft, written: String? = nil) {
        text = draft.text
        self.written = written
        layout = TextLayout(draft.text)
        draftId = draft.id
        phase = .ended(draft.finishReason ?? .interrupted)
        starred = draft.starred
        inTrash = draft.deletedAt != nil
        tokenCount = draft.tokenCount
        take(draft.details)
    }

    /// Takes what is known of the draft besides its text.
    mutating func take(_ details: DraftDetails) {
        self.details = details
        self.details.reasoning = nil
        guard let reasoning = details.reasoning, !reasoning.utf8.elementsEqual(thoughtText.utf8) else { return }
        thoughtText = reasoning
        thoughts = TextLayout(reasoning, columns: layout.columns)
    }

    mutating func appendThought(_ piece: String) {
        thoughtText += piece
        if thoughts == nil { thoughts = TextLayout(columns: layout.columns) }
        thoughts?.append(piece)
        if phase == .waiting { phase = .writing }
    }

    /// Begins anew: text and thoughts so far are void.
    mutating func restart() {
        text = ""
        layout = TextLayout(columns: layout.columns)
        thoughts = nil
        thoughtText = ""
        phase = .waiting
        top = 0
        let attempts = details.attempts + 1
        details = DraftDetails()
        details.attempts = attempts
    }

    var isEnded: Bool { if case .ended = phase { true } else { false } }

    mutating func append(_ piece: String) {
        text += piece
        layout.append(piece)
        if phase == .waiting { phase = .writing }
    }

    /// True if the text differs from the model's own.
    var isEdited: Bool { written.map { !$0.utf8.elementsEqual(text.utf8) } ?? false }

    mutating func replaceText(_ newText: String) {
        written = written ?? text
        text = newText
        layout = TextLayout(newText, columns: layout.columns)
    }

    mutating func setColumns(_ columns: Int) {
        layout.setColumns(columns)
        thoughts?.setColumns(columns)
    }

    /// A, B, … Z, A2, B2, …
    static func letter(_ index: Int) -> String {
        let letter = String(Character(Unicode.Scalar(UInt8(65 + index % 26))))
        return index < 26 ? letter : letter + "\(index / 26 + 1)"
    }
}
