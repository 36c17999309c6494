// GPT-2's alphabet of printable characters for bytes, in which byte-level vocabularies are stored.
// - 188 printable bytes are themselves; the other 68 are U+0100, U+0101 and so on in order of the byte.
// Language Models are Unsupervised Multitask Learners (2019), encoder.py `bytes_to_unicode`.

package enum ByteAlphabet {
    /// Appends a byte's character.
    @inline(__always)
    package static func append(_ byte: UInt8, to text: inout [UInt8]) {
        let scalar = scalars[Int(byte)]
        if scalar < 0x80 {
            text.append(UInt8(scalar))
        } else {
            text.append(UInt8(0xC0 | scalar >> 6))
            text.append(UInt8(0x80 | scalar & 0x3F))
        }
    }

    /// All bytes in the order of their characters.
    package static let bytesByCharacter = (UInt8.min...UInt8.max).sorted { scalars[Int($0)] < scalars[Int($1)] }

    /// Appends the bytes of a text in the alphabet. If a character is not in it, returns false and appends nothing.
    static func decode(_ text: [UInt8], _ range: Range<Int>, into bytes: inout [UInt8]) -> Bool {
        let start = bytes.count
        var index = range.lowerBound
        while index < range.upperBound {
            let step = UTF8Step(text, at: index, end: range.upperBound)
            guard step.isValid, step.scalar < 0x144, case let byte = decoded[Int(step.scalar)], byte >= 0 else {
                bytes.removeSubrange(start...)
                return false
            }
            bytes.append(UInt8(byte))
            index += step.length
        }
        return true
    }

    private static let scalars: [UInt32] = {
        var scalars: [UInt32] = []
        var next: UInt32 = 0x100
        for byte in UInt32(0)..<256 {
            let isPrintable = 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || byte >= 0xAE
            scalars.append(isPrintable ? byte : next)
            if !isPrintable { next += 1 }
        }
        return scalars
    }()

    /// The byte of each scalar below U+0144; -1 if it has none.
    private static let decoded: [Int16] = {
        var decoded = [Int16](repeating: -1, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { decoded[Int(scalar)] = Int16(byte) }
        return decoded
    }()
}
