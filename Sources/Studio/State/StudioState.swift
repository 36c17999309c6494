import Generation

/// Everything the studio shows and remembers, as a value.
public struct StudioState: Sendable {
    public internal(set) var size: ScreenSize

    /// The studio before anything has happened, and what it asks for first.
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - utcOffsetSeconds: what local time is ahead of UTC, for the days and times of history.
    public static func opening(
        size: ScreenSize, appearance: Appearance = .init(), now: Double, utcOffsetSeconds: Int = 0
    ) -> (state: StudioState, effects: [StudioEffect]) {
        (StudioState(size: size), [.listModels, .loadHistory(HistoryQuery())])
    }
}

/// What the terminal can show; colour is the terminal's own affair.
public struct Appearance: Sendable, Hashable {
    /// Rules, meters and marks in ASCII, for terminals that cannot draw others.
    public var ascii: Bool

    public init(ascii: Bool = false) {
        self.ascii = ascii
    }
}

/// Takes one message into the state; the effects are to be carried out in their order.
public func update(_ state: inout StudioState, _ message: StudioMessage) -> [StudioEffect] {
    if case .resized(let size) = message { state.size = size }
    return []
}

/// The screen of a state, of exactly `state.size`.
public func frame(of state: StudioState) -> Frame {
    Frame(size: state.size)
}
