// The keys and values of one prompt, or of one turn of a conversation with its answer, as a file.
// - Parts: the head (model, conversation, shape, counts), the tokens, the lengths of the segments, then, aligned, each
//   segment's keys, values and inputs of convolutions. Numbers have 32 bits and the machine's byte order, because the
//   file never leaves it.
// - They are mapped and not copied: they lie in the file as in memory, and nobody writes them.
// - The mark's last byte is the version. Raise it if the layout or the arithmetic of the forward pass changes.

import Generation
import Tensors

enum PrefixFile {
    static let suffix = ".prefix"
    private static let mark = Array("cpydpfx3".utf8)
    private static let hashCount = 16
    /// The numbers of a buffer's shape.
    private static let shapeCount = 6
    private static let headCount = 2 * hashCount + (shapeCount + 3) * 4

    /// What a file tells before its keys and values.
    struct Head: Sendable {
        let tokens: [TokenID]
        /// `nil` for a prompt that belongs to no conversation.
        let turn: PrefixCache.Turn?
        fileprivate let shape: [Int]
        fileprivate let segmentCount: Int
    }

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

    static func write(
        _ saved: KVCache.Saved, model: String, turn: PrefixCache.Turn? = nil, to path: String
    ) -> Bool {
        guard let first = saved.segments.first?.buffer, model.utf8.count == hashCount,
            let writer = ChecksummedFileWriter(path: path, mark: mark)
        else { return false }
        let shape = [
            first.layerCount, first.headCount, first.keyWidth, first.valueWidth, first.convolutionCount,
            first.convolutionWidth,
        ]
        let conversation = Array((turn?.conversationHash ?? "").utf8.prefix(hashCount))
        let padding = [UInt8](repeating: 0, count: hashCount - conversation.count)
        writer.append(
            Array(model.utf8) + conversation + padding
                + bytes(of: shape + [saved.tokens.count, saved.segments.count, turn?.promptCount ?? 0]))
        writer.append(bytes(of: saved.tokens.map(Int.init)))
        writer.append(bytes(of: saved.segments.map(\.count)))
        writer.align()
        for segment in saved.segments { segment.buffer.write(positions: segment.count, to: writer) }
        return writer.finish()
    }

    /// The head of a file of this model; the rest of the file is not read.
    static func readHead(_ path: String, model: String) -> Head? {
        guard var reader = ChecksummedFileReader(path: path, mark: mark) else { return nil }
        return readHead(&reader, model: model)
    }

    /// - Returns: nil if the file is damaged, or if its model or shape is not that of `transformer`.
    static func read(_ path: String, model: String, transformer: Transformer) -> KVCache.Saved? {
        guard var reader = ChecksummedFileReader(path: path, mark: mark), let head = readHead(&reader, model: model),
            head.tokens.count <= transformer.configuration.contextLength,
            let lengths = reader.part(count: head.segmentCount * 4).map(numbers), reader.align()
        else { return nil }
        let shape = transformer.cacheShape
        let expected = [
            shape.layerCount, shape.headCount, shape.headWidth, shape.headWidth, shape.convolutionCount,
            shape.convolutionWidth,
        ]
        guard head.shape == expected else { return nil }
        var expectedBytes = 0
        for length in lengths {
            let bytes = KeyValueBuffer.writtenByteCount(
                layerCount: shape.layerCount, headCount: shape.headCount, keyWidth: shape.headWidth,
                valueWidth: shape.headWidth, convolutionCount: shape.convolutionCount,
                convolutionWidth: shape.convolutionWidth, positions: length)
            guard length > 0, let bytes, bytes <= reader.remainingByteCount - expectedBytes else { return nil }
            expectedBytes += bytes
        }
        guard expectedBytes == reader.remainingByteCount, lengths.reduce(0, +) == head.tokens.count else { return nil }
        var segments: [(buffer: KeyValueBuffer, count: Int)] = []
        for length in lengths {
            let buffer = KeyValueBuffer(
                positions: length, of: &reader, layerCount: shape.layerCount, headCount: shape.headCount,
                keyWidth: shape.headWidth, valueWidth: shape.headWidth, convolutionCount: shape.convolutionCount,
                convolutionWidth: shape.convolutionWidth)
            guard let buffer else { return nil }
            segments.append((buffer: buffer, count: length))
        }
        return reader.isIntact ? KVCache.Saved(tokens: head.tokens, segments: segments) : nil
    }

    private static func readHead(_ reader: inout ChecksummedFileReader, model: String) -> Head? {
        guard let head = reader.part(count: headCount), Array(head.prefix(hashCount)) == Array(model.utf8)
        else { return nil }
        let conversation = head[hashCount..<(2 * hashCount)].prefix { $0 != 0 }
        let counts = numbers(Array(head.dropFirst(2 * hashCount)))
        // Reject a part that does not fit into the file before multiplying or allocating by its size.
        let (tokenCount, segmentCount) = (counts[shapeCount], counts[shapeCount + 1])
        guard tokenCount > 0, segmentCount > 0, segmentCount <= tokenCount, tokenCount <= reader.remainingByteCount / 4,
            let tokens = reader.part(count: tokenCount * 4).map(numbers)
        else { return nil }
        let turn = PrefixCache.Turn(
            conversationHash: String(decoding: conversation, as: UTF8.self), promptCount: counts[shapeCount + 2])
        return Head(
            tokens: tokens.map { TokenID(truncatingIfNeeded: $0) }, turn: conversation.isEmpty ? nil : turn,
            shape: Array(counts.prefix(shapeCount)), segmentCount: segmentCount)
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
