// Which file a text was written with, told without reading all of it.
// - A mapped file's pages are read from disk when they are touched, so only few are.

import Generation
import Tensors

enum FileFingerprint {
    /// A hash of each file's size, its beginning (header, names, vocabulary) and samples up to its end, as 16
    /// hexadecimal digits.
    static func hash(of source: any ModelSource) -> String {
        let isFolder = source is HuggingFaceFolder
        var files = source.files
        if isFolder {
            // A folder names a file once for each tensor in it, in no order.
            let byPath = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
            files = byPath.sorted { $0.key < $1.key }.map(\.value)
        }
        var hash = FNV1a()
        // What the weights are used for stands beside them.
        if isFolder, let bytes = try? FolderFiles.bytes(source.path, "config.json") { hash.mix(bytes) }
        for file in files {
            hash.mix(sizeBytes(file.byteCount))
            let sampleCount = 16
            let sampleLength = min(4096, file.byteCount)
            hash.mix(file.read(offset: 0, count: min(1 << 18, file.byteCount)) ?? [])
            for sample in 0...sampleCount {
                let offset = (file.byteCount - sampleLength) / sampleCount * sample
                hash.mix(file.read(offset: offset, count: sampleLength) ?? [])
            }
            let end = file.byteCount - sampleLength
            hash.mix(file.read(offset: end, count: sampleLength) ?? [])
        }
        return hash.hexadecimal
    }

    private static func sizeBytes(_ size: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    }
}
