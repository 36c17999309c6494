// The pages of a database file that may be damaged; nothing is written.
// - Pages are numbered from 1. If the last one is cut short, the missing bytes read as zeros.
// - Pages that were committed to the log (`-wal`) and not moved into the file yet replace those in the file.
// - Nothing in the file is trusted: page size and counts are checked before use.
// https://www.sqlite.org/fileformat2.html

import Foundation

final class PageFile {
    let pageSize: Int
    /// Bytes of a page that hold content.
    let usableSize: Int
    let pageCount: Int
    /// The number of pages by the file's own header, if it can be trusted.
    let statedPageCount: Int?
    private let file: CInt
    private let log: CInt
    private let logOffsets: [Int: Int64]

    /// - Throws: `StoreError.cannotOpen`, `.missing`.
    init(path: String) throws {
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw errno == ENOENT
                ? StoreError.missing(path: path)
                : .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        log = open(path + "-wal", O_RDONLY | O_CLOEXEC)
        let header = PageFile.bytes(of: file, at: 0, count: 100)
        let isHeader = header.starts(with: "SQLite format 3\0".utf8)
        let stated = header.count == 100 ? Int(header.number(at: 16, bytes: 2)) : 0
        let written = WriteAheadLog.pageSize(log)
        // Copydesk makes pages of 4096 bytes, so this is the best guess if the header is gone.
        pageSize = isHeader && PageFile.isPageSize(stated) ? (stated == 1 ? 65536 : stated) : written ?? 4096
        let reserved = isHeader ? Int(header[20]) : 0
        usableSize = pageSize - (reserved <= pageSize - 480 ? reserved : 0)
        logOffsets = WriteAheadLog.committedPages(log, pageSize: pageSize)
        let size = Int(Disk.size(of: path) ?? 0)
        pageCount = max(size / pageSize + (size % pageSize == 0 ? 0 : 1), logOffsets.keys.max() ?? 0)
        // The count is valid if the number at 92 was written with it.
        let isCounted = isHeader && header.number(at: 24, bytes: 4) == header.number(at: 92, bytes: 4)
        statedPageCount = isCounted ? Int(header.number(at: 28, bytes: 4)) : nil
    }

    deinit {
        close(file)
        if log >= 0 { close(log) }
    }

    /// A page as the last transaction left it; `nil` if it is missing or the disk cannot read it.
    func page(_ number: Int) -> [UInt8]? {
        guard number >= 1, number <= pageCount else { return nil }
        guard let offset = logOffsets[number] else { return filePage(number) }
        return padded(PageFile.bytes(of: log, at: offset, count: pageSize))
    }

    /// The file's own version of a page that is in the log; `nil` if the log does not have it.
    func supersededPage(_ number: Int) -> [UInt8]? { logOffsets[number] == nil ? nil : filePage(number) }

    private func filePage(_ number: Int) -> [UInt8]? {
        padded(PageFile.bytes(of: file, at: Int64(number - 1) * Int64(pageSize), count: pageSize))
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8]? {
        bytes.isEmpty ? nil : bytes + [UInt8](repeating: 0, count: pageSize - bytes.count)
    }

    private static func isPageSize(_ size: Int) -> Bool {
        size == 1 || (size >= 512 && size <= 32768 && size.nonzeroBitCount == 1)
    }

    /// As many of these bytes as can be read.
    static func bytes(of descriptor: CInt, at offset: Int64, count: Int) -> [UInt8] {
        guard descriptor >= 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let read = pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset) + off_t(filled))
                if read < 0 && errno == EINTR { continue }
                if read <= 0 { return }
                filled += read
            }
        }
    }
}

extension [UInt8] {
    /// A big-endian number; the bytes must be there.
    func number(at offset: Int, bytes: Int) -> UInt64 {
        self[offset..<offset + bytes].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
