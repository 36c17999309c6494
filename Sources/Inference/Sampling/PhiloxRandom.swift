// Random numbers as a pure function of their use.
// - The same key and counter give the same words on every machine; there is no state to keep.
// - So the draw at a position depends only on seed, variant, position and attempt.

/// Philox4x32 with 10 rounds: four 32-bit words from a 128-bit counter and a 64-bit key.
///
/// Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011), section 4.3.
public struct PhiloxRandom: Sendable {
    let key: SIMD2<UInt32>

    public init(seed: UInt64) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    }

    /// The four words of one counter.
    public func words(at counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var counter = counter
        var key = key
        for _ in 0..<10 {
            let first = UInt64(0xD251_1F53) * UInt64(counter[0])
            let second = UInt64(0xCD9E_8D57) * UInt64(counter[2])
            counter = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ key[0], UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ key[1], UInt32(truncatingIfNeeded: first))
            key = SIMD2(key[0] &+ 0x9E37_79B9, key[1] &+ 0xBB67_AE85)
        }
        return counter
    }

    /// Two numbers in 0..<1 for one draw, of 53 and 32 random bits, independent of each other.
    ///
    /// The variants share a position's numbers, each turned by its multiple of the golden ratio. So every draft is
    /// drawn from the model's own distribution, but drafts that begin alike spread over it instead of coinciding by
    /// chance: n variants say more than n independent draws. A Kronecker sequence, Niederreiter 1992, chapter 3.
    /// - Parameter stream: numbers of different streams are independent.
    func uniforms(variant: Int, position: Int, attempt: Int, stream: UInt32 = 0) -> (draw: Double, coin: Double) {
        let words = words(
            at: SIMD4(UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: attempt), stream, 0))
        let turn = UInt64(truncatingIfNeeded: variant) &* 0x9E37_79B9_7F4A_7C15  // 2^64 divided by the golden ratio
        let bits = (UInt64(words[0]) << 32 | UInt64(words[1])) &+ turn
        let coin = words[2] &+ UInt32(truncatingIfNeeded: turn >> 32)
        return (Double(bits >> 11) * 0x1p-53, Double(coin) * 0x1p-32)
    }
}
