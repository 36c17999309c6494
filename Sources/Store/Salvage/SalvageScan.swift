// Reads all pages of a damaged store and hands out the readable rows.
// - Every leaf page is read, even if its table's root no longer leads to it.
// - Pages in the file's list of free pages hold only removed rows, and are left out.

struct SalvageScan {
    let file: PageFile
    /// Cells of the store's pages that are not rows any more.
    private(set) var damagedRows = 0
    /// Pages that the disk cannot read.
    private(set) var unreadablePages = 0
    private let freePages: Set<Int>
    private var rootPages: [String: Int] = [:]
    /// Pages that hold the search index's copy of texts.
    private var indexPages: [Int] = []

    init(_ file: PageFile) {
        self.file = file
        freePages = SalvageScan.freePages(of: file)
    }

    /// Reads every row once.
    mutating func readRows(_ take: (SalvagedRow) throws -> Void) throws {
        for number in 1...max(1, file.pageCount) where !freePages.contains(number) {
            guard let page = file.page(number) else {
                unreadablePages += 1
                continue
            }
            guard let tree = TreePage(page, number: number, usableSize: file.usableSize), tree.kind == .tableLeaf else {
                continue
            }
            damagedRows += tree.damagedCells
            var holdsIndex = false
            for cell in tree.cells {
                guard let record = SalvagedRecord(cell, in: file) else {
                    damagedRows += 1
                    continue
                }
                guard let row = SalvagedRow(record) else { continue }
                switch row {
                case .schema(let name, let rootPage): rootPages[name] = rootPage
                case .indexed:
                    holdsIndex = true
                    try take(row)
                default: try take(row)
                }
            }
            if holdsIndex { indexPages.append(number) }
        }
    }

    /// Reads the rows of pages that the log replaced, because the newer version may be damaged.
    func readSupersededRows(_ take: (SalvagedRow) throws -> Void) throws {
        for number in 1...max(1, file.pageCount) where !freePages.contains(number) {
            if let page = file.supersededPage(number) { try read(page, number, take) }
        }
    }

    /// Reads the texts of the search index.
    func readIndexedTexts(_ take: (SalvagedRecord) throws -> Void) throws {
        for number in indexPages {
            guard let page = file.page(number) else { continue }
            try read(page, number) { if case .indexed(let record) = $0 { try take(record) } }
        }
    }

    /// Reads the tags of drafts. They are in a table like an index, which only its root identifies.
    func readDraftTags(_ take: (_ draftId: Int64, _ tagId: Int64) throws -> Void) throws {
        guard let root = rootPages["draftTag"] else { return }
        var waiting = [root]
        var seen: Set<Int> = []
        while let number = waiting.popLast() {
            guard seen.insert(number).inserted, let page = file.page(number),
                let tree = TreePage(page, number: number, usableSize: file.usableSize),
                tree.kind == .indexLeaf || tree.kind == .indexInterior
            else { continue }
            waiting += tree.children
            for cell in tree.cells {
                guard let record = SalvagedRecord(cell, in: file), record.values.count == 2,
                    let draftId = record.integer(0), let tagId = record.integer(1)
                else { continue }
                try take(draftId, tagId)
            }
        }
    }

    private func read(_ page: [UInt8], _ number: Int, _ take: (SalvagedRow) throws -> Void) throws {
        guard let tree = TreePage(page, number: number, usableSize: file.usableSize), tree.kind == .tableLeaf else {
            return
        }
        for cell in tree.cells {
            if let record = SalvagedRecord(cell, in: file), let row = SalvagedRow(record) { try take(row) }
        }
    }

    /// The pages of the file's list of free pages, as far as it can be followed.
    private static func freePages(of file: PageFile) -> Set<Int> {
        var free: Set<Int> = []
        guard let first = file.page(1), first.starts(with: "SQLite format 3\0".utf8) else { return free }
        var next = Int(first.number(at: 32, bytes: 4))
        while next > 1, next <= file.pageCount, free.insert(next).inserted, let page = file.page(next) {
            let count = Int(page.number(at: 4, bytes: 4))
            guard count <= file.usableSize / 4 - 2 else { break }
            for index in 0..<count { free.insert(Int(page.number(at: 8 + 4 * index, bytes: 4))) }
            next = Int(page.number(at: 0, bytes: 4))
        }
        return free
    }
}
