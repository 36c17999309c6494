// Puts whole examples together into rows of a length, by best fit in decreasing order.
// - The longest example comes first; each goes into the fullest row that has room for it, else into a new one. No other
//   order of this kind needs more than about a quarter more rows than the best possible (Johnson, 1973: 11/9).
// - The same lengths give the same rows. The examples of a row stand in their own order.

/// Rows of examples.
public struct Packing: Sendable, Equatable {
    /// The indexes of each row's examples.
    public let rows: [[Int]]
    /// The most tokens of a row.
    public let length: Int
    public let tokenCount: Int

    /// How much of the rows is filled, from 0 to 1.
    public var fill: Double {
        rows.isEmpty ? 0 : Double(tokenCount) / (Double(rows.count) * Double(length))
    }

    /// - Parameters:
    ///   - lengths: of the examples in tokens, from 1 to `length`.
    ///   - length: the most tokens of a row.
    public init(lengths: [Int], into length: Int) {
        precondition(lengths.allSatisfy { 1...length ~= $0 }, "an example fits into a row")
        var rows: [[Int]] = []
        var room = RoomIndex(largest: length)
        for index in lengths.indices.sorted(by: { (lengths[$1], $0) < (lengths[$0], $1) }) {
            let row: Int
            if let (fullest, left) = room.takeSmallest(atLeast: lengths[index]) {
                row = fullest
                room.add(row, room: left - lengths[index])
            } else {
                row = rows.count
                rows.append([])
                room.add(row, room: length - lengths[index])
            }
            rows[row].append(index)
        }
        self.rows = rows.map { $0.sorted() }
        self.length = length
        tokenCount = lengths.reduce(0, +)
    }
}

/// Rows by the room that they have left: a tree of counts over all rooms, in which the smallest that suffices is found
/// in as many steps as the tree is deep.
private struct RoomIndex {
    /// Rows with each room, the last one on top.
    private var rows: [[Int]]
    /// Node n has the children 2n and 2n + 1; the leaves are the rooms.
    private var counts: [Int]
    private let leafCount: Int

    init(largest: Int) {
        var leaves = 1
        while leaves < largest + 1 { leaves *= 2 }
        leafCount = leaves
        rows = [[Int]](repeating: [], count: largest + 1)
        counts = [Int](repeating: 0, count: 2 * leaves)
    }

    mutating func add(_ row: Int, room: Int) {
        rows[room].append(row)
        change(room, by: 1)
    }

    private mutating func change(_ room: Int, by step: Int) {
        var node = leafCount + room
        while node > 0 {
            counts[node] += step
            node /= 2
        }
    }

    /// Takes out the row with the smallest room of at least `wanted`.
    mutating func takeSmallest(atLeast wanted: Int) -> (row: Int, room: Int)? {
        // Upwards until something lies to the right, then down to its leftmost leaf.
        var node = leafCount + wanted
        if counts[node] == 0 {
            while node > 1, node % 2 == 1 || counts[node + 1] == 0 { node /= 2 }
            guard node > 1 else { return nil }
            node += 1
            while node < leafCount { node = counts[2 * node] > 0 ? 2 * node : 2 * node + 1 }
        }
        let room = node - leafCount
        guard let row = rows[room].popLast() else { return nil }
        change(room, by: -1)
        return (row, room)
    }
}
