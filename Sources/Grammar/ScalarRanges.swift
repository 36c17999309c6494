// Sets of characters, and their byte sequences in UTF-8.
// - Ranges are sorted and disjoint, and contain no surrogates, so only valid UTF-8 matches.

/// A set of Unicode scalars.
struct ScalarRanges: Sendable, Equatable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let all = ScalarRanges([0...0x10FFFF])
    private static let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF

    init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.flatMap(Self.withoutSurrogates).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    var isEmpty: Bool { ranges.isEmpty }

    var inverted: ScalarRanges {
        var rest: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { rest.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { rest.append(next...0x10FFFF) }
        return ScalarRanges(rest)
    }

    func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

    func union(_ other: ScalarRanges) -> ScalarRanges { ScalarRanges(ranges + other.ranges) }

    func subtracting(_ other: ScalarRanges) -> ScalarRanges { inverted.union(other).inverted }

    private static func withoutSurrogates(_ range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
        let range = min(range.lowerBound, 0x10FFFF)...min(range.upperBound, 0x10FFFF)
        guard range.overlaps(surrogates) else { return [range] }
        var parts: [ClosedRange<UInt32>] = []
        if range.lowerBound < surrogates.lowerBound { parts.append(range.lowerBound...(surrogates.lowerBound - 1)) }
        if range.upperBound > surrogates.upperBound { parts.append((surrogates.upperBound + 1)...range.upperBound) }
        return parts
    }

    /// Sequences of byte ranges that together match exactly the UTF-8 of the set's characters.
    ///
    /// A range is cut if its number of bytes changes, or if the range of one byte would depend on the byte before.
    var byteSequences: [[ClosedRange<UInt8>]] {
        var sequences: [[ClosedRange<UInt8>]] = []
        var open = Array(ranges.reversed())
        while let range = open.popLast() {
            if let cut = Self.cut(range) {
                open.append((cut + 1)...range.upperBound)
                open.append(range.lowerBound...cut)
            } else {
                sequences.append(
                    zip(Self.bytes(range.lowerBound), Self.bytes(range.upperBound)).map { $0...$1 })
            }
        }
        return sequences
    }

    /// The last character before a cut; `nil` if the range needs none.
    private static func cut(_ range: ClosedRange<UInt32>) -> UInt32? {
        let (low, high) = (range.lowerBound, range.upperBound)
        for last: UInt32 in [0x7F, 0x7FF, 0xFFFF] where low <= last && last < high { return last }
        guard high > 0x7F else { return nil }
        for shift: UInt32 in [6, 12, 18] {
            let mask = (1 << shift) - 1 as UInt32
            guard low & ~mask != high & ~mask else { continue }
            if low & mask != 0 { return low | mask }
            if high & mask != mask { return (high & ~mask) - 1 }
        }
        return nil
    }

    static func bytes(_ scalar: UInt32) -> [UInt8] {
        Unicode.Scalar(scalar).map { Array(UTF8.encode($0) ?? .init()) } ?? []
    }
}
