// One prompt's keys and values as a file.
// - Parts: the head (model, shape, counts), the tokens, the lengths of the segments, then each segment's keys and
//   values. Numbers have 32 bits and the machine's byte order, because the file never leaves it.
// - The mark's last byte is the version. Raise it if the layout or the arithmetic of the forward pass changes.

import Generation
import Tensors

enum PrefixFile {
    static let suffix = ".prefix"
    private static let mark = Array("cpydpfx1".utf8)
    private static let headCount = 16 + 6 * 4

    /// The same tokens of the same model always go to the same file.
    static func name(of tokens: [TokenID], model: String) -> String {
        var hash = FNV1a()
        for token in tokens { hash.mix(UInt64(UInt32(bitPattern: token))) }
        return "\(model)-\(String(hash.value, radix: 16))\(suffix)"
    }

    /// About how many bytes the file will have.
    static func byteCount(_ saved: KVCache.Saved) -> Int {
        saved.segments.reduce(0) { $0 + $1.buffer.byteCount(positions: $1.count + 16) }
    }

    static func write(_ saved: KVCache.Saved, model: String, to path: String) -> Bool {
        guard let first = saved.segments.first?.buffer, model.utf8.count == 16,
            let writer = ChecksummedFileWriter(path: path, mark: mark)
        else { return false }
        let shape = [first.layerCount, first.headCount, first.keyWidth, first.valueWidth]
        writer.append(Array(model.utf8) + bytes(of: shape + [saved.tokens.count, saved.segments.count]))
        writer.append(bytes(of: saved.tokens.map(Int.init)))
        writer.append(bytes(of: saved.segments.map(\.count)))
        for segment in saved.segments { segment.buffer.write(positions: segment.count, to: writer) }
        return writer.finish()
    }

    /// The tokens of a file of this model; the rest of the file is not read.
    static func readTokens(_ path: String, model: String) -> [TokenID]? {
        guard var reader = ChecksummedFileReader(path: path, mark: mark) else { return nil }
        return readHead(&reader, model: model)?.tokens
    }

    /// - Returns: nil if the file is damaged, or if its model or shape is not that of `transformer`.
    static func read(_ path: String, model: String, transformer: Transformer) -> KVCache.Saved? {
        guard var reader = ChecksummedFileReader(path: path, mark: mark), let head = readHead(&reader, model: model),
            head.tokens.count <= transformer.configuration.contextLength,
            let lengths = reader.part(count: head.segmentCount * 4).map(numbers)
        else { return nil }
        let shape = transformer.cacheShape
        guard head.shape == [shape.layerCount, shape.headCount, shape.headWidth, shape.headWidth] else { return nil }
        var expectedBytes = 0
        for length in lengths {
            let bytes = KeyValueBuffer.writtenByteCount(
                layerCount: shape.layerCount, headCount: shape.headCount, keyWidth: shape.headWidth,
                valueWidth: shape.headWidth, positions: length)
            guard length > 0, let bytes, bytes <= reader.remainingByteCount - expectedBytes else { return nil }
            expectedBytes += bytes
        }
        // Allocate memory only now: the file has at least that many bytes.
        guard expectedBytes == reader.remainingByteCount, lengths.reduce(0, +) == head.tokens.count else { return nil }
        var segments: [(buffer: KeyValueBuffer, count: Int)] = []
        for length in lengths {
            let buffer = transformer.makeBuffer(capacity: length)
            guard buffer.read(positions: length, from: &reader) else { return nil }
            segments.append((buffer: buffer, count: length))
        }
        return reader.isIntact ? KVCache.Saved(tokens: head.tokens, segments: segments) : nil
    }

    private static func readHead(
        _ reader: inout ChecksummedFileReader, model: String
    ) -> (shape: [Int], tokens: [TokenID], segmentCount: Int)? {
        guard let head = reader.part(count: headCount), Array(head.prefix(16)) == Array(model.utf8) else { return nil }
        let counts = numbers(Array(head.dropFirst(16)))
        // Reject a part that does not fit into the file before multiplying or allocating by its size.
        let (tokenCount, segmentCount) = (counts[4], counts[5])
        guard tokenCount > 0, segmentCount > 0, segmentCount <= tokenCount, tokenCount <= reader.remainingByteCount / 4,
            let tokens = reader.part(count: tokenCount * 4).map(numbers)
        else { return nil }
        return (Array(counts.prefix(4)), tokens.map { TokenID(truncatingIfNeeded: $0) }, segmentCount)
    }

    private static func bytes(of numbers: [Int]) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }

    private static func numbers(_ bytes: [UInt8]) -> [Int] {
        stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { at in
            (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
    }
}
