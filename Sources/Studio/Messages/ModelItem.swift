// The models that can be chosen: those of this machine, and those of servers.

/// A model that can be chosen.
public struct ModelItem: Sendable, Hashable, Identifiable {
    public enum Origin: Sendable, Hashable {
        /// In the program, or in a folder of the user's own models.
        case own
        /// Where another program keeps it, by that program's name.
        case program(String)
        /// On a server, by the server's name.
        case server(String)
        /// No model, but what changes one.
        case adapter
        /// Another name for a model.
        case alias(of: String)
    }

    /// What opens it: a name, or `SERVER/MODEL`.
    public var name: String
    /// Architecture, size, type or context, in a few words.
    public var detail: String
    public var origin: Origin
    /// Why it cannot be used, as a sentence; `nil` if it can.
    public var problem: String?

    public var id: String { name }

    public init(name: String, detail: String = "", origin: Origin = .own, problem: String? = nil) {
        self.name = name
        self.detail = detail
        self.origin = origin
        self.problem = problem
    }
}

/// The answer of one server to the question for its models.
public enum ServerAnswer: Sendable, Hashable {
    case models([ModelItem])
    /// The sentence says what, why and what to do.
    case failed(sentence: String)
}
