// The bytes of files that are imported: from any place of a file, or from first to last while they are unpacked.
// - A file is never in memory as a whole, because an archive of conversations may be larger than the memory.
// - An origin can be read as often as needed, and gives the same bytes each time.

import CUnpack

/// Bytes that can be read from any place.
public protocol ImportSource: Sendable {
    var byteCount: Int { get }

    /// At most `count` bytes from a place on; fewer only at the end.
    /// - Throws: `ImportError.unreadable`.
    func read(at offset: Int, count: Int) throws(ImportError) -> [UInt8]
}

/// Bytes in memory.
public struct BytesSource: ImportSource {
    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var byteCount: Int { bytes.count }

    public func read(at offset: Int, count: Int) -> [UInt8] {
        guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
        return Array(bytes[offset..<offset + min(count, bytes.count - offset)])
    }
}

/// Bytes from first to last, in pieces.
protocol ByteStream {
    /// The next piece; empty at the end.
    mutating func next() throws(ImportError) -> [UInt8]
    /// How many bytes of the source were used so far.
    var usedBytes: Int { get }
}

/// A part of a source, and how its bytes become a document.
struct ByteOrigin: Sendable {
    enum Packing: Sendable, Equatable {
        case none
        case gzip
        /// Deflate data of an archive, with the facts that the archive tells of the unpacked bytes.
        case deflate(byteCount: Int, checksum: UInt32)
        /// Bytes of an archive as they are.
        case stored(checksum: UInt32)
    }

    let source: any ImportSource
    let range: Range<Int>
    let packing: Packing
    /// The name of the file or of the entry, for sentences.
    let file: String

    func begin() throws(ImportError) -> any ByteStream {
        switch packing {
        case .none: PlainStream(source: source, range: range)
        case .stored(let checksum): PlainStream(source: source, range: range, checksum: checksum, file: file)
        case .gzip: try UnpackedStream(self, packing: PACKING_GZIP)
        case .deflate: try UnpackedStream(self, packing: PACKING_BARE)
        }
    }
}

private struct PlainStream: ByteStream {
    private static let pieceBytes = 1 << 16

    let source: any ImportSource
    let range: Range<Int>
    /// The checksum that the bytes should have; `nil` if nobody tells it.
    var checksum: UInt32?
    var file = ""
    private var offset = 0
    private var sum: UInt32 = 0

    init(source: any ImportSource, range: Range<Int>, checksum: UInt32? = nil, file: String = "") {
        (self.source, self.range, self.checksum, self.file) = (source, range, checksum, file)
    }

    var usedBytes: Int { offset }

    mutating func next() throws(ImportError) -> [UInt8] {
        let bytes = try source.read(at: range.lowerBound + offset, count: min(Self.pieceBytes, range.count - offset))
        offset += bytes.count
        guard let checksum else { return bytes }
        sum = unpacking_checksum(sum, bytes, 0, Int64(bytes.count))
        if bytes.isEmpty, sum != checksum { throw .damagedArchive(file: file, problem: "its checksum is wrong") }
        return bytes
    }
}

/// Unpacks a part of a source while it is read.
private struct UnpackedStream: ByteStream {
    private static let pieceBytes = 1 << 16

    private let origin: ByteOrigin
    private let unpacking: Unpacking
    private var input: [UInt8] = []
    private var inputIndex = 0
    private var offset = 0
    private var count = 0
    private var sum: UInt32 = 0
    private var hasEnded = false

    init(_ origin: ByteOrigin, packing: packing) throws(ImportError) {
        self.origin = origin
        guard let unpacking = Unpacking(packing) else { throw .noMemory(file: origin.file) }
        self.unpacking = unpacking
    }

    var usedBytes: Int { offset - (input.count - inputIndex) }

    mutating func next() throws(ImportError) -> [UInt8] {
        while !hasEnded {
            if inputIndex == input.count {
                input = try origin.source.read(
                    at: origin.range.lowerBound + offset, count: min(Self.pieceBytes, origin.range.count - offset))
                inputIndex = 0
                offset += input.count
            }
            let (state, used, output) = unpacking.step(input, from: inputIndex, room: Self.pieceBytes)
            inputIndex += used
            switch state {
            case UNPACKING_GOES_ON:
                if output.isEmpty, input.isEmpty { throw damaged("it ends too early") }
            case UNPACKING_ENDED: try end(behind: output)
            case UNPACKING_NO_MEMORY: throw .noMemory(file: origin.file)
            default: throw damaged("its packed data is wrong")
            }
            try take(output)
            if !output.isEmpty { return output }
        }
        return []
    }

    private func damaged(_ problem: String) -> ImportError { .damagedArchive(file: origin.file, problem: problem) }

    private mutating func take(_ output: [UInt8]) throws(ImportError) {
        count += output.count
        if case .deflate = origin.packing, !hasEnded {
            sum = unpacking_checksum(sum, output, 0, Int64(output.count))
        }
        guard count <= ByteLimits.unpacked else { throw .tooMuch(file: origin.file) }
        if case .deflate(let byteCount, _) = origin.packing, count > byteCount {
            throw damaged("it is longer than it says")
        }
    }

    private mutating func end(behind output: [UInt8]) throws(ImportError) {
        hasEnded = true
        guard case .deflate(let byteCount, let checksum) = origin.packing else { return }
        sum = unpacking_checksum(sum, output, 0, Int64(output.count))
        guard count + output.count == byteCount else { throw damaged("it is shorter or longer than it says") }
        guard sum == checksum else { throw damaged("its checksum is wrong") }
    }
}

/// The limits that keep a small file from filling the memory or running for days.
enum ByteLimits {
    /// Of a document that is unpacked.
    static let unpacked = 8 << 30
    /// Of one value of JSON, such as a conversation.
    static let value = 128 << 20
    /// Of a conversation that is many lines.
    static let chat = 512 << 20
    /// Of the text in a picture.
    static let picture = 64 << 20
    /// Of an archive's list of files.
    static let directory = 64 << 20
}

/// zlib at work.
final class Unpacking {
    private let state: OpaquePointer

    /// `nil` if there is no memory.
    init?(_ packing: packing) {
        guard let state = unpacking_begin(packing) else { return nil }
        self.state = state
    }

    deinit { unpacking_end(state) }

    /// Unpacks bytes from an index on into at most `room` bytes.
    func step(_ input: [UInt8], from start: Int, room: Int) -> (state: unpacking_state, used: Int, output: [UInt8]) {
        var (used, written): (Int64, Int64) = (0, 0)
        var output = [UInt8](repeating: 0, count: room)
        let result = unpacking_step(
            state, input, Int64(start), Int64(input.count), &output, Int64(room), &used, &written)
        output.removeLast(room - Int(written))
        return (result, Int(used), output)
    }
}
