/// One problem of a file that a person wrote: the place, and a reason with a remedy.
public struct FileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path as the user knows it, or a name such as `headlines/slogan`.
    public var file: String
    /// Counted from 1 in the file, not in a part of it; 0 if the whole file is meant.
    public var line: Int
    /// Counted from 1 in Unicode scalars; 0 if the whole line or file is meant.
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

/// A line and a column of a file, from 1.
public struct FilePlace: Sendable, Hashable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
