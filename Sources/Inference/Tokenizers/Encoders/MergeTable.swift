// The merges of a vocabulary: two tokens, the token that they make, and the rank.
// - Ranks are positions in the file's list of merges; if a pair is listed twice, the first counts.

import Generation

/// An open-addressed table of merges by their two tokens.
struct MergeTable: Sendable {
    struct Merge: Sendable {
        var rank: Int32
        var result: TokenID
    }

    private struct Slot {
        var key: UInt64
        var merge: Merge
    }

    private var slots: [Slot]

    private static let free = UInt64.max

    /// Has room for exactly `capacity` merges and does not grow.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [Slot](
            repeating: Slot(key: Self.free, merge: Merge(rank: .max, result: -1)), count: size)
    }

    /// Reads "left right" lines. Merges of tokens that are not in the vocabulary can never happen and are skipped.
    init(_ lines: ByteStrings, tokens: TokenTable) {
        self.init(capacity: lines.count)
        let buffer = lines.buffer
        for rank in 0..<lines.count {
            let line = lines.range(rank)
            guard line.count >= 3 else { continue }
            // Search from the second byte, because the left token may be a space itself if spaces are not escaped.
            var space = line.lowerBound + 1
            while space < line.upperBound, buffer[space] != 0x20 { space += 1 }
            guard space < line.upperBound,
                let found = tokens.findPair(buffer, line.lowerBound..<space, (space + 1)..<line.upperBound)
            else { continue }
            insert(
                found.left, found.right,
                Merge(rank: Int32(truncatingIfNeeded: rank), result: found.joined))
        }
    }

    mutating func insert(_ left: TokenID, _ right: TokenID, _ merge: Merge) {
        let key = Self.key(left, right)
        var slot = Self.slot(key) & (slots.count - 1)
        while slots[slot].key != Self.free {
            if slots[slot].key == key { return }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Slot(key: key, merge: merge)
    }

    @inline(__always)
    func find(_ left: TokenID, _ right: TokenID) -> Merge? {
        let key = Self.key(left, right)
        var slot = Self.slot(key) & (slots.count - 1)
        while slots[slot].key != Self.free {
            if slots[slot].key == key { return slots[slot].merge }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private static func slot(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 33)
    }
}
