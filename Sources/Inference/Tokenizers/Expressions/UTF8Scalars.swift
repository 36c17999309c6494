// Reads Unicode scalars from bytes that may not be valid UTF-8.
// - Broken bytes are cut into the longest pieces that begin a character ("maximal subparts", Unicode 3.9,
//   table 3-7), and each counts as one U+FFFD, as in Python, Swift's `String(decoding:)` and browsers.

/// One step through the bytes.
struct UTF8Step {
    /// U+FFFD for a broken piece.
    var scalar: UInt32
    /// Bytes taken; at least 1.
    var length: Int
    var isValid: Bool
    /// True if the bytes end inside a character that is valid so far.
    var isUnfinished = false

    /// The scalar at `index`, which must be below `end`.
    @inline(__always)
    init(_ bytes: [UInt8], at index: Int, end: Int) {
        let first = bytes[index]
        if first < 0x80 {
            self.init(UInt32(first), length: 1)
        } else {
            self.init(multibyte: bytes, first, at: index, end: end)
        }
    }

    private init(_ scalar: UInt32, length: Int) {
        self.scalar = scalar
        self.length = length
        isValid = true
    }

    private init(broken length: Int, isUnfinished: Bool) {
        scalar = 0xFFFD
        self.length = length
        isValid = false
        self.isUnfinished = isUnfinished
    }

    private init(multibyte bytes: [UInt8], _ first: UInt8, at index: Int, end: Int) {
        let count: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: count = 2
        case 0xE0...0xEF:
            count = 3
            // No overlong forms, no surrogates.
            if first == 0xE0 { second = 0xA0...0xBF }
            if first == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            count = 4
            if first == 0xF0 { second = 0x90...0xBF }
            if first == 0xF4 { second = 0x80...0x8F }
        default:
            self.init(broken: 1, isUnfinished: false)
            return
        }
        var value = UInt32(first) & (0xFF >> UInt32(count + 1))
        for offset in 1..<count {
            guard index + offset < end else {
                self.init(broken: offset, isUnfinished: true)
                return
            }
            let byte = bytes[index + offset]
            guard offset == 1 ? second.contains(byte) : byte & 0xC0 == 0x80 else {
                self.init(broken: offset, isUnfinished: false)
                return
            }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        self.init(value, length: count)
    }
}

package enum UTF8Repair {
    /// Replaces each broken piece by U+FFFD; returns the same array if there is none.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var index = 0
        while index < bytes.count {
            let step = UTF8Step(bytes, at: index, end: bytes.count)
            guard step.isValid else { break }
            index += step.length
        }
        return index == bytes.count ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
    }

    /// Replaces each broken piece by U+FFFD.
    /// - Returns: how many pieces there were.
    package static func repair(_ bytes: inout [UInt8]) -> Int {
        if (try? UTF8Span(validating: bytes.span)) != nil { return 0 }
        var repaired: [UInt8] = []
        repaired.reserveCapacity(bytes.count)
        var brokenCount = 0
        var index = 0
        while index < bytes.count {
            let step = UTF8Step(bytes, at: index, end: bytes.count)
            if step.isValid {
                repaired += bytes[index..<index + step.length]
            } else {
                repaired += [0xEF, 0xBF, 0xBD]
                brokenCount += 1
            }
            index += step.length
        }
        bytes = repaired
        return brokenCount
    }
}
