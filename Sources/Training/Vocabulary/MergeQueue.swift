// The pairs that may be merged next, the most frequent first, then the one with the smaller symbols.
// - A binary heap. An entry keeps the count that its pair had when the entry was made; whoever takes it looks again.

struct MergeQueue {
    struct Entry {
        var count: Int
        var pair: SymbolPair
        /// The merge after which the entry was made, so that no order is left to chance.
        var step: Int32
        /// The place of the words in which the pair appeared.
        fileprivate var list: Int32

        fileprivate func comes(before other: Entry) -> Bool {
            if count != other.count { return count > other.count }
            return pair != other.pair ? pair < other.pair : step < other.step
        }
    }

    private var heap: [Entry] = []
    private var lists: [[UInt32]] = []
    private var freeLists: [Int32] = []

    var first: Entry? { heap.first }

    mutating func add(_ pair: SymbolPair, count: Int, words: [UInt32], step: Int32) {
        let list: Int32
        if let free = freeLists.popLast() {
            list = free
            lists[Int(free)] = words
        } else {
            list = Int32(lists.count)
            lists.append(words)
        }
        heap.append(Entry(count: count, pair: pair, step: step, list: list))
        var place = heap.count - 1
        while place > 0, case let parent = (place - 1) / 2, heap[place].comes(before: heap[parent]) {
            heap.swapAt(place, parent)
            place = parent
        }
    }

    /// Gives the first entry another count and moves it to its place.
    mutating func correctFirst(count: Int) {
        heap[0].count = count
        sink()
    }

    /// Removes the first entry.
    /// - Returns: the words in which its pair appeared.
    mutating func removeFirst() -> [UInt32] {
        let list = heap[0].list
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
        sink()
        let words = lists[Int(list)]
        lists[Int(list)] = []
        freeLists.append(list)
        return words
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && heap[child].comes(before: heap[least]) { least = child }
            if least == place { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
