// Finds tokens by their bytes: an open-addressed table over one byte buffer.
// - Tokens are compared as bytes, never as Strings, because Strings that are canonically equal compare as equal.
// - If two tokens have equal bytes, the first is found.

import Generation

/// A table from bytes to the token with these bytes.
struct TokenTable: Sendable {
    private let strings: ByteStrings
    /// Length in bytes of the longest token in the table.
    let longest: Int
    /// Token ids, -1 for a free slot. Their number is a power of two, and at most half are taken.
    private let slots: [TokenID]

    /// Holds all tokens, or those for which `include` is true; ids do not change.
    init(_ strings: ByteStrings, where include: ((Int) -> Bool)? = nil) {
        guard let include else {
            self.init(strings, at: 0..<strings.count)
            return
        }
        self.init(strings, at: (0..<strings.count).filter(include))
    }

    /// - Parameter places: the tokens to hold, in ascending order.
    init(_ strings: ByteStrings, at places: some Collection<Int>) {
        self.strings = strings
        var capacity = 16
        while capacity < places.count * 2 { capacity *= 2 }
        var slots = [TokenID](repeating: -1, count: capacity)
        // The hashes of the tokens in the slots: a look at them saves most looks at tokens, which lie far apart.
        var hashes = [UInt32](repeating: 0, count: capacity)
        var longest = 0
        for index in places {
            let range = strings.range(index)
            guard !range.isEmpty else { continue }
            let hash = Self.hash(strings.buffer, range)
            let known = UInt32(truncatingIfNeeded: hash)
            var slot = hash & (capacity - 1)
            while slots[slot] >= 0,
                hashes[slot] != known || !Self.isEqual(strings, Int(slots[slot]), strings.buffer, range)
            {
                slot = (slot + 1) & (capacity - 1)
            }
            if slots[slot] < 0 {
                slots[slot] = TokenID(index)
                hashes[slot] = known
            }
            longest = max(longest, range.count)
        }
        self.slots = slots
        self.longest = longest
    }

    /// The token whose bytes are `bytes[range]`.
    func find(_ bytes: [UInt8], _ range: Range<Int>) -> TokenID? {
        guard range.count <= longest else { return nil }
        return find(bytes, range, Self.hash(bytes, range))
    }

    /// Calls `body` with each token of one of these `lengths` that the bytes at `index` begin with.
    /// - Parameter lengths: in bytes, ascending.
    func forEachPrefix(_ bytes: [UInt8], at index: Int, lengths: [Int], _ body: (TokenID, Int) -> Void) {
        var hash = FNV1a()
        var hashed = 0
        for length in lengths {
            guard length <= bytes.count - index else { return }
            // The hash of a longer token continues that of a shorter one.
            while hashed < length {
                hash.mix(UInt64(bytes[index + hashed]))
                hashed += 1
            }
            if let id = find(bytes, index..<index + length, Self.finish(hash)) { body(id, length) }
        }
    }

    private func find(_ bytes: [UInt8], _ range: Range<Int>, _ hash: Int) -> TokenID? {
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] >= 0 {
            if Self.isEqual(strings, Int(slots[slot]), bytes, range) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    func find(_ bytes: [UInt8]) -> TokenID? { find(bytes, 0..<bytes.count) }

    /// A token that begins `bytes`, the token of the rest, and the token of both together; nil if one is missing.
    func findPair(
        _ bytes: [UInt8], _ left: Range<Int>, _ right: Range<Int>
    ) -> (left: TokenID, right: TokenID, joined: TokenID)? {
        guard left.count + right.count <= longest else { return nil }
        var hash = FNV1a()
        for index in left { hash.mix(UInt64(bytes[index])) }
        guard let first = find(bytes, left, Self.finish(hash)), let second = find(bytes, right) else { return nil }
        // The hash of both continues that of the left.
        for index in right { hash.mix(UInt64(bytes[index])) }
        let mask = slots.count - 1
        var slot = Self.finish(hash) & mask
        while slots[slot] >= 0 {
            let own = strings.range(Int(slots[slot]))
            if own.count == left.count + right.count {
                let middle = own.lowerBound + left.count
                if Self.isEqual(strings.buffer, own.lowerBound, bytes, left),
                    Self.isEqual(strings.buffer, middle, bytes, right)
                {
                    return (first, second, slots[slot])
                }
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    @inline(__always)
    private static func isEqual(_ own: [UInt8], _ start: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        for offset in 0..<range.count where own[start + offset] != bytes[range.lowerBound + offset] { return false }
        return true
    }

    private static func isEqual(
        _ strings: ByteStrings, _ index: Int, _ bytes: [UInt8], _ range: Range<Int>
    ) -> Bool {
        let own = strings.range(index)
        guard own.count == range.count else { return false }
        return isEqual(strings.buffer, own.lowerBound, bytes, range)
    }

    // FNV-1a with a final mix, because the low bits select the slot.

    @inline(__always)
    private static func finish(_ hash: FNV1a) -> Int {
        Int(truncatingIfNeeded: (hash.value ^ hash.value >> 32) & 0x7FFF_FFFF)
    }

    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var hash = FNV1a()
        for index in range { hash.mix(UInt64(bytes[index])) }
        return finish(hash)
    }
}
