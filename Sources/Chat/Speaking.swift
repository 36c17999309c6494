import Generation

extension Conversation {
    /// The name of whoever speaks in a turn.
    public func speaker(of turn: Turn) -> String { persona.speakers.name(of: turn.role) }
}
