// The tokens that are left to draw from, and how the likeliest are found without sorting a vocabulary.
// - `ids` and `weights` go together; weights are positive.
// - The order is the same for the same weights: likelier first, then the lower id, except where said.

/// Tokens with their weights.
struct Candidates {
    var ids: [TokenID] = []
    var weights: [Float] = []
    private var histogram = [Double](repeating: 0, count: Self.binCount)

    /// Eight bins for each halving of the weight, down to exp(-40) > 2^-58.
    private static let binCount = 58 * 8 + 1
    private static let topBits = Float(1).bitPattern >> 20

    /// Bins go by the leading bits of the number: 0 holds the likeliest token alone with its equals.
    @inline(__always)
    private static func bin(of weight: Float) -> Int {
        min(Int(topBits &- (weight.bitPattern >> 20)), binCount - 1)
    }

    var count: Int { ids.count }

    var totalWeight: Double {
        var total = 0.0
        for weight in weights { total += Double(weight) }
        return total
    }

    /// Takes all tokens of positive weight, in the order of their ids.
    mutating func takeAll(of dense: [Float]) {
        removeAll()
        for index in dense.indices where dense[index] > 0 { append(index, dense[index]) }
    }

    /// Takes the `count` likeliest tokens; of equals, the lower ids.
    mutating func takeLikeliest(_ count: Int, of dense: [Float]) {
        clearHistogram()
        for weight in dense where weight > 0 { histogram[Self.bin(of: weight)] += 1 }
        let bin = firstBin(reaching: Double(count))
        removeAll()
        for index in dense.indices where dense[index] > 0 && Self.bin(of: dense[index]) <= bin {
            append(index, dense[index])
        }
        sort()
        keepFirst(count)
    }

    /// Takes the smallest set of likeliest tokens whose share of the whole weight reaches `share`.
    ///
    /// Only the tokens of the last bin needed are sorted; the likelier ones come before them by id.
    mutating func takeShare(_ share: Float, of dense: [Float]) {
        clearHistogram()
        var total = 0.0
        for weight in dense where weight > 0 { histogram[Self.bin(of: weight)] += Double(weight) }
        for mass in histogram { total += mass }
        let wanted = total * Double(share)
        let lastBin = firstBin(reaching: wanted)

        removeAll()
        for index in dense.indices where dense[index] > 0 && Self.bin(of: dense[index]) < lastBin {
            append(index, dense[index])
        }
        var mass = 0.0
        for bin in 0..<lastBin { mass += histogram[bin] }
        var rest = Candidates.empty
        for index in dense.indices where dense[index] > 0 && Self.bin(of: dense[index]) == lastBin {
            rest.append(index, dense[index])
        }
        rest.sort()
        for (id, weight) in zip(rest.ids, rest.weights) {
            if mass >= wanted && !ids.isEmpty { break }
            append(Int(id), weight)
            mass += Double(weight)
        }
    }

    /// Keeps the smallest leading set whose share of the weight reaches `share`; likelier first before.
    mutating func keepShare(_ share: Float) {
        let wanted = totalWeight * Double(share)
        var mass = 0.0
        var kept = 0
        while kept < count, kept == 0 || mass < wanted {
            mass += Double(weights[kept])
            kept += 1
        }
        keepFirst(kept)
    }

    /// Likelier first, then the lower id.
    mutating func sort() {
        let (ids, weights) = (ids, weights)
        reorder { left, right in
            weights[left] != weights[right] ? weights[left] > weights[right] : ids[left] < ids[right]
        }
    }

    /// Sorts by a rule on places, which must decide every pair.
    mutating func reorder(by comesBefore: (Int, Int) -> Bool) {
        let order = Array(0..<count).sorted(by: comesBefore)
        ids = order.map { ids[$0] }
        weights = order.map { weights[$0] }
    }

    mutating func keepFirst(_ kept: Int) {
        guard kept < count else { return }
        ids.removeLast(count - kept)
        weights.removeLast(weights.count - kept)
    }

    /// Keeps those that a rule on place and weight accepts, in their order; never none: then the first stays.
    mutating func keep(where isKept: (_ place: Int, _ weight: Float) -> Bool) {
        var kept = 0
        for place in 0..<count where isKept(place, weights[place]) {
            ids[kept] = ids[place]
            weights[kept] = weights[place]
            kept += 1
        }
        keepFirst(max(kept, 1))
    }

    /// The token at which the running sum passes `uniform` times the whole.
    func draw(uniform: Double) -> TokenID? {
        let target = totalWeight * uniform
        var mass = 0.0
        for place in 0..<count {
            mass += Double(weights[place])
            if mass > target { return ids[place] }
        }
        return ids.last
    }

    private static var empty: Candidates { Candidates(histogram: []) }

    private init(histogram: [Double]) { self.histogram = histogram }
    init() {}

    private mutating func append(_ index: Int, _ weight: Float) {
        ids.append(TokenID(truncatingIfNeeded: index))
        weights.append(weight)
    }

    private mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
    }

    private mutating func clearHistogram() {
        for bin in histogram.indices { histogram[bin] = 0 }
    }

    private func firstBin(reaching wanted: Double) -> Int {
        var sum = 0.0
        for bin in 0..<Self.binCount {
            sum += histogram[bin]
            if sum >= wanted && sum > 0 { return bin }
        }
        return Self.binCount - 1
    }
}
