// The names by which a batch knows its rows and itself again.
// - A row's key is that of all its columns, and of its place among equal rows: a changed row is another one, and moving
//   rows changes nothing.
// - A batch's key is that of everything else its drafts depend on: template, model, options, fixed fields, seed.
// - A row's seed comes from the batch's seed and the row's key alone, so it depends neither on other rows nor on where a
//   run began.

import Generation

enum BatchKeys {
    /// The seed without `--seed`.
    static let usualSeed: UInt64 = 0

    /// The keys of all rows, in their order.
    static func rows(of table: BatchTable) -> [UInt64] {
        var counts: [UInt64: UInt64] = [:]
        return table.rows.map { row in
            var hash = FNV1a("row 1".utf8)
            for (column, text) in zip(table.columns, row.texts) {
                // A missing value is no column at all, so a new name in another row of JSON changes nothing here.
                guard let text else { continue }
                hash.take(column)
                hash.take(text)
            }
            let count = counts[hash.value, default: 0]
            counts[hash.value] = count + 1
            hash.mix(count)
            return hash.value
        }
    }

    /// - Parameter texts: everything that the drafts depend on besides the row.
    static func batch(_ texts: [String]) -> UInt64 {
        var hash = FNV1a("batch 1".utf8)
        for text in texts { hash.take(text) }
        return hash.value
    }

    /// A seed that is short enough to type again.
    static func seed(of row: UInt64, in seed: UInt64) -> UInt64 {
        var hash = FNV1a("seed 1".utf8)
        hash.mix(seed)
        hash.mix(row)
        // Mix the bits as splitmix64 does, because the lower half alone is kept.
        var bits = hash.value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return (bits ^ (bits >> 31)) & UInt64(UInt32.max)
    }

    static func text(row: UInt64, batch: UInt64) -> String { "\(hexadecimal(row))-\(hexadecimal(batch))" }

    static func hexadecimal(_ value: UInt64) -> String {
        var hash = FNV1a()
        hash.value = value
        return hash.hexadecimal
    }
}

extension FNV1a {
    /// No byte of UTF-8 is 0xFF, so two texts never run together.
    fileprivate mutating func take(_ text: String) {
        mix(text.utf8)
        mix(0xFF)
    }
}
