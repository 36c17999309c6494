// What a corpus is to a model: counts, lengths and the first row.

import Generation

/// Facts about an encoded corpus, for people.
public struct CorpusSummary: Sendable, Equatable {
    /// How the tokens of one side are spread.
    public struct Side: Sendable, Equatable {
        /// Rows of the corpus.
        public var rows = 0
        /// What the rows became: more than rows if texts were divided.
        public var examples = 0
        public var tokens = 0
        /// Labels: tokens that are learned.
        public var targets = 0
        /// UTF-8 bytes of the text that the labels stand for.
        public var targetBytes = 0

        mutating func add(_ examples: [EncodedExample]) {
            rows += 1
            self.examples += examples.count
            for example in examples {
                tokens += example.tokens.count
                targets += example.labelCount
                targetBytes += example.labelByteCount
            }
        }
    }

    public var count = CorpusCount()
    public var training = Side()
    public var validation = Side()
    /// Rows that are used, by their length in tokens before anything was divided.
    public var lengths: [Int: Int] = [:]
    /// The longest row that was too long.
    public var longestDropped = 0
    /// Rows whose prompts lost their beginning.
    public var cutPrompts = 0
    /// Rows of text in which names of special tokens stayed letters.
    public var rowsWithSpecialNames = 0
    /// Rows for which the model's chat template got a changed conversation, by the sentence about the change.
    public var notices: [String: Int] = [:]
    /// Where the first example stands, and the example.
    public var firstPlace = ""
    public var first: EncodedExample?
    /// True if prompts and answers are written with the model's chat template.
    public var hasTemplate = false

    public init() {}

    /// The length that a share of the rows does not exceed: 0.5 gives the median. 0 if there are no rows.
    public func length(ofShare share: Double) -> Int {
        let total = lengths.values.reduce(0, +)
        let wanted = max(1, Int((Double(total) * min(max(share, 0), 1)).rounded(.up)))
        var seen = 0
        for (length, count) in lengths.sorted(by: { $0.key < $1.key }) {
            seen += count
            if seen >= wanted { return length }
        }
        return 0
    }
}
