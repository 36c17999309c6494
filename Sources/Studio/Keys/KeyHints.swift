// Sentences about keys, for errors that come from outside the studio.
// - Keys come from the key table, so a hint never names one that does something else.

public enum KeyHints {
    /// How to choose a model.
    public static var anotherModel: String { "\(KeyTable.label(.models, in: .templates)) chooses another one." }

    /// How to send a prompt without the model's chat template.
    public static var rawText: String {
        "In a free prompt (\(KeyTable.label(.freePrompt, in: .templates)) in the list of templates), "
            + "\(KeyTable.label(.toggleRaw, in: .field)) switches to raw text."
    }

    /// How to let older turns leave a conversation that is too long.
    public static var contextRule: String {
        let leave = KeyTable.label(.leaveComposer, in: .composer)
        return "\(leave) \(KeyTable.label(.contextRule, in: .turns)) lets the oldest turns leave."
    }

    /// The same for a line with little room.
    public static var contextRuleBriefly: String {
        let leave = KeyTable.label(.leaveComposer, in: .composer)
        return "\(leave) \(KeyTable.label(.contextRule, in: .turns)) lets turns leave"
    }

    /// How to make room in a conversation whose last words are too long.
    public static var unpin: String {
        let leave = KeyTable.label(.leaveComposer, in: .composer)
        return "\(leave) \(KeyTable.label(.pinTurn, in: .turns)) unpins a turn, and "
            + "\(KeyTable.label(.models, in: .composer)) chooses another model."
    }
}
