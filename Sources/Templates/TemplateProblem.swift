/// One thing that keeps a template from working: where it is, and a reason that says what to do.
public struct TemplateProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Path as the user knows it, or a name such as `headlines/slogan`.
    public var file: String
    /// Counted from 1 in the file, not in a part of it; 0 where the whole file is meant.
    public var line: Int
    /// Counted from 1 in Unicode scalars; 0 where the whole line or file is meant.
    public var column: Int
    public var reason: String

    public init(file: String, line: Int, column: Int, reason: String) {
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// As compilers write it: `mine.md:4:3: There is no key …`.
    public var description: String { line == 0 ? "\(file): \(reason)" : "\(file):\(line):\(column): \(reason)" }
}

/// Everything that is wrong with one template's file.
public struct InvalidTemplate: Error, Sendable, Hashable, CustomStringConvertible {
    /// In the order of the file; never empty.
    public let problems: [TemplateProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// A file that should be a template and is not.
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
