// How often each pair of neighbouring symbols occurs, and in which words it has newly appeared.
// - An open-addressed table: pairs only come, and none leaves.

/// Two neighbouring symbols as one number, which sorts by the left one and then by the right one.
struct SymbolPair: Hashable, Comparable, Sendable {
    var key: UInt64

    @inline(__always)
    init(_ left: UInt32, _ right: UInt32) { key = UInt64(left) << 32 | UInt64(right) }

    var left: UInt32 { UInt32(key >> 32) }
    var right: UInt32 { UInt32(truncatingIfNeeded: key) }

    @inline(__always)
    static func < (one: SymbolPair, other: SymbolPair) -> Bool { one.key < other.key }
}

struct PairTable {
    /// Pairs in which a word got new places, each with these words in order.
    private(set) var changed: [(pair: SymbolPair, words: [UInt32])] = []

    private var keys = [UInt64](repeating: free, count: 1 << 12)
    private var counts = [Int](repeating: 0, count: 1 << 12)
    /// The place of the pair in `changed`; -1 if it is not there.
    private var places = [Int32](repeating: -1, count: 1 << 12)
    private var pairCount = 0

    /// No pair: it would need 2³² symbols.
    private static let free = UInt64.max

    /// The count of a pair that was added before.
    func count(_ pair: SymbolPair) -> Int {
        var slot = slot(pair.key)
        while keys[slot] != pair.key {
            if keys[slot] == Self.free { return 0 }
            slot = (slot + 1) & (keys.count - 1)
        }
        return counts[slot]
    }

    /// A pair occurs `times` more often in a word.
    @inline(__always)
    mutating func add(_ pair: SymbolPair, times: Int, in word: UInt32) {
        let slot = found(pair)
        counts[slot] += times
        let place = Int(places[slot])
        if place < 0 {
            places[slot] = Int32(changed.count)
            changed.append((pair, [word]))
        } else if changed[place].words[changed[place].words.count - 1] != word {
            changed[place].words.append(word)
        }
    }

    /// A pair occurs `times` less often.
    @inline(__always)
    mutating func remove(_ pair: SymbolPair, times: Int) { counts[found(pair)] -= times }

    /// Takes all changed pairs.
    mutating func takeChanged() -> [(pair: SymbolPair, words: [UInt32])] {
        for change in changed { places[found(change.pair)] = -1 }
        let taken = changed
        changed = []
        return taken
    }

    private mutating func found(_ pair: SymbolPair) -> Int {
        var slot = slot(pair.key)
        while keys[slot] != pair.key {
            if keys[slot] == Self.free {
                if (pairCount + 1) * 2 > keys.count {
                    grow()
                    return found(pair)
                }
                keys[slot] = pair.key
                pairCount += 1
                return slot
            }
            slot = (slot + 1) & (keys.count - 1)
        }
        return slot
    }

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        let mixed = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 24) & (keys.count - 1)
    }

    private mutating func grow() {
        let old = (keys, counts, places)
        let size = keys.count * 2
        keys = [UInt64](repeating: Self.free, count: size)
        counts = [Int](repeating: 0, count: size)
        places = [Int32](repeating: -1, count: size)
        for index in old.0.indices where old.0[index] != Self.free {
            var slot = slot(old.0[index])
            while keys[slot] != Self.free { slot = (slot + 1) & (size - 1) }
            keys[slot] = old.0[index]
            counts[slot] = old.1[index]
            places[slot] = old.2[index]
        }
    }
}
