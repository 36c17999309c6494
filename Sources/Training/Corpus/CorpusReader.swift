// Reads a corpus from the first row to the last, cleans it and counts what it leaves out.
// - One row is in memory at a time, besides a hash for each row to find duplicates.
// - Nothing is left out in silence: each row is given to the caller or counted, under one reason.

/// Reads the rows of some inputs.
public struct CorpusReader {
    private let inputs: [CorpusInput]
    private let options: CorpusOptions
    public private(set) var count = CorpusCount()

    public init(_ inputs: [CorpusInput], options: CorpusOptions = CorpusOptions()) {
        self.inputs = inputs
        self.options = options
    }

    /// Reads everything once.
    /// - Parameter body: gets each row that is used.
    /// - Throws: `CorpusError` for a file that cannot be read, for a damaged row unless they are skipped, and if there are no
    ///   rows at all; what `body` throws.
    public mutating func forEach(_ body: (NumberedRow) throws -> Void) throws {
        try forEach { row, _ in
            try body(row)
            return nil
        }
    }

    /// - Parameter body: gets each row that is used, with its key; returns a reason if it leaves it out nevertheless.
    /// - Throws: `CorpusError` for a file that cannot be read, for a damaged row unless they are skipped, and if there are no
    ///   rows at all; what `body` throws.
    mutating func forEach(_ body: (NumberedRow, RowKey) throws -> DropReason?) throws {
        var seen: Set<UInt64> = []
        var names: [String] = []
        for input in inputs {
            switch input {
            case .rows(let rows, let name):
                names.append(name)
                var reader: any RowReader = GivenRows(rows.map { WeightedRow($0, weight: 1) })
                try read(&reader, named: name, lineName: "row", &seen, body)
            case .weighted(let rows, let name):
                names.append(name)
                var reader: any RowReader = GivenRows(rows)
                try read(&reader, named: name, lineName: "row", &seen, body)
            case .path(let path):
                names.append(path)
                let found = try CorpusFile.find(at: path, format: options.format)
                count.skippedFiles += found.skippedCount
                for file in found.files {
                    count.fileCount += 1
                    var reader = try file.rows(options)
                    try read(&reader, named: file.path, lineName: "line", &seen, body)
                }
            }
        }
        guard count.read > 0 else { throw CorpusError.noRows(names: names) }
    }

    private mutating func read(
        _ reader: inout any RowReader, named name: String, lineName: String, _ seen: inout Set<UInt64>,
        _ body: (NumberedRow, RowKey) throws -> DropReason?
    ) throws {
        // Of the long document that is being read, up to here.
        var document: UInt64 = 0
        while let found = try reader.next() {
            let number = count.read
            count.read += 1
            count.add(found.repairs)
            let row: CorpusRow
            switch found.content {
            case .success(let content): row = content
            case .failure(let damage):
                guard options.skipsDamaged else {
                    throw CorpusError.damaged(file: name, line: found.line, reason: damage.reason)
                }
                count.drop(.damaged)
                continue
            }
            if row.isEmpty {
                count.drop(.empty)
                continue
            }
            guard row.hasTarget else {
                count.drop(.noTarget)
                continue
            }
            var key = RowKey(row)
            if case .text(_, let isStart, _) = row {
                if !isStart { key.follow(document) }
                document = key.whole
            }
            if !options.keepsDuplicates, !seen.insert(key.whole).inserted {
                count.duplicates += 1
                continue
            }
            if row.isPart { count.parts += 1 }
            let numbered = NumberedRow(
                number: number, row: row, place: "\(name), \(lineName) \(found.line)", weight: found.weight)
            if let reason = try body(numbered, key) { count.drop(reason) }
        }
    }
}
