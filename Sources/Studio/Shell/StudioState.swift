import Generation

// Everything the studio shows and remembers, as a value.
// - Only `update` changes it; after every message layouts and scroll positions fit the screen again.
// - A generation stays in `generations` while it runs, is shown, or is not saved.
// - A change of the store stays in `pendingWrites` until the runner has confirmed it.

public struct StudioState: Sendable {
    public internal(set) var size: ScreenSize
    public internal(set) var appearance: Appearance
    /// Seconds since 1970, as last told.
    var now: Double
    var utcOffsetSeconds: Int

    var focus: Pane = .templates
    var isZoomed = false
    var templates = TemplatesPane()
    var draft = DraftPane()
    var history = HistoryPane()
    /// In front of the panes; `nil` if there is none.
    var dialog: (any StudioDialog)?

    /// Forms that were left with something typed and not sent, by `Form.key`.
    var unsent: [String: [String: String]] = [:]
    /// The session the runner was last asked to write; `nil` if that failed.
    var lastSession: StudioSession? = StudioSession()
    var lastSessionTime = 0.0
    /// Why the session could not be written; `nil` if it was.
    var sessionFailure: String?
    /// Whether something happened since the session was last looked at; to compare whole texts at every key is dear.
    var sessionMayDiffer = false
    /// An edit kept from the last time, until its generation is open.
    var editToRestore: StudioSession.OpenEdit?
    /// Whether the writer chose `editToRestore` from the kept texts: then it opens even if its draft was changed since.
    var editIsChosen = false
    /// Texts that had no free place when sessions were merged, until the writer takes or discards them.
    var kept: [KeptText] = []
    /// What could not be taken over from earlier sessions, until it was read.
    var restoreProblems: [String] = []
    /// The file that $EDITOR is working on.
    var editorFile: StudioSession.EditorFile?

    var generations: [OpenGeneration] = []
    var running: RunningJob?
    var nextKey = 1
    var pendingWrites: [PendingWrite] = []
    var nextOperation = 1
    var undoSteps: [UndoStep] = []
    /// Exports that owe an answer, in the order in which they are written.
    var exports: [ExportRequest] = []
    /// The writer asked to quit while something was being saved or exported.
    var quitsWhenSaved = false
    /// The runner was asked to end.
    var isQuitting = false

    var models: [ModelItem] = []
    var modelName = ""
    var modelContextLength = 0
    /// Why there is no model to write with; `nil` where there is one or it is being opened.
    var modelFailure: String?
    var notice: Notice?

    /// What the message in hand asks for; empty between messages.
    var effects: [StudioEffect] = []

    /// The studio before anything has happened.
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - utcOffsetSeconds: what local time is ahead of UTC, for the days and times of history.
    public init(size: ScreenSize, now: Double, utcOffsetSeconds: Int = 0, appearance: Appearance = .init()) {
        self.size = size
        self.now = now
        self.utcOffsetSeconds = utcOffsetSeconds
        self.appearance = appearance
        settle()
    }

    /// What it asks for first.
    public mutating func start() -> [StudioEffect] {
        effects = [.listModels]
        loadHistoryAnew()
        defer { effects = [] }
        return effects
    }

    /// Whether the screen changes by time alone: the runner then ticks often.
    public var isAnimating: Bool { running != nil || notice != nil || sessionMayDiffer }

    /// Whether a generation is being written.
    public var isGenerating: Bool { running != nil }
}

/// What the terminal can show; colour is the terminal's own affair.
public struct Appearance: Sendable, Hashable {
    /// Rules, meters and marks in ASCII, for terminals that cannot draw others.
    public var ascii: Bool

    public init(ascii: Bool = false) {
        self.ascii = ascii
    }
}

/// A sentence in the status line, until a time.
struct Notice: Sendable, Hashable {
    var text: String
    var isFailure: Bool
    var until: Double
    /// What has been saved after a failure, as far as the sentence tells it.
    var recovered: [String] = []
}

/// A change of the store that is not confirmed yet.
struct PendingWrite: Sendable, Hashable {
    var operation: Int
    var write: StoreWrite
    /// The generation of a revised draft; the session needs it to reopen the edit.
    var generationId: Int64?
    /// The message once the store has it.
    var doneMessage: String
    /// Whether the runner has it and owes an answer.
    var isSent = false
    /// Why the last try failed; `nil` before an answer.
    var failure: String?
}

/// The generation that is being written.
struct RunningJob: Sendable, Hashable {
    var job: Int
    var startedAt: Double
    /// The form it was sent from, by `Form.key`; `nil` for one written again.
    var formKey: String?
    var isStopping = false
    var promptProcessed = 0
    var promptTotal = 0
    /// When the first text came; `nil` while the prompt is read.
    var writingSince: Double?
    var timings = GenerationTimings()
}

/// What `u` takes back.
enum UndoStep: Sendable, Hashable {
    case edit(generation: Int, variant: Int, earlier: String)
    case star(generation: Int, variant: Int, was: Bool)
    case trash(generation: Int, variant: Int, was: Bool)
    case trashGeneration(id: Int64, title: String)
}
