// The examples of a run, as the run asks for them.

/// Rows of documents to train or to evaluate on.
public protocol TrainingSet: Sendable {
    /// The number of rows.
    var count: Int { get }
    /// The documents of row `index`, from 0: one, or several that are packed into one row.
    func documents(ofRow index: Int) throws -> [EncodedExample]
    /// The number of rows and a hash of all tokens and weights: two sets are the same if it is.
    var fingerprint: String { get }
}

/// In which order the rows are read.
public protocol RowOrder: Sendable {
    /// Row `place` of epoch `epoch`, both from 0.
    func row(at place: Int, inEpoch epoch: Int) -> Int
    /// Two orders are the same if it is.
    var fingerprint: String { get }
}
