// Archives made by hand, sound and broken ones.

import Foundation

enum Archive {
    enum Method: UInt16 {
        case stored = 0
        case deflated = 8
        case other = 99
    }

    /// - Parameters:
    ///   - saysBytes: the length that the list of files gives for each file; `nil` for the true one.
    static func zip(
        _ files: [(name: String, bytes: [UInt8])], _ method: Method, comment: String = "", flags: UInt16 = 0,
        breaksChecksum: Bool = false, saysBytes: Int? = nil
    ) -> [UInt8] {
        var (bytes, list): ([UInt8], [UInt8]) = ([], [])
        for (name, content) in files {
            let packed = method == .stored ? content : blocks(content)
            let sum = checksum(content) ^ (breaksChecksum ? 1 : 0)
            let large = (saysBytes ?? 0) > Int(UInt32.max)
            let said = large ? UInt32.max : UInt32(saysBytes ?? content.count)
            let facts =
                number(flags) + number(method.rawValue) + number(UInt32(0)) + number(sum)
                + number(UInt32(packed.count)) + number(said) + number(UInt16(name.utf8.count))
            let extra: [UInt8] = large ? number(UInt16(1)) + number(UInt16(8)) + number(UInt64(saysBytes ?? 0)) : []
            list += number(UInt32(0x0201_4B50)) + number(UInt16(20)) + number(UInt16(20)) + facts
            list += number(UInt16(extra.count)) + number(UInt16(0)) + number(UInt16(0)) + number(UInt16(0))
            list += number(UInt32(0)) + number(UInt32(bytes.count)) + Array(name.utf8) + extra
            bytes += number(UInt32(0x0403_4B50)) + number(UInt16(20)) + facts + number(UInt16(0)) + Array(name.utf8)
            bytes += packed
        }
        let end =
            number(UInt32(0x0605_4B50)) + number(UInt32(0)) + number(UInt16(files.count)) + number(UInt16(files.count))
            + number(UInt32(list.count)) + number(UInt32(bytes.count)) + number(UInt16(comment.utf8.count))
        return bytes + list + end + Array(comment.utf8)
    }

    static func gzip(_ content: [UInt8]) -> [UInt8] {
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + blocks(content) + number(checksum(content))
            + number(UInt32(content.count))
    }

    /// zlib data of one byte again and again: a literal, then copies of 258 bytes at distance 1 with the fixed codes.
    static func zlibRun(of byte: UInt8, count: Int) -> [UInt8] {
        var (bytes, bits, bitCount): ([UInt8], UInt32, Int) = ([0x78, 0x9C], 0, 0)
        func put(_ value: UInt32, _ width: Int) {
            bits |= value << UInt32(bitCount)
            bitCount += width
            while bitCount >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                bitCount -= 8
            }
        }
        put(0b011, 3)  // the last block, fixed codes
        put(reversed(0x30 + UInt32(byte), 8), 8)
        for _ in 0..<count / 258 { put(reversed(0b1100_0101, 8), 13) }
        put(0, 7)
        put(0, 7)
        return bytes
    }

    private static func reversed(_ value: UInt32, _ width: Int) -> UInt32 {
        (0..<width).reduce(0) { $0 << 1 | (value >> UInt32($1) & 1) }
    }

    /// Deflate data that is stored as it is, in blocks.
    private static func blocks(_ content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = content[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            bytes += [rest.isEmpty ? 1 : 0] + number(UInt16(block.count)) + number(~UInt16(block.count)) + block
        } while !rest.isEmpty
        return bytes
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1 }
        }
        return ~sum
    }

    private static func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
