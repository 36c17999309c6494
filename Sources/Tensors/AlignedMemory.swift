// Memory for kernels: aligned to cache lines, freed with its owner.

import Glibc

/// A block of uninitialised memory on a 64-byte boundary.
///
/// Sendable without checks: the owner decides who may write, and when.
final class AlignedMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        precondition(byteCount >= 0)
        let rounded = (max(byteCount, 1) + 63) / 64 * 64
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, 64, rounded) == 0, let pointer else {
            fatalError("out of memory: \(rounded) bytes are needed. Close other programs or use a smaller model.")
        }
        base = pointer
        self.byteCount = rounded
    }

    deinit { free(base) }

    func floats(at index: Int = 0) -> UnsafeMutablePointer<Float> {
        (base + index * 4).assumingMemoryBound(to: Float.self)
    }
}
