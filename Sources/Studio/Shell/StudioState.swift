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
    var pendingWrites: [PendingWrite] = []
    var nextOperation = 1
    /// Exports that owe an answer, in the order in which they are written.
    var exports: [ExportRequest] = []
    /// The writer asked to quit while something was being saved or exported.
    var quitsWhenSaved = false
    /// The runner was asked to end.
    var isQuitting = false

    var models: [ModelItem] = []
    var modelName = ""
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
        clock = Clock(now: now, utcOffsetSeconds: utcOffsetSeconds)
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

    var now: Double { clock.now }

    /// Whether the screen changes by time alone: the runner then ticks often.
    public var isAnimating: Bool { draft.running != nil || notice != nil || keeping.sessionMayDiffer }
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
