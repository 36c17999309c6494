// The files in a ZIP archive, which exports come in.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 to 4.3.16, 4.5.3.
// - The list at the end of the archive counts, not what stands before each file.
// - Every number of the archive is checked against the archive's own length.

struct ZIPArchive {
    /// A file of the archive.
    struct Entry {
        var name: String
        /// Without folders.
        var lastName: Substring { name.split(separator: "/", omittingEmptySubsequences: true).last ?? "" }
        fileprivate var method: Int
        fileprivate var isEncrypted: Bool
        fileprivate var checksum: UInt32
        fileprivate var packedBytes: Int
        fileprivate(set) var byteCount: Int
        fileprivate var headerOffset: Int
    }

    let source: any ImportSource
    let file: String
    /// In the order of the archive, without folders.
    private(set) var entries: [Entry] = []

    /// - Throws: `ImportError` if the list of files is damaged.
    init(_ source: any ImportSource, file: String) throws(ImportError) {
        self.source = source
        self.file = file
        let directory = try directory()
        var index = 0
        while index < directory.count {
            let record = Record(bytes: directory[index...])
            guard record.number(0, 4) == 0x0201_4B50, let lengths = record.lengths(at: [28, 30, 32]),
                let name = record.slice(46, lengths[0]), let extra = record.slice(46 + lengths[0], lengths[1])
            else { throw damaged("its list of files is broken") }
            index += 46 + lengths.reduce(0, +)
            let text = String(decoding: name, as: UTF8.self)
            guard !text.hasSuffix("/") else { continue }
            entries.append(try entry(text, record, extra))
        }
    }

    /// The bytes of a file.
    /// - Throws: `ImportError` if it is encrypted, packed in a way that is not known, or lies outside the archive.
    func origin(of entry: Entry) throws(ImportError) -> ByteOrigin {
        let name = "\(file): \(entry.name)"
        guard !entry.isEncrypted else { throw .encrypted(file: name) }
        guard entry.method == 0 || entry.method == 8 else { throw .unknownPacking(file: name) }
        guard entry.byteCount <= ByteLimits.unpacked else { throw .tooMuch(file: name) }
        let header = Record(bytes: try source.read(at: entry.headerOffset, count: 30)[...])
        guard header.number(0, 4) == 0x0403_4B50, let lengths = header.lengths(at: [26, 28]) else {
            throw .damagedArchive(file: name, problem: "it is not where the list of files says")
        }
        let start = entry.headerOffset + 30 + lengths.reduce(0, +)
        guard start <= source.byteCount, entry.packedBytes <= source.byteCount - start else {
            throw .damagedArchive(file: name, problem: "it ends too early")
        }
        let packing =
            entry.method == 0
            ? ByteOrigin.Packing.stored(checksum: entry.checksum)
            : .deflate(byteCount: entry.byteCount, checksum: entry.checksum)
        return ByteOrigin(source: source, range: start..<start + entry.packedBytes, packing: packing, file: name)
    }

    private func damaged(_ problem: String) -> ImportError { .damagedArchive(file: file, problem: problem) }

    /// The list of files.
    private func directory() throws(ImportError) -> ArraySlice<UInt8> {
        // The end of the archive has 22 bytes and a comment of up to 65,535.
        let tailBytes = min(source.byteCount, 22 + 65_535)
        let tailOffset = source.byteCount - tailBytes
        let tail = try source.read(at: tailOffset, count: tailBytes)
        let signature: [UInt8] = [0x50, 0x4B, 5, 6]
        guard tail.count >= 22,
            let end = (0...tail.count - 22).last(where: { tail[$0...].starts(with: signature) })
        else { throw damaged("its list of files is missing, which stands at its end") }
        let record = Record(bytes: tail[end...])
        var (size, offset) = (record.number(12, 4), record.number(16, 4))
        if size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF || record.number(10, 2) == 0xFFFF {
            let locator = Record(bytes: try source.read(at: tailOffset + end - 20, count: 20)[...])
            if locator.number(0, 4) == 0x0706_4B50, let place = locator.number(8, 8) {
                let large = Record(bytes: try source.read(at: place, count: 56)[...])
                guard large.number(0, 4) == 0x0606_4B50 else { throw damaged("its list of files is broken") }
                (size, offset) = (large.number(40, 8), large.number(48, 8))
            }
        }
        guard let size, let offset, offset <= source.byteCount, size <= source.byteCount - offset else {
            throw damaged("its list of files is broken")
        }
        guard size <= ByteLimits.directory else { throw .tooMuch(file: file) }
        let directory = try source.read(at: offset, count: size)
        guard directory.count == size else { throw damaged("its list of files is broken") }
        return directory[...]
    }

    private func entry(_ name: String, _ record: Record, _ extra: ArraySlice<UInt8>) throws(ImportError) -> Entry {
        guard let flags = record.number(8, 2), let method = record.number(10, 2), let checksum = record.number(16, 4)
        else { throw damaged("its list of files is broken") }
        // Byte count, packed bytes, place: what does not fit into 32 bits stands in the extra field 1, in this order.
        var numbers = [record.number(24, 4), record.number(20, 4), record.number(42, 4)]
        if numbers.contains(0xFFFF_FFFF), var large = Self.field(1, of: extra) {
            for index in numbers.indices where numbers[index] == 0xFFFF_FFFF {
                numbers[index] = Record(bytes: large).number(0, 8)
                large = large.dropFirst(8)
            }
        }
        guard let byteCount = numbers[0], let packedBytes = numbers[1], let offset = numbers[2],
            offset <= source.byteCount, packedBytes <= source.byteCount
        else { throw damaged("its list of files is broken") }
        return Entry(
            name: name, method: method, isEncrypted: flags & 1 != 0, checksum: UInt32(truncatingIfNeeded: checksum),
            packedBytes: packedBytes, byteCount: byteCount, headerOffset: offset)
    }

    private static func field(_ id: Int, of extra: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var rest = extra
        while rest.count >= 4 {
            let record = Record(bytes: rest)
            guard let length = record.number(2, 2), let data = record.slice(4, length) else { return nil }
            if record.number(0, 2) == id { return data }
            rest = rest.dropFirst(4 + length)
        }
        return nil
    }
}

/// Bytes with numbers in them, the lowest byte first.
private struct Record {
    let bytes: ArraySlice<UInt8>

    /// `nil` outside the bytes, and for a number that is too large for any length.
    func number(_ offset: Int, _ count: Int) -> Int? {
        guard let slice = slice(offset, count) else { return nil }
        let number = slice.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: number)
    }

    func slice(_ offset: Int, _ count: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        return bytes[bytes.startIndex + offset..<bytes.startIndex + offset + count]
    }

    /// Numbers of two bytes; `nil` if one is outside.
    func lengths(at offsets: [Int]) -> [Int]? {
        let lengths = offsets.compactMap { number($0, 2) }
        return lengths.count == offsets.count ? lengths : nil
    }
}
