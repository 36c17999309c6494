// Random numbers of training, version 1: functions of seed, stream and place, so that there is no state to keep.
// Philox4x32-10 (Salmon et al., SC 2011) gives four words for each counter; the key is the seed mixed with the stream's
// name (FNV-1a, 64 bits).

import Foundation
import Generation
import Inference

/// Numbers for one use, such as the weights of one tensor.
public struct RandomNumbers: Sendable {
    private let random: PhiloxRandom

    /// - Parameter stream: the name of the use; different streams are independent.
    public init(seed: UInt64, stream: String) {
        random = PhiloxRandom(seed: seed ^ FNV1a(stream.utf8).value)
    }

    private func words(at index: Int) -> SIMD4<UInt32> {
        let (low, high) = (UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32))
        return random.words(at: SIMD4(low, high, 0x7472_6E31, 0))
    }

    /// Words of 32 random bits.
    func words(_ count: Int) -> [UInt32] { (0..<count).map { words(at: $0 / 4)[$0 % 4] } }

    /// Numbers of the normal distribution around 0, by the transformation of Box and Muller.
    public func normals(_ count: Int, deviation: Double) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in stride(from: 0, to: count, by: 4) {
                let words = words(at: index / 4)
                for pair in 0..<2 {
                    // In 0..<1, moved to above 0.
                    let first = (Double(words[2 * pair]) + 1) * 0x1p-32
                    let second = Double(words[2 * pair + 1]) * 0x1p-32
                    let radius = (-2 * log(first)).squareRoot() * deviation
                    let place = index + 2 * pair
                    if place < count { buffer[place] = Float(radius * cos(2 * Double.pi * second)) }
                    if place + 1 < count { buffer[place + 1] = Float(radius * sin(2 * Double.pi * second)) }
                }
            }
            filled = count
        }
    }

    /// Numbers spread evenly between -bound and bound.
    public func uniforms(_ count: Int, bound: Double) -> [Float] {
        (0..<count).map { index in
            let word = words(at: index / 4)[index % 4]
            return Float((Double(word) * 0x1p-31 - 1) * bound)
        }
    }
}
