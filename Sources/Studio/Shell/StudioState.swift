import Generation

// Everything the studio shows and remembers, as a value.
// - Only `update` changes it; after every message layouts and scroll positions fit the screen again.
// - A change of the store stays in `pendingWrites` until the runner has confirmed it.

public struct StudioState: Sendable {
    public internal(set) var size: ScreenSize
    public internal(set) var appearance: Appearance
    var clock: Clock

    var focus: Pane = .templates
    var isZoomed = false
    var templates = TemplatesPane()
    var draft = DraftPane()
    var history = HistoryPane()
    /// In front of the panes; `nil` if there is none.
    var dialog: (any StudioDialog)?

    var keeping = Keeping()
    var memory = Memory()
    var pendingWrites: [PendingWrite] = []
    var nextOperation = 1
    var jobs = JobList()
    /// True if the writer asked to quit while something was being saved or exported.
    var quitsWhenSaved = false
    /// True if the runner was asked to end.
    var isQuitting = false

    /// The sampling options that a free prompt begins with.
    var freePromptSampling = SamplingOptions()
    /// Those of this machine, and the aliases.
    var models: [ModelItem] = []
    /// The servers of the settings, in their order.
    var servers: [Server] = []
    var downloads = Downloads()
    var runs = Runs()
    var learnings = KnownLearnings()
    var modelName = ""
    /// The name by which the model in use was asked for; `nil` if the studio did not ask for it.
    var modelOpenedAs: String?
    /// The name of the model that is being opened.
    var openingModel: String?
    /// The names of the models that were opened by the paths of their files.
    var openedFiles: [String: String] = [:]
    /// Why there is no model; `nil` if there is one, or it is being opened.
    var modelFailure: String?
    var notice: Notice?
    /// Sentences of generators that have not been shown yet, in their order.
    var waitingNotices: [String] = []
    /// The sentence about a text that is being copied; `nil` if the way is told.
    var copyNotice: String?

    /// The effects of the message in hand; empty between messages.
    var effects: [StudioEffect] = []

    /// The studio before anything has happened.
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - utcOffsetSeconds: seconds by which local time is ahead of UTC, for the days and times of history.
    public init(size: ScreenSize, now: Double, utcOffsetSeconds: Int = 0, appearance: Appearance = .init()) {
        self.size = size
        clock = Clock(now: now, utcOffsetSeconds: utcOffsetSeconds)
        self.appearance = appearance
        settle()
    }

    /// The first effects.
    public mutating func start() -> [StudioEffect] {
        effects = [.listModels]
        loadHistoryAnew()
        defer { effects = [] }
        return effects
    }

    var now: Double { clock.now }

    /// True if time alone changes the screen: then the runner ticks often.
    public var isAnimating: Bool {
        !jobs.isEmpty || notice != nil || isRulerStale || watchesAnswer || keeping.sessionMayDiffer || memory.mayDiffer
            || dialog is RunsDialog || dialog is LearningsDialog
    }
}

/// The signs that the terminal can show. Colours are the terminal's own affair.
public struct Appearance: Sendable, Hashable {
    /// True if rules, meters and marks are drawn in ASCII.
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
    /// The changes saved after a failure that the sentence names.
    var recovered: [String] = []
    /// The field of the form that the sentence is about, and its problem; `nil` if it is about something else.
    var field: FieldSentence?
    /// True if it says that the end is followed, which is over as soon as the writer scrolls or the text is written.
    var isAboutFollowing = false

    struct FieldSentence: Sendable, Hashable {
        var name: String
        var problem: FieldProblem
    }
}
