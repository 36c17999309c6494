// Makes text of bytes from outside, and tells what had to be repaired.

enum TextCleaning {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The bytes without a byte order mark at the beginning, without zeros, with line feeds as the only line ends.
    static func cleaned(_ bytes: [UInt8], _ repairs: inout TextRepairs) -> [UInt8] {
        var bytes = bytes
        if bytes.starts(with: byteOrderMark) {
            repairs.insert(.byteOrderMark)
            bytes.removeFirst(byteOrderMark.count)
        }
        if bytes.contains(0) {
            repairs.insert(.nul)
            bytes.removeAll { $0 == 0 }
        }
        if bytes.contains(0x0D) {
            repairs.insert(.carriageReturn)
            bytes = lineFeedsOnly(bytes)
        }
        return bytes
    }

    private static func lineFeedsOnly(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            if byte != 0x0D {
                result.append(byte)
            } else if index + 1 == bytes.count || bytes[index + 1] != 0x0A {
                result.append(0x0A)
            }
        }
        return result
    }

    /// The text of bytes; what is no UTF-8 becomes U+FFFD.
    static func text(_ bytes: [UInt8], _ repairs: inout TextRepairs) -> String {
        let bytes = cleaned(bytes, &repairs)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        repairs.insert(.invalidUTF8)
        return String(decoding: bytes, as: UTF8.self)
    }
}
