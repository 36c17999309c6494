// The texts that only personas have. All of them are Jinja with the persona's fields; all but the speakers also know
// `user` and `char`, the names of the two who talk.

import Generation

/// The part of a template's file that makes it a persona: a template of the family `chat`, whose body is the system prompt.
public struct PersonaTexts: Sendable, Hashable {
    /// What it may say first; empty if the user begins.
    public internal(set) var greetings: [String] = []
    /// The names of the two who talk. An empty one is replaced: by `User`, or by the persona's title.
    public internal(set) var speakers = Persona.Speakers(user: "", assistant: "")
    /// A dialogue that shows how it talks.
    public internal(set) var examples: [Message] = []
    /// Facts for the places of a conversation that need them.
    public internal(set) var book: [Persona.BookEntry] = []
    /// What is done if the turns do not fit into the model's context; `nil` leaves it to the settings.
    public internal(set) var contextRule: ContextRule?

    /// The variables that the texts know besides the fields.
    static let speakerVariables = ["user", "char"]
}

extension TemplateFamily {
    /// The family of personas.
    public static let chat = "chat"
}

extension PromptTemplate {
    /// True if it holds a conversation and writes no drafts.
    public var isPersona: Bool { personaTexts != nil }
}
