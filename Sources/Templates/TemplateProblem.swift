/// One error in a template's file: its place, and a reason that says what to do.
public struct TemplateProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path as the user knows it, or a name such as `headlines/slogan`.
    public var file: String
    /// Counts from 1 in the file, not in a part of it; 0 if the problem concerns the whole file.
    public var line: Int
    /// Counts from 1 in Unicode scalars; 0 if the problem concerns a whole line or file.
    public var column: Int
    public var reason: String

    public init(file: String, line: Int, column: Int, reason: String) {
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// In the form of compilers' messages: `mine.md:4:3: There is no key …`.
    public var description: String { line == 0 ? "\(file): \(reason)" : "\(file):\(line):\(column): \(reason)" }
}

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
