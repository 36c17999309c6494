/// A finished example of a template: what was asked, and a good answer.
///
/// A model with a chat template sees it as an earlier turn of the conversation, because small models follow shown answers
/// far better than instructions; a base model sees it in the completion form.
public struct TemplateExample: Sendable, Hashable {
    /// By field name; fields that it leaves out have their default.
    public let values: [String: String]
    /// The answer, as it should stand. In a template of parts each part begins with its name: `Headline: …`.
    public let output: String
}
