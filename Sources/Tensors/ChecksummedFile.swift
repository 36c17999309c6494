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
        guard !hasFailed else { return }
        do { try file.write(bytes) } catch { hasFailed = true }
    }
}

/// Reads a file of `ChecksummedFileWriter`, part by part.
public struct ChecksummedFileReader {
    private let file: MappedFile
    private var checksum = Checksum()
    private var offset = 16

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

    /// Reads the next part into `target`.
    /// - Returns: false if too few bytes are left.
    mutating func part(into target: UnsafeMutableRawBufferPointer) -> Bool {
        guard target.count <= remainingByteCount else { return false }
        let source = UnsafeRawBufferPointer(start: file.base + offset, count: target.count)
        target.copyMemory(from: source)
        checksum.add(UnsafeRawBufferPointer(target))
        offset += target.count
        return true
    }
}

extension KeyValueBuffer {
    /// Writes positions 0..<count: for each layer and head the keys in their blocks, then the values; after them the
    /// inputs of each convolution.
    public func write(positions count: Int, to writer: ChecksummedFileWriter) {
        precondition(count >= 0 && count <= capacity, "positions of the buffer")
        let whole = count / 16 * 16, rest = count % 16
        var block = [Float](repeating: 0, count: rest == 0 ? 0 : 16 * keyWidth)
        for layer in 0..<layerCount {
            for head in 0..<headCount {
                let keys = keys(layer: layer, head: head)
                writer.append(UnsafeRawBufferPointer(start: keys, count: whole * keyWidth * 4))
                if rest > 0 {
                    // Memory after the last position may hold anything, so it is not written to the disk.
                    for column in 0..<keyWidth {
                        for lane in 0..<rest { block[column * 16 + lane] = keys[whole * keyWidth + column * 16 + lane] }
                    }
                    block.withUnsafeBytes { writer.append($0) }
                }
                let values = values(layer: layer, head: head)
                writer.append(UnsafeRawBufferPointer(start: values, count: count * valueWidth * 4))
            }
        }
        for index in 0..<convolutionCount {
            let inputs = inputs(convolution: index)
            writer.append(UnsafeRawBufferPointer(start: inputs, count: count * convolutionWidth * 4))
        }
    }

    /// Fills positions 0..<count from the bytes that `write` wrote.
    /// - Returns: false if the file ends too early.
    public func read(positions count: Int, from reader: inout ChecksummedFileReader) -> Bool {
        precondition(count >= 0 && count <= capacity, "positions of the buffer")
        let whole = count / 16 * 16
        for layer in 0..<layerCount {
            for head in 0..<headCount {
                let keys = UnsafeMutableRawPointer(keys(layer: layer, head: head))
                let values = UnsafeMutableRawPointer(values(layer: layer, head: head))
                let wholeBytes = whole * keyWidth * 4
                guard reader.part(into: UnsafeMutableRawBufferPointer(start: keys, count: wholeBytes)) else {
                    return false
                }
                if count % 16 > 0 {
                    let last = UnsafeMutableRawBufferPointer(start: keys + wholeBytes, count: 16 * keyWidth * 4)
                    guard reader.part(into: last) else { return false }
                }
                let valueBytes = UnsafeMutableRawBufferPointer(start: values, count: count * valueWidth * 4)
                guard reader.part(into: valueBytes) else { return false }
            }
        }
        for index in 0..<convolutionCount {
            let inputs = UnsafeMutableRawPointer(inputs(convolution: index))
            let bytes = UnsafeMutableRawBufferPointer(start: inputs, count: count * convolutionWidth * 4)
            guard reader.part(into: bytes) else { return false }
        }
        return true
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
        let positionBytes = (count + 15) / 16 * 16 * keyWidth + count * valueWidth
        guard let attention = product(positionBytes, layerCount, headCount, 4),
            let convolutions = product(count, convolutionCount, convolutionWidth, 4)
        else { return nil }
        let (sum, overflow) = attention.addingReportingOverflow(convolutions)
        return overflow ? nil : sum
    }
}
