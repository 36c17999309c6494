// The tokens that are left to draw from, and a way to find the most likely ones without sorting a vocabulary.
// - `ids` and `weights` go together; weights are positive.
// - The order is the same for the same weights: the more likely first, then the lower id, unless a comment says
//   otherwise.

import Generation
import Tensors

/// Tokens with their weights.
struct Candidates {
    var ids: [TokenID] = []
    var weights: [Float] = []
    private var histogram = [Double](repeating: 0, count: Self.binCount)

    /// Eight bins for each halving of the probability, down to 2^-60; the last bin has all less likely tokens.
    private static let binCount = 60 * 8 + 1
    private static let topBits = Float(1).bitPattern >> 20

    private static func bin(of weight: Float) -> Int {
        min(Int(topBits) - Int(min(weight.bitPattern >> 20, topBits)), binCount - 1)
    }

    private static func lowerEdge(ofBin bin: Int) -> Float {
        bin == binCount - 1 ? .leastNonzeroMagnitude : Float(bitPattern: (topBits - UInt32(bin)) << 20)
    }

    /// This cut nearly always leaves enough tokens, but only a few hundred.
    private static func likelyCut(_ dense: [Float]) -> Float { VectorMath.maximum(of: dense) * 0x1p-14 }

    var count: Int { ids.count }

    var totalWeight: Double {
        var total = 0.0
        for weight in weights { total += Double(weight) }
        return total
    }

    /// Takes the tokens with a positive weight of at least `cut`, in the order of their ids.
    mutating func takeAll(of dense: [Float], atLeast cut: Float = 0) {
        ids.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        let cut = max(cut, Float.leastNonzeroMagnitude)
        var id: TokenID = 0
        for weight in dense {
            if weight >= cut {
                ids.append(id)
                weights.append(weight)
            }
            id &+= 1
        }
    }

    /// Takes the `count` most likely tokens; of equally likely ones, those with the lower ids.
    mutating func takeLikeliest(_ count: Int, of dense: [Float]) {
        takeAll(of: dense, atLeast: Self.likelyCut(dense))
        if self.count < count { takeAll(of: dense) }
        fillHistogram { _ in 1 }
        let edge = Self.lowerEdge(ofBin: firstBin(reaching: Double(min(count, self.count))))
        keep { _, weight in weight >= edge }
        sort()
        keepFirst(count)
    }

    /// Takes the smallest set of most likely tokens whose weights sum to at least `share`.
    ///
    /// Only the tokens of the last bin are sorted; the more likely ones precede them in the order of their ids.
    /// - Parameter dense: probabilities, which sum to 1.
    mutating func takeShare(_ share: Float, of dense: [Float]) {
        let wanted = Double(share)
        takeAll(of: dense, atLeast: Self.likelyCut(dense))
        if totalWeight < wanted { takeAll(of: dense) }
        fillHistogram { Double($0) }
        let bin = firstBin(reaching: wanted)
        let upperEdge = bin > 0 ? Self.lowerEdge(ofBin: bin - 1) : .infinity
        let lowerEdge = Self.lowerEdge(ofBin: bin)

        var mass = 0.0
        var last = Candidates(histogram: [])
        for place in 0..<count where weights[place] >= lowerEdge && weights[place] < upperEdge {
            last.ids.append(ids[place])
            last.weights.append(weights[place])
        }
        last.sort()
        keepAny { _, weight in weight >= upperEdge }
        for weight in weights { mass += Double(weight) }
        for (id, weight) in zip(last.ids, last.weights) {
            if mass >= wanted && !ids.isEmpty { break }
            ids.append(id)
            weights.append(weight)
            mass += Double(weight)
        }
    }

    /// Keeps the smallest leading set whose share of the weight reaches `share`. The most likely must come first.
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

    /// Sorts the more likely first, then the lower id.
    mutating func sort() {
        let (ids, weights) = (ids, weights)
        reorder { left, right in
            weights[left] != weights[right] ? weights[left] > weights[right] : ids[left] < ids[right]
        }
    }

    /// Sorts by a rule on indices, which must decide every pair.
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

    /// Keeps the tokens that a rule accepts, in their order. If it accepts none, the first stays.
    mutating func keep(where isKept: (_ place: Int, _ weight: Float) -> Bool) {
        keepAny(where: isKept, atLeast: 1)
    }

    private mutating func keepAny(where isKept: (_ place: Int, _ weight: Float) -> Bool, atLeast least: Int = 0) {
        var kept = 0
        for place in 0..<count where isKept(place, weights[place]) {
            ids[kept] = ids[place]
            weights[kept] = weights[place]
            kept += 1
        }
        keepFirst(max(kept, least))
    }

    /// The token at which the running sum exceeds `uniform` times the total.
    func draw(uniform: Double) -> TokenID? {
        let target = totalWeight * uniform
        var mass = 0.0
        for place in 0..<count {
            mass += Double(weights[place])
            if mass > target { return ids[place] }
        }
        return ids.last
    }

    private init(histogram: [Double]) { self.histogram = histogram }
    init() {}

    private mutating func fillHistogram(_ value: (Float) -> Double) {
        for bin in histogram.indices { histogram[bin] = 0 }
        for weight in weights { histogram[Self.bin(of: weight)] += value(weight) }
    }

    /// The first bin up to which the sum reaches `wanted`; if it never does, the last bin that is not empty.
    private func firstBin(reaching wanted: Double) -> Int {
        var sum = 0.0
        var lastFilled = 0
        for bin in 0..<Self.binCount where histogram[bin] > 0 {
            sum += histogram[bin]
            lastFilled = bin
            if sum >= wanted { break }
        }
        return lastFilled
    }
}
