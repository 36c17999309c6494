// Texts beside the writer's own words: standard input, and files with their names.

/// A text that a prompt takes in.
public struct AttachedText: Sendable, Hashable {
    /// The file's name as the prompt gives it; `nil` for a text without one, such as standard input.
    public var name: String?
    public var text: String

    public init(name: String? = nil, text: String) {
        self.name = name
        self.text = text
    }

    /// The instruction and the texts, a blank line between them; each file stands below a line with its name.
    ///
    /// A text without a name comes first, because it would seem to belong to the file before it.
    /// - Parameter instruction: `nil` if the texts are all there is.
    public static func joined(_ instruction: String?, _ texts: [AttachedText]) -> String {
        let nameless = texts.filter { $0.name == nil }.map(\.text)
        let named = texts.compactMap { text in text.name.map { "File \($0):\n\(text.text)" } }
        return ([instruction].compactMap(\.self) + nameless + named).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// The texts alone, a blank line between them: the text that a template works on. Names in it would become part of
    /// what is rewritten or summarized.
    public static func joined(_ texts: [AttachedText]) -> String {
        texts.map(\.text).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// The names that files have in a prompt: the last part of each path; if two have the same, the paths.
    public static func names(ofPaths paths: [String]) -> [String] {
        let names = paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        return zip(paths, names).map { path, name in names.count { $0 == name } > 1 ? path : name }
    }
}
