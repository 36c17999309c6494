// How often each word occurs: an open-addressed table over one byte buffer.
// - Words are compared as bytes.
// - The order of the words is that of their first occurrence here, and no result depends on it.

import Generation

struct WordTable: Sendable {
    /// All words, one after another.
    private var bytes: [UInt8] = []
    /// The end of each word in `bytes`.
    private var ends: [Int] = []
    private(set) var counts: [Int] = []
    private var hashes: [UInt32] = []
    /// Word numbers plus one, 0 for a free slot. Their number is a power of two, and at most half are taken.
    private var slots = [UInt32](repeating: 0, count: 1 << 10)

    /// The number of different words.
    var count: Int { ends.count }
    /// The bytes of all different words.
    var byteCount: Int { bytes.count }

    /// The bytes of word `index`.
    func word(_ index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

    @inline(__always)
    private func range(_ index: Int) -> Range<Int> { (index > 0 ? ends[index - 1] : 0)..<ends[index] }

    /// Counts a word that is `text[range]`.
    mutating func add(_ text: [UInt8], _ range: Range<Int>, count: Int = 1) {
        let hash = Self.hash(text, range)
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] > 0 {
            let index = Int(slots[slot]) - 1
            if hashes[index] == hash, isEqual(index, text, range) {
                counts[index] += count
                return
            }
            slot = (slot + 1) & mask
        }
        bytes += text[range]
        ends.append(bytes.count)
        counts.append(count)
        hashes.append(hash)
        slots[slot] = UInt32(ends.count)
        if ends.count * 2 > slots.count { grow() }
    }

    /// Adds all words of another table with their counts.
    mutating func add(_ other: WordTable) {
        for index in 0..<other.count { add(other.bytes, other.range(index), count: other.counts[index]) }
    }

    /// The words that occur more than `count` times.
    func words(above count: Int) -> WordTable {
        var kept = WordTable()
        for index in 0..<self.count where counts[index] > count {
            kept.add(bytes, range(index), count: counts[index])
        }
        return kept
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, hash) in hashes.enumerated() {
            var slot = Int(hash) & mask
            while slots[slot] > 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(index + 1)
        }
    }

    @inline(__always)
    private func isEqual(_ index: Int, _ text: [UInt8], _ range: Range<Int>) -> Bool {
        let own = self.range(index)
        guard own.count == range.count else { return false }
        for offset in 0..<range.count where bytes[own.lowerBound + offset] != text[range.lowerBound + offset] {
            return false
        }
        return true
    }

    /// FNV-1a with a final mix, because the low bits select the slot.
    @inline(__always)
    private static func hash(_ text: [UInt8], _ range: Range<Int>) -> UInt32 {
        var hash = FNV1a()
        for index in range { hash.mix(UInt64(text[index])) }
        return UInt32(truncatingIfNeeded: hash.value ^ hash.value >> 32)
    }
}
