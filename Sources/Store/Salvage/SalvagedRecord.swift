// A row in the file: a list of values, some of which may be cut or missing.
// - The store's text is UTF-8 without NUL. If it is not, something else was written over it, and the text ends there.

enum SalvagedValue: Equatable {
    case null
    case integer(Int64)
    case real(Double)
    /// The readable part of a text.
    case text(String, isWhole: Bool)
    case blob(bytes: Int)
    /// Not readable at all.
    case missing
}

struct SalvagedRecord {
    let rowId: Int64?
    let values: [SalvagedValue]

    /// True if a part of it could not be read.
    var isCut: Bool {
        values.contains { value in
            switch value {
            case .missing, .text(_, isWhole: false): true
            default: false
            }
        }
    }

    /// - Returns: `nil` if it is not a record.
    init?(_ cell: TreePage.Cell, in file: PageFile) {
        let payload = SalvagedRecord.payload(of: cell, in: file)
        var header = ByteReader(payload[...])
        guard let stated = header.varint(), let headerBytes = Int(exactly: stated), headerBytes >= 2,
            headerBytes <= cell.payloadBytes, headerBytes <= 1 << 16, headerBytes <= payload.count
        else { return nil }
        var types: [UInt64] = []
        let headerEnd = payload.count - headerBytes
        while header.count > headerEnd {
            guard let type = header.varint(), header.count >= headerEnd else { return nil }
            types.append(type)
        }
        if types.isEmpty { return nil }
        var body = ByteReader(payload[headerBytes...])
        var bodyBytes = 0
        var values: [SalvagedValue] = []
        for type in types {
            guard let count = SalvagedRecord.byteCount(of: type), count <= cell.payloadBytes - headerBytes - bodyBytes
            else { return nil }
            bodyBytes += count
            values.append(SalvagedRecord.value(type, body.bytes(upTo: count), count))
        }
        guard bodyBytes == cell.payloadBytes - headerBytes else { return nil }
        rowId = cell.rowId
        self.values = values
    }

    /// The record's bytes, as far as its overflow pages can be followed.
    private static func payload(of cell: TreePage.Cell, in file: PageFile) -> [UInt8] {
        var payload = [UInt8](cell.local)
        var next = cell.overflowPage
        while let number = next, payload.count < cell.payloadBytes {
            guard let page = file.page(number) else { break }
            let following = Int(page.number(at: 0, bytes: 4))
            let wanted = min(cell.payloadBytes - payload.count, file.usableSize - 4)
            let isLast = payload.count + wanted == cell.payloadBytes
            // Only the last page of a chain ends with 0; otherwise the page is not part of it.
            guard isLast == (following == 0), isLast || (following <= file.pageCount && following != number) else {
                break
            }
            payload += page[4..<4 + wanted]
            next = isLast ? nil : following
        }
        return payload
    }

    private static func byteCount(of type: UInt64) -> Int? {
        switch type {
        case 0, 8, 9: 0
        case 1...4: Int(type)
        case 5: 6
        case 6, 7: 8
        case 10, 11: nil
        default: Int(exactly: (type - 12) / 2)
        }
    }

    private static func value(_ type: UInt64, _ bytes: ArraySlice<UInt8>, _ count: Int) -> SalvagedValue {
        if type >= 12 {
            if type % 2 == 0 { return bytes.count == count ? .blob(bytes: count) : .missing }
            return bytes.isEmpty && count > 0 ? .missing : text(bytes, count)
        }
        guard bytes.count == count else { return .missing }
        switch type {
        case 0: return .null
        case 8: return .integer(0)
        case 9: return .integer(1)
        case 7: return .real(Double(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) }))
        default:
            let isNegative = (bytes.first ?? 0) >= 0x80
            return .integer(bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) })
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>, _ count: Int) -> SalvagedValue {
        let sound = bytes.prefix { $0 != 0 }
        if let text = String(validating: sound, as: UTF8.self) { return .text(text, isWhole: sound.count == count) }
        // Up to the first byte that is not UTF-8. It decodes to U+FFFD, but the text may hold that character itself.
        var scalars = String.UnicodeScalarView()
        var decoder = UTF8()
        var iterator = sound.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { scalars.append(scalar) }
        return .text(String(scalars), isWhole: false)
    }
}
