// Sets of code points as sorted ranges.

/// Code points from `first` to `last`.
struct ScalarRange: Sendable {
    let first: UInt32
    let last: UInt32

    init(_ first: UInt32, _ last: UInt32) {
        self.first = first
        self.last = last
    }
}

extension [ScalarRange] {
    /// True if a code point is in one of the ranges, which must ascend.
    func holds(_ value: UInt32) -> Bool {
        var low = 0
        var high = count - 1
        while low <= high {
            let middle = (low + high) / 2
            if value < self[middle].first {
                high = middle - 1
            } else if value > self[middle].last {
                low = middle + 1
            } else {
                return true
            }
        }
        return false
    }
}
