// An order of rows from a file: numbers of the corpus's rows, from 0, in the order of use, all epochs one after another.

import Foundation

extension CorpusSet {
    /// The order that a file gives.
    /// - Parameter path: whole numbers, separated by white space or commas, perhaps in brackets.
    /// - Throws: `CorpusError.badOrder` for what is no number of a row, or of a row that is not trained on.
    public func order(fromFileAt path: String) throws -> ListedOrder {
        let examples = Dictionary(grouping: rowNumbers.indices, by: { rowNumbers[$0] })
        guard packing == nil else {
            throw CorpusError.badOrder(
                file: path, line: 1, reason: "rows that are packed together cannot have an order of their own")
        }
        var lines = try LineReader(path: path)
        var order: [Int] = []
        let last = rowNumbers.max() ?? 0
        while let line = try lines.next(atMost: 1 << 20) {
            let words = line.bytes.split {
                $0 <= 0x20 || [UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]")].contains($0)
            }
            for word in words {
                func wrong(_ reason: String) -> CorpusError { .badOrder(file: path, line: line.number, reason: reason) }
                let text = String(decoding: word.prefix(40), as: UTF8.self)
                guard let number = Int(text), number >= 0 else { throw wrong("'\(text)' is no number of a row") }
                guard let found = examples[number] else {
                    throw wrong(
                        number > last
                            ? "there is no row \(number) to train on, the last is \(last)"
                            : "row \(number) is not trained on: it was left out, or is for validation")
                }
                guard found.count == 1 else {
                    throw wrong("row \(number) became \(found.count) examples, so it has no single place in an order")
                }
                order += found
            }
        }
        guard !order.isEmpty else { throw CorpusError.badOrder(file: path, line: 1, reason: "it has no numbers") }
        return ListedOrder(rows: order, count: count)
    }
}
