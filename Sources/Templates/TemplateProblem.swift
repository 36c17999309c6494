import YAMLReading

/// One thing that keeps a template from working.
public typealias TemplateProblem = FileProblem

/// All problems of one template's file.
public struct InvalidTemplate: Error, Sendable, Hashable, CustomStringConvertible {
    /// In the order of the file; never empty.
    public let problems: [TemplateProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// A file in a template folder that is not a valid template.
public struct BrokenTemplate: Sendable, Hashable, Identifiable {
    /// The file's name without folder and extension.
    public let name: String
    /// In the order of the file; never empty.
    public let problems: [TemplateProblem]

    init(name: String, first: TemplateProblem, others: [TemplateProblem] = []) {
        self.name = name
        problems = [first] + others
        firstProblem = first
    }

    private let firstProblem: TemplateProblem
    public var id: String { file }
    public var file: String { firstProblem.file }
    public var line: Int { firstProblem.line }
    public var column: Int { firstProblem.column }
    public var reason: String { firstProblem.reason }
}
