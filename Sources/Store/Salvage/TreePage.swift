// A page of an SQLite b-tree, as cells: rows of a table or entries of an index.
// - A cell that does not fit its page is left out and counted.

struct TreePage {
    enum Kind: UInt8 {
        case indexInterior = 0x02
        case tableInterior = 0x05
        case indexLeaf = 0x0A
        case tableLeaf = 0x0D
    }

    /// The beginning of a record, and the place of the rest.
    struct Cell {
        /// `nil` in an index.
        var rowId: Int64?
        var payloadBytes: Int
        var local: ArraySlice<UInt8>
        /// The first overflow page; `nil` if the record is complete.
        var overflowPage: Int?
    }

    let kind: Kind
    private(set) var cells: [Cell] = []
    /// Pages below this one; empty in a leaf.
    private(set) var children: [Int] = []
    /// Invalid cells.
    private(set) var damagedCells = 0

    /// - Returns: `nil` if it is not a page of a b-tree.
    init?(_ page: [UInt8], number: Int, usableSize: Int) {
        let start = number == 1 ? 100 : 0
        guard page.count >= start + 12, usableSize <= page.count, let kind = Kind(rawValue: page[start]) else {
            return nil
        }
        self.kind = kind
        let isLeaf = kind == .indexLeaf || kind == .tableLeaf
        let headerBytes = isLeaf ? 8 : 12
        let count = Int(page.number(at: start + 3, bytes: 2))
        // The smallest cell has two bytes, and its pointer two more.
        guard count <= (usableSize - start - headerBytes) / 4 else { return nil }
        for index in 0..<count {
            let pointer = Int(page.number(at: start + headerBytes + 2 * index, bytes: 2))
            guard pointer >= start + headerBytes + 2 * count, pointer < usableSize,
                add(cellAt: pointer, page, usableSize)
            else {
                damagedCells += 1
                continue
            }
        }
        if !isLeaf { children.append(Int(page.number(at: start + 8, bytes: 4))) }
    }

    private mutating func add(cellAt start: Int, _ page: [UInt8], _ usableSize: Int) -> Bool {
        var reader = ByteReader(page[start..<usableSize])
        if kind == .indexInterior || kind == .tableInterior {
            guard let child = reader.number(bytes: 4) else { return false }
            children.append(Int(child))
            if kind == .tableInterior { return true }
        }
        guard let stated = reader.varint(), let payloadBytes = Int(exactly: stated), payloadBytes > 0,
            payloadBytes <= TreePage.largestPayload
        else { return false }
        var rowId: Int64?
        if kind == .tableLeaf {
            guard let number = reader.varint() else { return false }
            rowId = Int64(bitPattern: number)
        }
        let localBytes = localBytes(of: payloadBytes, usableSize)
        guard let local = reader.bytes(localBytes) else { return false }
        var overflowPage: Int?
        if localBytes < payloadBytes {
            guard let number = reader.number(bytes: 4) else { return false }
            overflowPage = Int(number)
        }
        cells.append(Cell(rowId: rowId, payloadBytes: payloadBytes, local: local, overflowPage: overflowPage))
        return true
    }

    /// SQLite's own bound on a row.
    private static let largestPayload = 1_000_000_000

    /// The number of a record's bytes on the page itself.
    private func localBytes(of payloadBytes: Int, _ usableSize: Int) -> Int {
        let most = kind == .tableLeaf ? usableSize - 35 : (usableSize - 12) * 64 / 255 - 23
        if payloadBytes <= most { return payloadBytes }
        let least = (usableSize - 12) * 32 / 255 - 23
        let fitting = least + (payloadBytes - least) % (usableSize - 4)
        return fitting <= most ? fitting : least
    }
}

/// Reads numbers and bytes one after another, never beyond the end.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var count: Int { rest.count }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// As many of these bytes as there are.
    mutating func bytes(upTo count: Int) -> ArraySlice<UInt8> { bytes(min(max(0, count), rest.count)) ?? [] }

    /// A big-endian number.
    mutating func number(bytes count: Int) -> UInt64? { bytes(count).map { $0.reduce(0) { $0 << 8 | UInt64($1) } } }

    /// An integer of SQLite's variable length: 7 bits a byte, at most 9 bytes.
    mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard let byte = rest.popFirst() else { return nil }
            if index == 8 { return value << 8 | UInt64(byte) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte < 0x80 { return value }
        }
        return value
    }
}
