// Reads little-endian numbers and byte strings from a file's bytes and checks every step.
// - `offset` never passes the end of the bytes. A read that would pass it throws before it touches anything.

import Tensors

extension RawSpan {
    /// The little-endian integer at `offset`; nil if the bytes end before it does.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Value? {
        guard offset >= 0, offset <= byteCount, MemoryLayout<Value>.size <= byteCount - offset else { return nil }
        // Every bit pattern is a valid integer, and the bounds were checked.
        return Value(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// A copy of `count` bytes; nil if there are fewer.
    func copy(offset: Int, count: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else { return nil }
        return extracting(offset..<offset + count).withUnsafeBytes { [UInt8]($0) }
    }
}

extension ByteStrings {
    /// Appends `count` bytes of `bytes`. The caller has checked that they are there.
    mutating func append(_ bytes: RawSpan, offset: Int, count: Int) {
        bytes.extracting(offset..<offset + count).withUnsafeBytes { append($0) }
    }
}

/// A position in a file's bytes that moves forward by checked reads.
struct ByteReader {
    let path: String
    private(set) var offset = 0

    init(path: String, offset: Int = 0) {
        self.path = path
        self.offset = offset
    }

    /// Reads one number; `field` names it in the error.
    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: RawSpan, _ field: @autoclosure () -> String
    ) throws -> Value {
        guard let value: Value = bytes.integer(at: offset) else {
            throw truncated(bytes, field(), UInt64(MemoryLayout<Value>.size))
        }
        offset += MemoryLayout<Value>.size
        return value
    }

    /// Reads a length and skips that many bytes.
    /// - Returns: the range of the skipped bytes.
    mutating func stringRange(_ bytes: RawSpan, _ field: @autoclosure () -> String) throws -> Range<Int> {
        let length: UInt64 = try integer(bytes, "the length of " + field())
        guard let length = Int(exactly: length), length <= bytes.byteCount - offset else {
            throw truncated(bytes, field(), length)
        }
        defer { offset += length }
        return offset..<offset + length
    }

    /// Skips `count` strings. Vocabularies hold hundreds of thousands, so nothing is made for each of them.
    mutating func skipStrings(_ bytes: RawSpan, count: Int, _ field: @autoclosure () -> String) throws {
        for index in 0..<count {
            guard let length: UInt64 = bytes.integer(at: offset), length <= UInt64(bytes.byteCount - offset - 8) else {
                _ = try stringRange(bytes, "item \(index) of \(field())")
                return
            }
            // The length was found in the file, so the sum does not overflow.
            offset += 8 + Int(length)
        }
    }

    /// Skips `count` items of `itemBytes` bytes each.
    mutating func skip(
        _ bytes: RawSpan, count: UInt64, itemBytes: Int, _ field: @autoclosure () -> String
    ) throws {
        let (needed, overflow) = count.multipliedReportingOverflow(by: UInt64(itemBytes))
        guard !overflow, needed <= UInt64(bytes.byteCount - offset) else {
            throw truncated(bytes, field(), overflow ? .max : needed)
        }
        offset += Int(needed)
    }

    func truncated(_ bytes: RawSpan, _ field: String, _ needed: UInt64) -> ModelFileError {
        .truncated(path: path, field: field, neededBytes: needed, leftBytes: bytes.byteCount - offset)
    }
}
