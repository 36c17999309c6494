// Tells a salvaged row's table by the row's shape alone, because the tables' own roots may be gone.
// - Rows of the store's tables differ in the number of their columns and in the types of the first ones.
// - A column that cannot be read takes a harmless value.

import Generation

enum SalvagedRow {
    case generation(SalvagedRecord)
    case draft(SalvagedRecord)
    case revision(SalvagedRecord)
    case tag(SalvagedRecord)
    case project(SalvagedRecord)
    case conversation(SalvagedRecord)
    case turn(SalvagedRecord)
    /// The search index's own copy of a draft's text and context.
    case indexed(SalvagedRecord)
    /// The search index's note that a draft of this id exists.
    case indexedId(Int64)
    /// A line of the schema: a table or index, and its root page.
    case schema(name: String, rootPage: Int)

    init?(_ record: SalvagedRecord) {
        let values = record.values
        if case .text(let type, _) = values[0] {
            guard values.count == 5, ["table", "index"].contains(type), case .text(let name, _) = values[1],
                case .integer(let root) = values[3], let rootPage = Int(exactly: root)
            else { return nil }
            self = .schema(name: name, rootPage: rootPage)
            return
        }
        // The id of a row is kept beside the record, and NULL is in its place.
        guard let id = record.rowId, id > 0, values[0] == .null, values.count >= 2 else { return nil }
        func isNumber(_ index: Int) -> Bool {
            switch values[index] {
            case .integer, .real, .missing: true
            default: false
            }
        }
        func isText(_ index: Int) -> Bool {
            switch values[index] {
            case .text, .missing: true
            default: false
            }
        }
        switch (values.count, values[1]) {
        case (23..., .text(let uuid, true))
        where uuid.utf8.count == 36 && isNumber(2) && isNumber(3) && isText(5) && isText(9):
            self = .generation(record)
        case (12...20, .text(let uuid, true))
        where uuid.utf8.count == 36 && isNumber(2) && isNumber(3) && isNumber(4) && isText(6) && isText(9):
            self = .conversation(record)
        case (12...22, .integer(1...)) where SalvagedRow.isRole(values[2]) && isText(3) && isNumber(10):
            self = .turn(record)
        case (12...22, .integer(1...)) where isNumber(2) && isText(3) && isNumber(5) && isNumber(6) && isNumber(9):
            self = .draft(record)
        case (5, .integer(1...)) where isNumber(2) && isText(3) && isText(4):
            self = .revision(record)
        case (2, .text): self = .tag(record)
        case (4, .text) where isNumber(2): self = .project(record)
        case (6, .text) where isText(2) && isText(5): self = .indexed(record)
        case (2, .blob(5...25)) where id > 10 && id < 1 << 37: self = .indexedId(id)
        default: return nil
        }
    }
}

extension SalvagedRow {
    /// True for the text that only a turn has in its third column.
    private static func isRole(_ value: SalvagedValue) -> Bool {
        if case .text(let name, true) = value { return Message.Role(rawValue: name) != nil }
        return false
    }
}

extension SalvagedRecord {
    func integer(_ index: Int) -> Int64? {
        switch value(index) {
        case .integer(let number): number
        case .real(let number): Int64(exactly: number.rounded())
        default: nil
        }
    }

    func number(_ index: Int) -> Double? {
        switch value(index) {
        case .integer(let number): Double(number)
        case .real(let number): number.isFinite ? number : nil
        default: nil
        }
    }

    func text(_ index: Int) -> String? {
        if case .text(let text, _) = value(index) { return text }
        return nil
    }

    private func value(_ index: Int) -> SalvagedValue { values.indices.contains(index) ? values[index] : .missing }
}
