// Facts about UTF-8 bytes that may end inside a character.

/// Answers about UTF-8 without decoding all of it.
public enum UTF8Text {
    /// How many bytes at the end begin an incomplete character; 0 to 3.
    public static func incompleteTailCount(_ bytes: ArraySlice<UInt8>) -> Int {
        for (behind, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
            let needed = expectedCount(lead: byte)
            return needed > behind + 1 ? behind + 1 : 0
        }
        return 0
    }

    /// The length in bytes of the character that begins with a byte; 1 if none does.
    public static func expectedCount(lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// The last scalar and its length in bytes; an incomplete one at the end is left out.
    public static func lastScalar(_ bytes: ArraySlice<UInt8>) -> (scalar: Unicode.Scalar, byteCount: Int)? {
        guard let last = bytes.last else { return nil }
        if last < 0x80 { return (Unicode.Scalar(last), 1) }
        let tail = bytes.suffix(4)
        guard let lead = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }),
            let scalar = String(decoding: tail[lead...], as: UTF8.self).unicodeScalars.first,
            expectedCount(lead: tail[lead]) == tail.endIndex - lead
        else { return ("\u{FFFD}", 1) }
        return (scalar, tail.endIndex - lead)
    }

    /// The first scalar; `nil` if the bytes begin inside a character or with an incomplete one.
    public static func firstScalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let lead = bytes.first, lead & 0xC0 != 0x80 else { return nil }
        if lead < 0x80 { return Unicode.Scalar(lead) }
        let count = expectedCount(lead: lead)
        guard bytes.count >= count, count > 1 else { return nil }
        return String(decoding: bytes.prefix(count), as: UTF8.self).unicodeScalars.first
    }

    public static func isASCIIWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

    /// The bytes at the end that the next characters are likely to change: emoji that may be joined, flags.
    public static func openClusterCount(_ bytes: ArraySlice<UInt8>) -> Int {
        guard let last = bytes.last, last >= 0x80, let (scalar, _) = lastScalar(bytes) else { return 0 }
        let isEmoji = scalar.properties.isEmoji || ScalarClass(scalar) == .extender && scalar.value > 0x1000
        guard Columns.isRegionalIndicator(scalar) || isEmoji else { return 0 }
        return String(decoding: bytes.suffix(64), as: UTF8.self).last.map { $0.utf8.count } ?? 0
    }
}
