// Byte-pair encoding: joins neighbouring symbols of a word, the earliest merge first, the leftmost if equal.
// - Symbols are token ids; -1 is a symbol that is not a token and never merges.
// Neural Machine Translation of Rare Words with Subword Units, arXiv:1508.07909, section 3.2.

import Generation

/// Joins symbols by a table of merges.
struct BytePairEncoder: Sendable {
    let merges: MergeTable

    /// Up to this many symbols, a plain scan for the best pair is faster than a heap.
    private static let scanLimit = 24

    /// Joins `symbols` until no merge applies.
    func merge(_ symbols: inout [TokenID]) {
        guard symbols.count > 1 else { return }
        if symbols.count <= Self.scanLimit { mergeByScan(&symbols) } else { mergeByHeap(&symbols) }
    }

    private func mergeByScan(_ symbols: inout [TokenID]) {
        var found: [MergeTable.Merge] = []
        found.reserveCapacity(symbols.count)
        for index in 1..<symbols.count { found.append(pair(symbols[index - 1], symbols[index])) }
        while true {
            var best = -1
            var bestRank = Int32.max
            for (index, merge) in found.enumerated() where merge.rank < bestRank {
                best = index
                bestRank = merge.rank
            }
            guard best >= 0 else { return }
            symbols[best] = found[best].result
            symbols.remove(at: best + 1)
            found.remove(at: best)
            if best > 0 { found[best - 1] = pair(symbols[best - 1], symbols[best]) }
            if best < found.count { found[best] = pair(symbols[best], symbols[best + 1]) }
        }
    }

    private func pair(_ left: TokenID, _ right: TokenID) -> MergeTable.Merge {
        merges.find(left, right) ?? MergeTable.Merge(rank: .max, result: -1)
    }

    private func mergeByHeap(_ symbols: inout [TokenID]) {
        let chain = SymbolChain(count: symbols.count)
        var next = chain.next
        var previous = chain.previous
        var heap = BinaryHeap<Candidate>()
        func push(_ left: Int, _ right: Int) {
            guard left >= 0, right < symbols.count, let merge = merges.find(symbols[left], symbols[right]) else {
                return
            }
            heap.push(
                Candidate(
                    rank: merge.rank, left: Int32(left), leftID: symbols[left], rightID: symbols[right],
                    result: merge.result))
        }
        for index in 1..<symbols.count { push(index - 1, index) }
        while let candidate = heap.pop() {
            let left = Int(candidate.left)
            let right = next[left]
            // Skip a pair if one of its sides has been joined to another symbol since.
            guard symbols[left] == candidate.leftID, right < symbols.count, symbols[right] == candidate.rightID else {
                continue
            }
            symbols[left] = candidate.result
            symbols[right] = Self.gone
            next[left] = next[right]
            if next[right] < symbols.count { previous[next[right]] = left }
            push(previous[left], left)
            push(left, next[left])
        }
        symbols.removeAll { $0 == Self.gone }
    }

    /// Marks a place whose symbol was joined to the one before.
    private static let gone: TokenID = -2

    private struct Candidate: Comparable {
        var rank: Int32
        var left: Int32
        var leftID: TokenID
        var rightID: TokenID
        var result: TokenID

        static func < (a: Candidate, b: Candidate) -> Bool {
            a.rank != b.rank ? a.rank < b.rank : a.left < b.left
        }
    }
}

/// The neighbours of each place in a row of symbols; -1 before the first, the count after the last.
struct SymbolChain {
    var previous: [Int]
    var next: [Int]

    init(count: Int) {
        previous = Array(-1..<(count - 1))
        next = Array(1..<(count + 1))
    }
}

/// A heap whose smallest item comes out first.
struct BinaryHeap<Item: Comparable> {
    private var items: [Item] = []

    mutating func push(_ item: Item) {
        items.append(item)
        var child = items.count - 1
        while child > 0, case let parent = (child - 1) / 2, items[child] < items[parent] {
            items.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> Item? {
        guard let first = items.first else { return nil }
        let last = items.removeLast()
        guard !items.isEmpty else { return first }
        items[0] = last
        var parent = 0
        while case let left = 2 * parent + 1, left < items.count {
            let child = left + 1 < items.count && items[left + 1] < items[left] ? left + 1 : left
            guard items[child] < items[parent] else { break }
            items.swapAt(child, parent)
            parent = child
        }
        return first
    }
}
