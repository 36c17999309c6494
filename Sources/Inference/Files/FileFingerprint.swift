// Identifies the model file that wrote a text, without reading the whole file.
// - The system reads a mapped page from disk when it is touched, so this touches only a few.

import Generation
import Tensors

public enum FileFingerprint {
    /// A hash of each file's size, its beginning (header, names, vocabulary) and samples up to its end, as 16
    /// hexadecimal digits. Adapters on top of the model do not count.
    public static func hash(of source: any ModelSource) -> String {
        let isFolder = source is HuggingFaceFolder
        var files = source.files
        if isFolder {
            // A folder lists a file once for each tensor in it, in no fixed order.
            let byPath = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
            files = byPath.sorted { $0.key < $1.key }.map(\.value)
        }
        var hash = FNV1a()
        // config.json says how the weights are used, so it counts too.
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
