// Finds tokens by their bytes: an open-addressed table over one byte buffer.
// - Tokens are compared byte by byte, never as Strings, which would take canonically equal texts for one.
// - Of equal tokens the first has the id.

/// Which token has these bytes.
struct TokenTable: Sendable {
    private let strings: ByteStrings
    /// Token ids, -1 where a slot is free; a power of two of them, at most half taken.
    private var slots: [TokenID]

    /// - Parameter include: which tokens may be found; the others keep their ids.
    init(_ strings: ByteStrings, where include: (Int) -> Bool = { _ in true }) {
        self.strings = strings
        var capacity = 16
        while capacity < strings.count * 2 { capacity *= 2 }
        slots = [TokenID](repeating: -1, count: capacity)
        for index in 0..<strings.count where include(index) {
            let range = strings.range(index)
            guard !range.isEmpty else { continue }
            var slot = Self.hash(strings.buffer, range) & (capacity - 1)
            while slots[slot] >= 0, !isEqual(Int(slots[slot]), strings.buffer, range) {
                slot = (slot + 1) & (capacity - 1)
            }
            if slots[slot] < 0 { slots[slot] = TokenID(index) }
        }
    }

    /// The token whose bytes are `bytes[range]`.
    func find(_ bytes: [UInt8], _ range: Range<Int>) -> TokenID? {
        let mask = slots.count - 1
        var slot = Self.hash(bytes, range) & mask
        while slots[slot] >= 0 {
            if isEqual(Int(slots[slot]), bytes, range) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    func find(_ bytes: [UInt8]) -> TokenID? { find(bytes, 0..<bytes.count) }

    private func isEqual(_ index: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let own = strings.range(index)
        guard own.count == range.count else { return false }
        let buffer = strings.buffer
        for offset in 0..<own.count where buffer[own.lowerBound + offset] != bytes[range.lowerBound + offset] {
            return false
        }
        return true
    }

    /// FNV-1a with a final mixing, for the low bits choose the slot.
    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & 0x7FFF_FFFF)
    }
}
