// Examples that are all in memory, and orders of rows.

import Generation

/// A set of rows in memory, a document each.
public struct MemorySet: TrainingSet {
    private let examples: [EncodedExample]
    public let fingerprint: String

    public init(_ examples: [EncodedExample]) {
        self.examples = examples
        var hash = FNV1a()
        for example in examples {
            hash.mix(UInt64(example.tokens.count))
            for token in example.tokens { hash.mix(UInt64(UInt32(bitPattern: token))) }
            for weight in example.weights { hash.mix(UInt64(weight.bitPattern)) }
        }
        fingerprint = "\(examples.count):\(hash.hexadecimal)"
    }

    public var count: Int { examples.count }
    public func documents(ofRow index: Int) -> [EncodedExample] { [examples[index]] }
}

/// A fresh order for each epoch, drawn from seed and epoch alone: the order of random keys, one for each row.
public final class ShuffledOrder: RowOrder, @unchecked Sendable {
    // Guard of `@unchecked Sendable`: a run has one thread.
    private let count: Int
    private let seed: UInt64
    private var current: (epoch: Int, rows: [Int])?

    public init(count: Int, seed: UInt64) {
        self.count = count
        self.seed = seed
    }

    public var fingerprint: String { "shuffled 1, seed \(seed)" }

    public func row(at place: Int, inEpoch epoch: Int) -> Int {
        if let current, current.epoch == epoch { return current.rows[place] }
        let keys = RandomNumbers(seed: seed, stream: "order of epoch \(epoch)").words(count)
        let rows = (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
        current = (epoch, rows)
        return rows[place]
    }
}

/// An order that a person gives: rows of all epochs, one after another.
public struct ListedOrder: RowOrder {
    private let rows: [Int]
    private let count: Int
    public let fingerprint: String

    /// - Parameters:
    ///   - rows: indexes of rows.
    ///   - count: rows of an epoch.
    public init(rows: [Int], count: Int) {
        self.rows = rows
        self.count = count
        var hash = FNV1a()
        for row in rows { hash.mix(UInt64(truncatingIfNeeded: row)) }
        fingerprint = "listed, \(rows.count):\(hash.hexadecimal)"
    }

    /// The list begins anew if the run is longer.
    public func row(at place: Int, inEpoch epoch: Int) -> Int {
        rows.isEmpty ? place : rows[(epoch * count + place) % rows.count]
    }
}
