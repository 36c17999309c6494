// Which file a text was written with, told without reading all of it.
// - A mapped file's pages are read from disk when they are touched, so only few are.

import Tensors

enum FileFingerprint {
    /// A hash of each file's size, its beginning (header, names, vocabulary) and samples up to its end, as 16
    /// hexadecimal digits. FNV-1a of 64 bits: it tells files apart, and guards against nobody.
    static func hash(of source: any ModelSource) -> String {
        let isFolder = source is HuggingFaceFolder
        var files = source.files
        if isFolder {
            // A folder names a file once for each tensor in it, in no order.
            let byPath = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
            files = byPath.sorted { $0.key < $1.key }.map(\.value)
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // What the weights are used for stands beside them.
        if isFolder { (try? FolderFiles.bytes(source.path, "config.json"))??.forEach(mix) }
        for file in files {
            sizeBytes(file.byteCount).forEach(mix)
            let sampleCount = 16
            let sampleLength = min(4096, file.byteCount)
            for byte in file.read(offset: 0, count: min(1 << 18, file.byteCount)) ?? [] { mix(byte) }
            for sample in 0...sampleCount {
                let offset = (file.byteCount - sampleLength) / sampleCount * sample
                for byte in file.read(offset: offset, count: sampleLength) ?? [] { mix(byte) }
            }
            let end = file.byteCount - sampleLength
            for byte in file.read(offset: end, count: sampleLength) ?? [] { mix(byte) }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func sizeBytes(_ size: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    }
}
