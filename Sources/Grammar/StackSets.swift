// Sets of stacks of open rules: for each way to read a text, the nodes to return to.
// - A set of stacks is a set of entries (node on top, set of stacks below) with different nodes; set 0 holds only the
//   empty stack. Equal sets have the same number.
// - Alternatives that differ deep down share everything else, so a text with 2^n readings needs n sets and not 2^n
//   stacks.

struct StackSets {
    /// The set that holds only the empty stack.
    static let nothingOpen: Int32 = 0
    /// The entry for the empty stack; it sorts after all others.
    static let endEntry = UInt64.max

    private var entries: [UInt64] = [Self.endEntry]
    private var starts: [Int32] = [0, 1]
    private var depths: [Int32] = [0]
    private var singles: [UInt64: Int32] = [Self.endEntry: Self.nothingOpen]
    private var several: [[UInt64]: Int32] = [:]
    private var unions: [UInt64: Int32] = [:]

    /// The number of entries that are kept.
    var size: Int { entries.count + unions.count }

    /// How many nodes the deepest stack has.
    func depth(of set: Int32) -> Int32 { depths[Int(set)] }

    func entries(of set: Int32) -> ArraySlice<UInt64> { entries[Int(starts[Int(set)])..<Int(starts[Int(set) + 1])] }

    static func parts(of entry: UInt64) -> (node: Int32, below: Int32) {
        (Int32(truncatingIfNeeded: entry >> 32), Int32(truncatingIfNeeded: entry))
    }

    /// The stacks with a node pushed onto each.
    mutating func push(_ node: Int32, onto set: Int32) -> Int32 {
        intern([Self.entry(node, set)])
    }

    /// The stacks of both sets.
    mutating func union(_ left: Int32, _ right: Int32) -> Int32 {
        guard left != right else { return left }
        let key = Self.entry(min(left, right), max(left, right))
        if let known = unions[key] { return known }
        let (a, b) = (Array(entries(of: left)), Array(entries(of: right)))
        var merged: [UInt64] = []
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            let first = i < a.count ? a[i] >> 32 : .max
            let second = j < b.count ? b[j] >> 32 : .max
            if j == b.count || i < a.count && first < second {
                merged.append(a[i])
                i += 1
            } else if i == a.count || second < first {
                merged.append(b[j])
                j += 1
            } else {
                let (node, below) = Self.parts(of: a[i])
                let isEnd = a[i] == Self.endEntry
                merged.append(isEnd ? a[i] : Self.entry(node, union(below, Self.parts(of: b[j]).below)))
                i += 1
                j += 1
            }
        }
        let result = intern(merged)
        unions[key] = result
        return result
    }

    private static func entry(_ node: Int32, _ below: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: below))
    }

    private mutating func intern(_ list: [UInt64]) -> Int32 {
        if list.count == 1, let known = singles[list[0]] { return known }
        if list.count > 1, let known = several[list] { return known }
        let set = Int32(depths.count)
        let depth = list.map { $0 == Self.endEntry ? 0 : depths[Int(Self.parts(of: $0).below)] + 1 }.max() ?? 0
        entries += list
        starts.append(Int32(entries.count))
        depths.append(depth)
        if list.count == 1 { singles[list[0]] = set } else { several[list] = set }
        return set
    }
}
