// How files become rows.

/// Where a document of a text file ends.
public enum DocumentEnd: Sendable, Hashable {
    /// At the end of the file.
    case file
    /// At a blank line.
    case blankLine
    /// At the end of each line.
    case line
    /// At a line that is this text; white space at its end does not count.
    case separator(String)
}

/// The names of what is learned, in a file with columns or in the objects of JSON Lines.
public enum CorpusColumns: Sendable, Hashable {
    case text(String)
    case pair(prompt: String, answer: String)

    /// All names.
    var names: [String] {
        switch self {
        case .text(let name): [name]
        case .pair(let prompt, let answer): [prompt, answer]
        }
    }
}

/// The kinds of files that rows are read from.
public enum CorpusFormat: String, Sendable, Hashable, CaseIterable {
    /// Documents.
    case text
    /// JSON Lines, or one list of objects.
    case json
    /// Records with a line of names before them.
    case csv
    /// The same, with tabs between the fields.
    case tsv
}

/// How files become rows.
public struct CorpusOptions: Sendable, Hashable {
    public var documentEnd = DocumentEnd.file
    /// `nil`: by the usual names.
    public var columns: CorpusColumns?
    /// `nil`: by each file's name.
    public var format: CorpusFormat?
    /// True to leave out rows that are damaged, and to count them; false to stop at the first.
    public var skipsDamaged = false
    /// True to train on a row as often as it is there.
    public var keepsDuplicates = false

    public init() {}
}

/// Where rows come from.
public enum CorpusInput: Sendable {
    /// A file, or a folder of text files.
    case path(String)
    /// Rows that the caller has.
    /// - Parameter name: of their origin, for places.
    case rows([CorpusRow], name: String)
    /// The same, of which some count more than others.
    case weighted([WeightedRow], name: String)
}
