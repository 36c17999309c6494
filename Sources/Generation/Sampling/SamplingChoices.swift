// The values of options that are one of a few words.

/// How far the variants of a request must differ from each other, and from the texts that they were made of.
public enum Distinct: String, Sendable, Hashable, CaseIterable {
    case off
    /// No variant equals another one or a field's text, apart from case and punctuation.
    case text
    /// As `text`, and no two variants open with the same three words.
    case opening
}

/// How much a reasoning model thinks before it answers.
public enum ReasoningEffort: String, Sendable, Hashable, CaseIterable {
    /// Off if the model's template has a switch for it; otherwise as the model does by itself.
    case auto
    case off, low, medium, high
}
