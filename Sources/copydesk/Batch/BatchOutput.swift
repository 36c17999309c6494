// The output of a batch: a whole file at every moment, from which the next run goes on.
// - It is written under another name and renamed, so whoever kills the program finds the last whole file.
// - Rows stand in the order of the input, and only those that are finished.
// - It is written after each row; a large file less often, so that writing takes at most a twentieth of the time.

import Files
import Foundation

/// The results of an earlier run, by row key.
struct BatchKept: Equatable {
    var results: [UInt64: BatchResult] = [:]
    /// Rows that failed, and so are written again.
    var failedCount = 0
    /// Rows of the file that cannot be read, and so are written again.
    var damagedCount = 0

    init() {}

    /// - Parameter batch: the key of the batch that goes on.
    /// - Throws: `Failure` if the file is not one of this batch.
    init(reading path: String, as format: BatchFormat, _ encoder: BatchEncoder, batch: UInt64) throws {
        let table = try BatchTable(reading: path, as: format)
        damagedCount = table.problems.count
        if table.columns.isEmpty { return }
        let places = encoder.added.map { name in table.columns.lastIndex(of: name) }
        guard let keyPlace = places.last ?? nil else {
            throw Failure(
                "\(path) is there, and no batch has written it: it has no column '\(encoder.added.last ?? "")'. Give another "
                    + "name, or replace it with --force.")
        }
        func text(_ row: BatchTable.Row, _ place: Int?) -> String { place.flatMap { row.texts[$0] } ?? "" }
        let draftCount = encoder.added.count - 5
        for row in table.rows {
            let key = text(row, keyPlace)
            let parts = key.split(separator: "-")
            guard parts.count == 2, let rowKey = UInt64(parts[0], radix: 16), let batchKey = UInt64(parts[1], radix: 16)
            else {
                damagedCount += 1
                continue
            }
            guard batchKey == batch, !places.contains(nil) else {
                throw Failure(
                    "\(path) was written with another template, model, seed, number of variants or other options, so this "
                        + "run cannot go on with it. Give another name, or begin anew with --force.")
            }
            let values = places.map { text(row, $0) }
            let result = BatchResult(
                drafts: Array(values.prefix(draftCount)), model: values[draftCount], seed: values[draftCount + 1],
                ended: values[draftCount + 2], error: values[draftCount + 3], key: key)
            if result.error.isEmpty { results[rowKey] = result } else { failedCount += 1 }
        }
    }
}

/// Writes the output; for one run at a time.
struct BatchOutput {
    private let path: String
    private let header: String
    /// By the row's place in the input.
    private var lines: [[UInt8]?]
    private let clock = ContinuousClock()
    private var writtenAt: ContinuousClock.Instant?
    private var cost: Duration = .zero
    private(set) var isUnsaved = false

    /// - Parameter count: of the rows of the input.
    init(path: String, header: String, count: Int) {
        // A symbolic link stays one.
        self.path = URL(filePath: TextFile.absolute(path)).resolvingSymlinksInPath().path
        self.header = header
        lines = Array(repeating: nil, count: count)
    }

    /// Takes a row's line without writing it.
    mutating func put(_ line: String, at index: Int) {
        lines[index] = Array(line.utf8)
        isUnsaved = true
    }

    /// Writes the file if the last time is long enough ago.
    mutating func saveIfDue() throws {
        if let writtenAt, clock.now - writtenAt < cost * 20 { return }
        try save()
    }

    /// Writes the whole file.
    /// - Throws: `Failure`, if it cannot be written; the file is then as it was.
    mutating func save() throws {
        let start = clock.now
        do {
            let file = try ReplacementFile(path: path)
            var part = Array(header.utf8)
            for case let line? in lines {
                part += line
                if part.count > 1 << 20 {
                    try file.write(part)
                    part.removeAll(keepingCapacity: true)
                }
            }
            try file.write(part)
            try file.commit()
        } catch {
            throw Failure("\(error) Free some space, or give another name. What was written before is still there.")
        }
        isUnsaved = false
        cost = clock.now - start
        writtenAt = clock.now
    }
}
