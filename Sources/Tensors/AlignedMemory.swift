// Memory for kernels: aligned to cache lines, freed with its owner.

import Glibc

/// A block of uninitialised memory on a 64-byte boundary.
///
/// Sendable without checks: the owner decides who may write, and when.
final class AlignedMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int
    /// The file whose bytes these are; nil for memory of its own. Nothing may be written to a file's bytes.
    let file: MappedFile?

    init(byteCount: Int) {
        precondition(byteCount >= 0)
        let rounded = (max(byteCount, 1) + 63) / 64 * 64
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, 64, rounded) == 0, let pointer else {
            fatalError("out of memory: \(rounded) bytes are needed. Close other programs or use a smaller model.")
        }
        base = pointer
        self.byteCount = rounded
        file = nil
    }

    /// Takes bytes of a file as they are; `offset` is a multiple of 64.
    init(file: MappedFile, offset: Int, byteCount: Int) {
        precondition(offset >= 0 && offset % 64 == 0 && byteCount >= 0, "an aligned place")
        precondition(offset <= file.byteCount && byteCount <= file.byteCount - offset, "bytes of the file")
        base = UnsafeMutableRawPointer(mutating: file.base + offset)
        self.byteCount = byteCount
        self.file = file
    }

    deinit { if file == nil { free(base) } }

    func floats(at index: Int = 0) -> UnsafeMutablePointer<Float> {
        (base + index * 4).assumingMemoryBound(to: Float.self)
    }
}
