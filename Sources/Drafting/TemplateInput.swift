import Generation
import Templates

extension PromptTemplate {
    public var isBuiltIn: Bool { origin == .builtIn }

    /// The field for a text from standard input or a file: `text`, else one that is meant for a file, else the only
    /// one with several lines.
    public var inputField: PromptField? {
        if let text = field(named: "text") { return text }
        if let file = fields.first(where: \.comesFromFile) { return file }
        let long = fields.filter { $0.kind == .multiline }
        return long.count == 1 ? long.first : nil
    }
}
