// Models with two sets of rotation factors: one for texts up to the length they were first trained on, one for longer.
// - All keys of a sequence have the same rotation. If a sequence grows beyond that length, it is recomputed with the
//   other factors; if it is rolled back, it is recomputed too. So its logits are always those of a cold run of its
//   tokens.
// LongRoPE, arXiv:2402.13753; Phi 3 as transformers runs it.

extension Transformer {
    /// Runs a batch, short and long texts apart, after recomputing those that crossed the length.
    func runByRotation(_ rows: [BatchRow], caches: [KVCache], added: [Int]) -> LogitsBatch {
        guard let longRotations, case .longFactors(let originalLength) = configuration.rotationScaling else {
            return LogitsBatch(places: run(rows, caches: caches, rotations: rotations))
        }
        let isLong = zip(caches, added).map { $0.count + $1 > originalLength }
        for (index, cache) in caches.enumerated() where added[index] > 0 && cache.isRotatedForLength != isLong[index] {
            recompute(cache, rotatedForLength: isLong[index])
        }
        let short = run(rows.filter { !isLong[$0.cache] }, caches: caches, rotations: rotations)
        let long = run(rows.filter { isLong[$0.cache] }, caches: caches, rotations: longRotations)
        var (shortRows, longRows) = (short.makeIterator(), long.makeIterator())
        let wanted = rows.filter(\.wantsLogits)
        return LogitsBatch(places: wanted.compactMap { isLong[$0.cache] ? longRows.next() : shortRows.next() })
    }

    private func recompute(_ cache: KVCache, rotatedForLength: Bool) {
        let tokens = cache.restart(rotatedForLength: rotatedForLength)
        for start in stride(from: 0, to: tokens.count, by: Self.promptChunkLength) {
            let part = tokens[start..<min(start + Self.promptChunkLength, tokens.count)]
            _ = run(
                part.map { BatchRow(token: $0) }, caches: [cache],
                rotations: rotatedForLength ? longRotations : rotations)
        }
    }
}
