// Training runs, as the studio knows them. A run is named by its folder.

/// A run in the list.
public struct RunItem: Sendable, Hashable {
    public enum State: Sendable, Hashable, CaseIterable {
        case running
        /// Running, and computing nothing while a draft is written.
        case paused
        case stopped, interrupted, failed, finished
    }

    /// Names the run, as a whole path.
    public var folder: String
    /// The model that it began with.
    public var model: String
    public var state: State
    public var step: Int
    public var steps: Int
    /// Of the newest updates, in nats a label; `nil` before the first.
    public var loss: Double?
    /// `nil` if it is not known, or the run does not go on.
    public var secondsLeft: Double?
    /// Why it failed.
    public var reason: String?

    public init(
        folder: String, model: String, state: State, step: Int, steps: Int, loss: Double? = nil,
        secondsLeft: Double? = nil, reason: String? = nil
    ) {
        self.folder = folder
        self.model = model
        self.state = state
        self.step = step
        self.steps = steps
        self.loss = loss
        self.secondsLeft = secondsLeft
        self.reason = reason
    }

    /// The folder's own name. The run of a learning lies in `NAME/run`.
    var name: String {
        let parts = folder.split(separator: "/")
        return (parts.last == "run" ? parts.dropLast().last ?? "run" : parts.last).map(String.init) ?? folder
    }
    var goesOn: Bool { state == .running || state == .paused }
}

/// The losses of one run, and the newest text that it wrote.
public struct RunDetails: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        public var step: Int
        /// In nats a label.
        public var loss: Double

        public init(step: Int, loss: Double) {
            self.step = step
            self.loss = loss
        }
    }

    /// A text that the model wrote from the prompt of the run.
    public struct Sample: Sendable, Hashable {
        public var step: Int
        public var text: String

        public init(step: Int, text: String) {
            self.step = step
            self.text = text
        }
    }

    public var folder: String
    /// In the order of their steps.
    public var training: [Point]
    public var validation: [Point]
    public var sample: Sample?

    public init(folder: String, training: [Point] = [], validation: [Point] = [], sample: Sample? = nil) {
        self.folder = folder
        self.training = training
        self.validation = validation
        self.sample = sample
    }
}
