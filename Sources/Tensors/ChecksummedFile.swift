// Files that Copydesk writes for itself: parts of bytes after a mark and a checksum.
// - Layout: 8 bytes of mark, 8 of checksum, then the parts without gaps; the reader knows their sizes.
// - A file appears under its name when it is complete; only its owner may read it.
// - The checksum finds damage (a torn write, a bad disk); it does not protect against forgery.

import Files

/// A checksum that grows part by part.
struct Checksum {
    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func add(_ part: UnsafeRawBufferPointer) {
        // Four lanes, because a multiplication need not wait for one in another lane.
        var lanes: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
        let words = part.count / 32 * 4
        for word in stride(from: 0, to: words, by: 4) {
            lanes.0 = Self.mix(lanes.0, part.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
            lanes.1 = Self.mix(lanes.1, part.loadUnaligned(fromByteOffset: word * 8 + 8, as: UInt64.self))
            lanes.2 = Self.mix(lanes.2, part.loadUnaligned(fromByteOffset: word * 8 + 16, as: UInt64.self))
            lanes.3 = Self.mix(lanes.3, part.loadUnaligned(fromByteOffset: word * 8 + 24, as: UInt64.self))
        }
        for byte in part[(words * 8)...] { lanes.0 = Self.mix(lanes.0, UInt64(byte)) }
        for lane in [UInt64(part.count), lanes.0, lanes.1, lanes.2, lanes.3] { value = Self.mix(value, lane) }
    }

    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = (a ^ b) &* 0x9FB2_1C65_1E98_DF25
        return product ^ product >> 32
    }
}

/// Writes a file that appears when `finish` is called. If it is never called, nothing remains.
public final class ChecksummedFileWriter {
    private let file: ReplacementFile
    private var checksum = Checksum()
    /// How many bytes the file has so far.
    private(set) var byteCount = 0
    private var hasFailed = false

    /// - Parameter mark: 8 bytes that tell what the file is.
    /// - Returns: nil if the file cannot be created.
    public init?(path: String, mark: [UInt8]) {
        precondition(mark.count == 8, "a mark of 8 bytes")
        guard let file = try? ReplacementFile(path: path, mode: .ownerOnly) else { return nil }
        self.file = file
        (mark + [UInt8](repeating: 0, count: 8)).withUnsafeBytes(write)
    }

    public func append(_ part: [UInt8]) { part.withUnsafeBytes(append) }

    func append(_ part: UnsafeRawBufferPointer) {
        checksum.add(part)
        write(part)
    }

    /// Gives the file its name.
    /// - Returns: false if the disk is full or a write failed; the file does not exist then.
    public func finish() -> Bool {
        guard !hasFailed else { return false }
        do {
            try withUnsafeBytes(of: checksum.value.littleEndian) { try file.overwrite($0, at: 8) }
            // The checksum finds a file that a power cut left torn, so nobody waits for the disk.
            try file.commit(synchronizes: false)
            return true
        } catch {
            return false
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        byteCount += bytes.count
        guard !hasFailed else { return }
        do { try file.write(bytes) } catch { hasFailed = true }
    }
}

/// Reads a file of `ChecksummedFileWriter`, part by part.
public struct ChecksummedFileReader {
    let file: MappedFile
    private var checksum = Checksum()
    private(set) var offset = 16

    /// - Returns: nil if there is no such file, or it does not begin with `mark`.
    public init?(path: String, mark: [UInt8]) {
        guard let file = try? MappedFile(path: path), file.byteCount >= 16, file.read(offset: 0, count: 8) == mark
        else { return nil }
        self.file = file
    }

    /// The number of bytes that are not read yet.
    public var remainingByteCount: Int { file.byteCount - offset }

    /// True if everything was read and the checksum matches.
    public var isIntact: Bool {
        guard remainingByteCount == 0, let bytes = file.read(offset: 8, count: 8) else { return false }
        return bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } == checksum.value
    }

    /// The next `count` bytes, as one part; nil if fewer are left.
    public mutating func part(count: Int) -> [UInt8]? {
        guard count >= 0, count <= remainingByteCount, let bytes = file.read(offset: offset, count: count) else {
            return nil
        }
        bytes.withUnsafeBytes { checksum.add($0) }
        offset += count
        return bytes
    }

    /// Leaves the next part in the file.
    /// - Returns: false if too few bytes are left.
    mutating func pass(count: Int) -> Bool {
        guard count >= 0, count <= remainingByteCount else { return false }
        checksum.add(UnsafeRawBufferPointer(start: file.base + offset, count: count))
        offset += count
        return true
    }

    /// Passes what `ChecksummedFileWriter.align` wrote.
    public mutating func align() -> Bool { pass(count: Alignment.gap(after: offset)) }
}

/// Keys and values begin at multiples of 64 bytes, as in memory.
private enum Alignment {
    static func gap(after offset: Int) -> Int { (64 - offset % 64) % 64 }
}

extension ChecksummedFileWriter {
    /// Writes zeros up to the next place at which keys and values may begin.
    public func align() { append([UInt8](repeating: 0, count: Alignment.gap(after: byteCount))) }
}

extension KeyValueBuffer {
    /// Writes positions 0..<count as a buffer of that capacity: the keys of all layers and heads in their blocks, then
    /// the values, then the inputs of each convolution. The writer is aligned.
    public func write(positions count: Int, to writer: ChecksummedFileWriter) {
        precondition(count >= 0 && count <= capacity, "positions of the buffer")
        let whole = count / 16 * 16, rest = count % 16
        var block = [Float](repeating: 0, count: rest == 0 ? 0 : 16 * keyWidth)
        let unused = [UInt8](repeating: 0, count: rest == 0 ? 0 : (16 - rest) * valueWidth * 4)
        forEachHead { layer, head in
            let keys = keys(layer: layer, head: head)
            writer.append(UnsafeRawBufferPointer(start: keys, count: whole * keyWidth * 4))
            guard rest > 0 else { return }
            // Memory after the last position may hold anything, so it is not written to the disk.
            for column in 0..<keyWidth {
                for lane in 0..<rest { block[column * 16 + lane] = keys[whole * keyWidth + column * 16 + lane] }
            }
            block.withUnsafeBytes { writer.append($0) }
        }
        forEachHead { layer, head in
            let values = values(layer: layer, head: head)
            writer.append(UnsafeRawBufferPointer(start: values, count: count * valueWidth * 4))
            if rest > 0 { writer.append(unused) }
        }
        for index in 0..<convolutionCount {
            let inputs = inputs(convolution: index)
            writer.append(UnsafeRawBufferPointer(start: inputs, count: count * convolutionWidth * 4))
            if rest > 0 { writer.append([UInt8](repeating: 0, count: (16 - rest) * convolutionWidth * 4)) }
        }
    }

    private func forEachHead(_ body: (_ layer: Int, _ head: Int) -> Void) {
        for layer in 0..<layerCount { for head in 0..<headCount { body(layer, head) } }
    }

    /// The buffer of `count` positions that `write` wrote, in the file itself: nothing is copied. The reader is aligned.
    /// - Returns: nil if the file ends too early. Whether it is damaged is known when all of it was read.
    public convenience init?(
        positions count: Int, of reader: inout ChecksummedFileReader, layerCount: Int, headCount: Int, keyWidth: Int,
        valueWidth: Int, convolutionCount: Int = 0, convolutionWidth: Int = 0
    ) {
        let whole = count / 16 * 16, rest = count % 16
        let start = reader.offset
        // The same parts as `write` has, because the checksum depends on them.
        let keyParts = [whole * keyWidth * 4] + (rest > 0 ? [16 * keyWidth * 4] : [])
        let valueParts = [count * valueWidth * 4] + (rest > 0 ? [(16 - rest) * valueWidth * 4] : [])
        for parts in [keyParts, valueParts] {
            for _ in 0..<layerCount * headCount {
                for byteCount in parts { guard reader.pass(count: byteCount) else { return nil } }
            }
        }
        let inputParts =
            [count * convolutionWidth * 4] + (rest > 0 ? [(16 - rest) * convolutionWidth * 4] : [])
        for _ in 0..<convolutionCount {
            for byteCount in inputParts { guard reader.pass(count: byteCount) else { return nil } }
        }
        self.init(
            file: reader.file, offset: start, layerCount: layerCount, headCount: headCount, keyWidth: keyWidth,
            valueWidth: valueWidth, convolutionCount: convolutionCount, convolutionWidth: convolutionWidth,
            positions: count)
    }

    /// The bytes that `write` writes for `count` positions; nil if the numbers are negative, huge or overflow.
    public static func writtenByteCount(
        layerCount: Int, headCount: Int, keyWidth: Int, valueWidth: Int, convolutionCount: Int = 0,
        convolutionWidth: Int = 0, positions count: Int
    ) -> Int? {
        guard count >= 0, count <= 1 << 24 else { return nil }
        func product(_ factors: Int...) -> Int? {
            factors.reduce(1) { value, factor in
                guard let value else { return nil }
                let (product, overflow) = value.multipliedReportingOverflow(by: factor)
                return overflow ? nil : product
            }
        }
        let capacity = (count + 15) / 16 * 16
        let (width, tooWide) = keyWidth.addingReportingOverflow(valueWidth)
        guard !tooWide, let attention = product(capacity, width, layerCount, headCount, 4),
            let convolutions = product(capacity, convolutionCount, convolutionWidth, 4)
        else { return nil }
        let (sum, overflow) = attention.addingReportingOverflow(convolutions)
        return overflow ? nil : sum
    }
}
