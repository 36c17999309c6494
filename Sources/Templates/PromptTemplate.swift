import Generation
import YAMLReading

/// A prompt with fields to fill in: one valid file of `templates/`.
///
/// Every field has an example that the field accepts, every variable of the texts is a field, and every text is valid
/// Jinja, so a template can be filled without typing anything. A template of the family `chat` is a persona: it holds a
/// conversation instead of writing drafts.
public struct PromptTemplate: Sendable, Hashable, Identifiable {
    /// The origin of a template.
    public enum Origin: Sendable, Hashable {
        case builtIn
        /// The file's path.
        case file(String)
    }

    /// The file's name without folder and extension, such as `article-headline`; unique in a library.
    public let name: String
    /// The title that people see, such as `Article headline`.
    public let title: String
    /// The id of its family, such as `headlines`.
    public let family: String
    /// One line about the text that it writes; may be empty.
    public let summary: String
    /// In the order of the form; the names are unique.
    public let fields: [PromptField]
    /// How many drafts to write side by side, unless the user chooses another number.
    public let variantCount: Int
    public let limits: LengthLimits
    /// The parts of a draft, in their order; empty if it has none.
    public let parts: [PartSpecification]
    /// Finished examples, for the prompt; those of a persona are in `personaTexts`.
    public let examples: [TemplateExample]
    /// The sampling options that it changes.
    public let sampling: SamplingOverrides
    /// The place in the file of each option of `sampling`, by name.
    let samplingPlaces: [String: FilePlace]
    /// Jinja text of the system message, for models that read one.
    public let system: String?
    /// Jinja text to continue, for models without a chat template.
    public let completion: String?
    /// The texts of a persona; `nil` for a template that writes drafts.
    public let personaTexts: PersonaTexts?
    /// Jinja text of the user's message; of a persona that of the system message, which may be empty.
    public let body: String
    public let origin: Origin
    /// The complete text of the file, to show it and to copy it to the user's folder.
    public let source: String
    /// FNV-1a of the file's bytes, 16 hexadecimal digits: the same text gives the same hash in every run and release.
    public let hash: String

    public var id: String { name }

    /// A problem with the value of an option that its type and range cannot show, made by callers that can check it.
    public func problem(ofOption name: String, _ reason: String, file: String) -> TemplateProblem {
        let place = samplingPlaces[name]
        return TemplateProblem(file: file, line: place?.line ?? 1, column: place?.column ?? 1, reason: reason)
    }

    public func field(named name: String) -> PromptField? { fields.first { $0.name == name } }
}

/// The templates of one kind, in the order of lists.
public struct TemplateFamily: Sendable, Hashable, Identifiable {
    /// Its name in front matter, such as `ad-copy`.
    public let id: String
    /// The title that people see, such as `Ad copy`.
    public let title: String
    public let templates: [PromptTemplate]
}
