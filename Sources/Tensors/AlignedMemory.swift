// Memory for kernels: aligned to cache lines, freed with its owner.

import Glibc

/// A block of uninitialised memory on a 64-byte boundary.
///
/// Sendable without checks: whoever owns it says who may write when.
final class AlignedMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// - Parameter zeroed: fills it with zeros; large blocks come as untouched zero pages anyway.
    init(byteCount: Int, zeroed: Bool = false) {
        precondition(byteCount >= 0)
        let rounded = (max(byteCount, 1) + 63) / 64 * 64
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, 64, rounded) == 0, let pointer else {
            fatalError("out of memory: \(rounded) bytes asked for. Close other programs or use a smaller model.")
        }
        base = pointer
        self.byteCount = rounded
        if zeroed { memset(pointer, 0, rounded) }
    }

    deinit { free(base) }

    func floats(at index: Int = 0) -> UnsafeMutablePointer<Float> {
        (base + index * 4).assumingMemoryBound(to: Float.self)
    }
}
