// The pages of committed transactions in a write-ahead log, as SQLite's own recovery finds them.
// - A frame counts if its salts are the log's and the checksum over all frames up to it is correct.
// - Frames after the last commit belong to a transaction that never ended.
// https://www.sqlite.org/fileformat2.html#the_write_ahead_log

enum WriteAheadLog {
    private static let headerBytes = 32
    private static let frameHeaderBytes = 24

    /// The page size in the log's header; `nil` if there is no log.
    static func pageSize(_ descriptor: CInt) -> Int? {
        let header = PageFile.bytes(of: descriptor, at: 0, count: headerBytes)
        guard header.count == headerBytes, header.number(at: 0, bytes: 4) & ~1 == 0x377F_0682 else { return nil }
        let size = Int(header.number(at: 8, bytes: 4))
        return size >= 512 && size <= 65536 && size.nonzeroBitCount == 1 ? size : nil
    }

    /// The place of the newest committed version of each page in the log, by page number.
    static func committedPages(_ descriptor: CInt, pageSize: Int) -> [Int: Int64] {
        guard self.pageSize(descriptor) == pageSize else { return [:] }
        let header = PageFile.bytes(of: descriptor, at: 0, count: headerBytes)
        var checksum = Checksum(isBigEndian: header[3] & 1 == 1)
        checksum.add(header[0..<24])
        guard checksum.matches(header[24..<32]) else { return [:] }
        var committed: [Int: Int64] = [:]
        var open: [Int: Int64] = [:]
        var offset = Int64(headerBytes)
        while true {
            let frame = PageFile.bytes(of: descriptor, at: offset, count: frameHeaderBytes + pageSize)
            guard frame.count == frameHeaderBytes + pageSize, frame[8..<16] == header[16..<24] else { break }
            checksum.add(frame[0..<8])
            checksum.add(frame[frameHeaderBytes...])
            guard checksum.matches(frame[16..<24]) else { break }
            let number = Int(frame.number(at: 0, bytes: 4))
            // Skips page numbers that no file can have.
            guard number >= 1, number < 1 << 31 else { break }
            open[number] = offset + Int64(frameHeaderBytes)
            if frame.number(at: 4, bytes: 4) != 0 {
                committed.merge(open) { $1 }
                open = [:]
            }
            offset += Int64(frameHeaderBytes + pageSize)
        }
        return committed
    }

    private struct Checksum {
        let isBigEndian: Bool
        private var first: UInt32 = 0
        private var second: UInt32 = 0

        init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

        /// - Parameter bytes: a multiple of 8.
        mutating func add(_ bytes: ArraySlice<UInt8>) {
            bytes.withUnsafeBytes { bytes in
                for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
                    first = first &+ word(bytes, offset) &+ second
                    second = second &+ word(bytes, offset + 4) &+ first
                }
            }
        }

        func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
            let stated = [UInt8](bytes)
            return stated.number(at: 0, bytes: 4) == first && stated.number(at: 4, bytes: 4) == second
        }

        private func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
        }
    }
}
